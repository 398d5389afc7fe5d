import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unpackedTool } from '../../src/edges/tools.ts';
import { openPullRequest, stage } from '../support/pull-request.ts';
import type { Stage } from '../support/pull-request.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';

/* The bundled action, run as the workflow files say, against the simulated GitHub, with real Helm and the small chart. */
let folder: Awaited<ReturnType<typeof temporary>>;
let scene: Stage;
beforeAll(async () => {
  folder = await temporary();
  scene = await stage(folder.path, DOUBLE, unpackedTool('helm'));
}, 60_000);
afterAll(async () => {
  await scene.sim.close();
  await folder.remove();
});

test('a change is planned and commented on once, however often the run is repeated', async () => {
  const run = await openPullRequest(scene, 'bigger', 'Bigger', (files) =>
    edit(files, 'environments/hub.yaml', 'memory: 32G', 'memory: 48G'),
  );
  expect(run.check.map(({ command, code }) => [command, code])).toEqual([['check', 0]]);
  expect(run.plan.map(({ command, code }) => [command, code])).toEqual([
    ['pull-request', 0],
    ['review', 0],
  ]);
  expect(run.pull.comments).toHaveLength(1);
  const comment = run.pull.comments[0]?.body ?? '';
  expect(comment).toContain('### Plan · 1 hub changes');
  expect(comment).toContain('| ~ | hub (wave 2, production) |');
  expect(comment).toContain('deployed 21 Nov 2026');
  expect(comment).not.toContain('hub restarts');
  expect(await readFile(run.page, 'utf8')).toContain('memory: 48G');
  expect(run.plan[1]?.outputs).toMatchObject({ has_changes: 'true' });
  expect(JSON.parse(run.plan[1]?.outputs['result'] ?? '{}')).toMatchObject({
    schema_version: 1,
    steps: [{ kind: 'upgrade', wave: 'production', restartsHub: false }],
  });
}, 60_000);

test('a change that changes no hub says so', async () => {
  const run = await openPullRequest(scene, 'comment-only', 'Words', (files) =>
    edit(files, 'environments/hub.yaml', '# The hub for research', '# The hub for all research'),
  );
  expect(run.pull.comments[0]?.body).toContain('Everything that is merged already runs');
  expect(run.plan[1]?.outputs['has_changes']).toBe('false');
}, 60_000);

test('mistakes become annotations on their lines, and the comment names them too', async () => {
  const run = await openPullRequest(scene, 'mistakes', 'Oops', (files) =>
    edit(files, 'environments/hub.yaml', 'memory: 4G,', 'memory: 4Gi,'),
  );
  expect(run.check[0]?.code).toBe(2);
  expect(run.check[0]?.log).toContain(
    '::error title=memory-suffix,file=environments/hub.yaml,line=9,col=27::"4Gi" is not understood by JupyterHub; write 4G (1024-based)',
  );
  expect(run.check[0]?.summary).toContain('environments/hub.yaml:9');
  expect(run.pull.comments[0]?.body).toContain('No plan: the files have errors');
}, 60_000);

test('the check holds no token that can write, and the plan job writes nothing but its comment', () => {
  const writes = scene.sim.log.filter(({ method }) => method !== 'GET');
  expect(writes.length).toBeGreaterThan(0);
  expect(
    writes.every(
      ({ path, token }) =>
        /\/issues\/(\d+\/comments|comments\/\d+)$/u.test(path) && token === 'plan-token',
    ),
  ).toBe(true);
});
