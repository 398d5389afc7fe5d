import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { catchUp } from '../../src/commands/catch-up.ts';
import type { Outcome } from '../../src/outcome.ts';
import { DOUBLE, commitAll, copyPlatform, edit, git, temporary } from '../support/sample.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const LOOKS = 'catch-up.yml';
let stage: GithubStage;
let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  stage = await githubStage();
  folder = await temporary();
  await copyPlatform(folder.path);
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

/** The repository as it is on disk and on GitHub. */
async function committed(): Promise<void> {
  await git(folder.path, 'init', '-q');
  stage.repository.refs.set('refs/heads/main', await commitAll(folder.path, 'files'));
}

/** Without hubs nothing can wait. */
async function withoutHubs(): Promise<void> {
  await rm(join(folder.path, 'environments'), { recursive: true });
  await committed();
}

function run(by: 'clock' | 'change'): Promise<Outcome> {
  const inputs = { root: folder.path, chartsFrom: DOUBLE };
  const world = { github: stage.forge, branch: 'main', by };
  return catchUp(inputs, world, { progress: () => undefined } as never);
}

test('what waits goes on by the clock, and nobody is asked anew', async () => {
  await committed();
  expect(await run('clock')).toMatchObject({
    exit: 0,
    text: 'something waits: deploy.yml goes on with it\n',
    json: { schema_version: 1, decision: 'start' },
  });
  expect(stage.repository.dispatches).toEqual([
    { workflow: 'deploy.yml', ref: 'main', inputs: { waiting: 'true' } },
  ]);
});

test('a merge switches the looking on where something waits, and starts nothing', async () => {
  await committed();
  stage.repository.disabled.add(LOOKS);
  expect((await run('change')).json).toMatchObject({ decision: 'switch-on' });
  expect([...stage.repository.disabled]).toEqual([]);
  expect(stage.repository.dispatches).toEqual([]);
  await run('change');
  expect(stage.writes()).toEqual(Array(2).fill('PUT /actions/workflows/catch-up.yml/enable'));
});

test('where nothing waits it is switched off by the clock, and left alone by a merge', async () => {
  await withoutHubs();
  expect((await run('change')).text).toBe('nothing waits\n');
  expect(stage.writes()).toEqual([]);
  expect((await run('clock')).text).toBe(
    'nothing waits: catch-up.yml is off until something does\n',
  );
  expect(stage.writes()).toEqual(['PUT /actions/workflows/catch-up.yml/disable']);
  expect([...stage.repository.disabled]).toEqual([LOOKS]);
});

test('a merge in between is not lost: the looking is on again', async () => {
  await withoutHubs();
  stage.repository.refs.set('refs/heads/main', 'f'.repeat(40));
  await run('clock');
  expect([...stage.repository.disabled]).toEqual([]);
  expect(stage.writes().map((one) => one.split('/').at(-1))).toEqual(['disable', 'enable']);
});

test('files that cannot be read switch nothing', async () => {
  await edit(folder.path, 'platform.yaml', 'waves:', 'waves: [');
  await committed();
  expect((await run('clock')).exit).toBe(2);
  expect(stage.writes()).toEqual([]);
});
