import { cp, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { plan } from '../../src/commands/plan.ts';
import { render } from '../../src/commands/render.ts';
import { pullRequest, review } from '../../src/commands/review.ts';
import { status } from '../../src/commands/status.ts';
import type { AskedCluster } from '../../src/commands/status.ts';
import { stateObject } from '../../src/core/hub/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import { deployedFrom } from '../../src/edges/deployed.ts';
import { systemClock } from '../../src/edges/clock.ts';
import { exists } from '../../src/edges/files.ts';
import { HelmFailure } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import type { PullRequest } from '../../src/ports.ts';
import { ClusterDouble } from '../support/cluster.ts';
import { DOUBLE, edit, git, commitAll, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HEAD = '1234567890123456789012345678901234567890';
let folder: Awaited<ReturnType<typeof temporary>>;
let present: string;
let lines: string[] = [];
/** Of a plan of everything. */
const ALL = {
  chartsFrom: DOUBLE,
  present: undefined,
  html: undefined,
  hubs: [],
  exitCode: false,
  now: NOW,
};
const report = { progress: (text: string) => void lines.push(text) } as never;

async function platform(name: string): Promise<string> {
  lines = [];
  const root = join(folder.path, name);
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  return root;
}

beforeAll(async () => {
  folder = await temporary();
  present = join(folder.path, 'present');
  const root = await platform('base');
  await render({ root, chartsFrom: DOUBLE, hubs: 'all', out: present, now: NOW }, report);
});
afterAll(() => folder.remove());

/** A double of GitHub with one pull request, whose head is given. */
function github(head: string) {
  const comments: unknown[][] = [];
  const double = {
    headOf: (number: number) => Promise.resolve(number === 7 ? head : ''),
    stickyComment: (...given: unknown[]) => {
      comments.push(given);
      return Promise.resolve('created' as const);
    },
  };
  return { comments, github: double };
}

const inputs = (root: string, more: object = {}) => ({
  root,
  repository: root,
  chartsFrom: DOUBLE,
  present,
  html: undefined,
  record: undefined,
  pull: 7,
  head: HEAD,
  full: 'https://example.org/whole',
  now: NOW,
  ...more,
});

describe('a review', () => {
  test('is one comment with the plan, which is also the answer', async () => {
    const root = await platform('changed');
    await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
    const { comments, github: double } = github(HEAD);
    const html = join(root, 'plan.html');
    const answer = await review(inputs(root, { html }), double, report);
    expect(comments).toEqual([[7, '<!-- glaciocloud plan -->', answer.summary]]);
    expect(answer.exit).toBe(0);
    expect(answer.summary).toContain('1234567, compared with the given record');
    expect(answer.summary).toContain('[whole plan](https://example.org/whole)');
    expect(answer.text).toContain('[~] hub');
    expect(answer.json).toMatchObject({ head: HEAD, steps: [{ kind: 'upgrade' }] });
    expect(answer.outputs).toEqual({
      digest: expect.stringMatching(/^[0-9a-f]{40}$/u) as unknown,
      has_changes: 'true',
    });
    expect(await readFile(html, 'utf8')).toContain('<h1>Plan: 1 hub changes</h1>');
    expect(lines).toEqual(['comment on pull request 7: created']);
  });

  test('of files with errors says so, and fails', async () => {
    const root = await platform('wrong');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const { comments, github: double } = github(HEAD);
    const answer = await review(inputs(root), double, report);
    expect([answer.exit, answer.findings.map(({ rule }) => rule)]).toEqual([2, ['memory-suffix']]);
    expect(comments).toEqual([
      [
        7,
        '<!-- glaciocloud plan -->',
        `<!-- glaciocloud plan -->\n### No plan: the files have errors\n\n${answer.summary}`,
      ],
    ]);
  });

  test.each([true, false])(
    'of a commit that is no longer the head says nothing: %s',
    async (good) => {
      const root = await platform(`old-${good}`);
      if (!good) await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
      const { comments, github: double } = github('another');
      const answer = await review(inputs(root), double, report);
      expect(comments).toEqual([]);
      expect([answer.exit, answer.text]).toEqual([
        0,
        'the pull request has moved on: the run for its new head comments\n',
      ]);
    },
  );

  test('compares with the branch of the repository where no folder is named', async () => {
    const root = await platform('branch');
    const repository = join(folder.path, 'repository');
    await cp(present, repository, { recursive: true });
    await git(repository, 'init', '-qb', 'deployed');
    await commitAll(repository, 'deployed');
    const { github: double } = github(HEAD);
    const answer = await review(inputs(root, { present: undefined, repository }), double, report);
    expect(answer.outputs['has_changes']).toBe('false');
  });
});

describe('which pull request a check belongs to', () => {
  const answer = (found: PullRequest | undefined) =>
    pullRequest({} as never, { pullRequestOf: () => Promise.resolve(found) });

  test('its number, its head, and what would be merged', async () => {
    expect(await answer({ number: 7, head: 'h', base: 'b', merge: 'm' })).toMatchObject({
      exit: 0,
      text: 'pull request 7 at h\n',
      outputs: { number: '7', head: 'h', base: 'b', merge: 'm' },
    });
    expect(
      (await answer({ number: 7, head: 'h', base: 'b', merge: undefined })).outputs['merge'],
    ).toBe('h');
  });

  test('or none', async () => {
    expect(await answer(undefined)).toMatchObject({
      exit: 0,
      text: 'no open pull request has this commit as its head: nothing to do\n',
      outputs: { number: '' },
    });
  });
});

describe('a plan', () => {
  test('is all its views, the page where a file is named', async () => {
    const root = await platform('plan');
    await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
    await git(root, 'init', '-q');
    const head = await commitAll(root, 'one');
    const html = join(root, 'plan.html');
    const answer = await plan({ ...ALL, root, present, html }, report);
    expect(answer).toMatchObject({ exit: 0, json: { head }, outputs: { has_changes: 'true' } });
    expect(answer.summary).toContain(`${head.slice(0, 7)}, compared with the given record`);
    expect(await exists(html)).toBe(true);
  });

  test('of a hub is what is about it, and tells changes by its exit code', async () => {
    const root = await platform('of-a-hub');
    const second = join(root, 'environments/classroom.yaml');
    await cp(join(root, 'environments/hub.yaml'), second);
    const both = join(folder.path, 'both');
    await edit(root, 'environments/classroom.yaml', 'https://hub.', 'https://class.');
    await render({ root, chartsFrom: DOUBLE, hubs: 'all', out: both, now: NOW }, report);
    await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
    const of = (...hubs: string[]) =>
      plan({ ...ALL, root, present: both, hubs, exitCode: true }, report);
    const titles = ({ text }: Outcome): string[] => text.match(/^\[.*/gmu) ?? [];
    const [whole, hub, other] = [await of(), await of('hub'), await of('classroom')];
    expect([whole.exit, hub.exit, other.exit]).toEqual([4, 4, 0]);
    expect(titles(hub)).toEqual([expect.stringContaining('[~] hub ')]);
    expect(titles(other)).toEqual([]);
    expect(other.text).toContain('nothing changes · 1 hub unchanged');
    await expect(of('hubb')).rejects.toMatchObject({
      message: 'there is no hub "hubb"',
      hint: 'did you mean "hub"?',
    });
  });

  test('of files with errors is refused', async () => {
    const root = await platform('refused');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const html = join(root, 'plan.html');
    const answer = await plan({ ...ALL, root, present, html }, report);
    expect([answer.exit, await exists(html)]).toEqual([2, false]);
  });

  test('that cannot see what is deployed is none, and one of a new repository says where it looked', async () => {
    const root = await platform('unseen');
    const sources = { ...ALL, root };
    await expect(plan(sources, report)).rejects.toMatchObject({ exit: 1 });
    await git(root, 'init', '-q');
    const said: string[] = [];
    const listening = { progress: (text: string) => void said.push(text) };
    const answer = await plan(sources, listening as never);
    expect([answer.exit, said]).toEqual([0, ['no branch `deployed` in this clone']]);
    expect(answer.text).toContain('nothing is deployed yet');
  });

  test('tells the mistakes of the files first, where it cannot see what is deployed', async () => {
    const root = await platform('unseen-wrong');
    await edit(root, 'environments/hub.yaml', 'memory: 4G', 'memory: 4Gi');
    const sources = { ...ALL, root };
    expect((await plan(sources, report)).exit).toBe(2);
  });

  test('needs the folder that it is to compare with', async () => {
    const root = await platform('nothing');
    const sources = { ...ALL, root, present: '/nonexistent' };
    await expect(plan(sources, report)).rejects.toMatchObject({ exit: 2 });
  });
});

test('status is a line for each hub, of what runs by the record and of what is wanted', async () => {
  const root = await platform('status');
  const asked = (...hubs: string[]): Promise<Outcome> =>
    status({ root, chartsFrom: DOUBLE, present, hubs, now: NOW }, undefined, report);
  expect((await asked()).text).toMatch(
    /^ +hub .*\n\[=\] {2}hub {2}production {2}[0-9a-f]{7} {2}-\n\n1 hub: 1 as wanted\n$/u,
  );
  await edit(root, 'environments/hub.yaml', 'idle: 1h', 'idle: 2h');
  expect(await asked('hub')).toMatchObject({
    exit: 0,
    json: { hubs: [{ hub: 'hub', is: 'to change' }] },
  });
  await expect(asked('hubb')).rejects.toMatchObject({ hint: 'did you mean "hub"?' });
});

test('status of a cluster says how its hubs are, and what drifted as far as somebody could look', async () => {
  const root = await platform('status-live');
  const { releases } = await deployedFrom(present, root);
  const release = releases.find(({ unit }) => unit.kind === 'hub')?.release;
  const healthy = { digest: 'd', revision: 1, since: '2026-11-20T08:00:00Z', release };
  const last = { at: '2026-11-20T08:00:00Z', outcome: 'done', reason: '' };
  const kube = new ClusterDouble(systemClock);
  const state = { v: 1, wanted: 'd', healthy, infrastructure: 0, last } as unknown as ReleaseState;
  await kube.apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hub' } },
    stateObject('hub', state),
  ]);
  const asked = (drift: AskedCluster['drift']): Promise<Outcome> =>
    status({ root, chartsFrom: DOUBLE, present, hubs: [], now: NOW }, { kube, drift }, report);
  const object = { object: 'Service hub', kind: 'missing' as const, fields: [] };
  const found = [{ hub: 'hub', drift: [object], foreign: [] }];
  expect((await asked(() => Promise.resolve({ found, failed: new Map() }))).json).toMatchObject({
    hubs: [{ health: 'healthy', drift: { kind: 'looked', objects: 1 } }],
  });
  const failed = new Map([['hub', 'no manifest']]);
  expect((await asked(() => Promise.resolve({ found: [], failed }))).text).toContain('no manifest');
  const noHelm = new HelmFailure('no Helm', { hint: 'install it' });
  expect((await asked(() => Promise.reject(noHelm))).text).toContain(
    '    ✗ drift: no Helm (install it)\n',
  );
  await expect(asked(() => Promise.reject(new Error('ours')))).rejects.toThrow('ours');
});

test('status of a cluster says what of others keeps a hub from it', async () => {
  const root = await platform('status-others');
  const empty = join(folder.path, 'nothing-deployed');
  await mkdir(empty);
  const kube = new ClusterDouble(systemClock);
  const asked = (): Promise<Outcome> =>
    status(
      { root, chartsFrom: DOUBLE, present: empty, hubs: [], now: NOW },
      { kube, drift: () => Promise.resolve({ found: [], failed: new Map() }) },
      report,
    );
  const none = { hubs: [{ is: 'to come', waits: expect.stringMatching(/^nothing/u) as unknown }] };
  expect((await asked()).json).toMatchObject(none);
  kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hub' } });
  expect((await asked()).json).toMatchObject(none);
  const annotations = { 'meta.helm.sh/release-name': 'hub' };
  const metadata = { name: 'hub', namespace: 'hub', annotations };
  kube.add({ apiVersion: 'apps/v1', kind: 'Deployment', metadata });
  const { json, text } = await asked();
  expect(json).toMatchObject({ hubs: [{ is: 'to come', health: 'not on this cluster' }] });
  expect(text).toMatch(
    /^ +waits: the namespace hub holds what this platform has not made: Deployment hub; .* adopt: /mu,
  );
  await edit(root, 'environments/hub.yaml', 'capacity:', 'adopt: {release: hub}\ncapacity:');
  expect((await asked()).json).toMatchObject({
    hubs: [{ is: 'to be taken over', takeover: 'takes over release hub in namespace hub' }],
  });
});
