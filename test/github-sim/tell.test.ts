import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tellGithub } from '../../src/apply/tell.ts';
import type { Story } from '../../src/apply/tell.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import type { Unit, WantedRelease } from '../../src/core/unit.ts';
import { githubForge } from '../../src/edges/github/forge.ts';
import type { Forge } from '../../src/ports.ts';
import { testClock } from '../support/clock.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Repository } from '../support/github-sim/state.ts';

let sim: GithubSim;
let repository: Repository;
let github: Forge;
const unit: Unit = { kind: 'hub', cluster: 'c', name: 'hub' };
const wanted: WantedRelease = {
  unit,
  wave: 'w',
  order: 1,
  digest: 'd'.repeat(40),
  release: {
    v: 1,
    unit,
    namespace: 'hub',
    charts: [],
    values: { glaciocloud: { hub: { url: 'https://hub.example.org' } } },
    images: [],
    secrets: [],
  },
};
const result = (outcome: UnitResult['outcome'], reason = ''): UnitResult => ({
  unit,
  kind: 'upgrade',
  outcome,
  reason,
  seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 },
  health: [],
});
const said: string[] = [];
let pull: number | undefined;
const story = (text: string): Story => ({
  commit: 'a'.repeat(40),
  pull,
  run: undefined,
  environment: 'c',
  record: () => Promise.resolve(new Map([['hub/release.json', text]])),
  progress: (line) => said.push(line),
});

beforeAll(async () => {
  sim = await startGithubSim();
  const owner = sim.state.addUser('example');
  const bot = sim.state.addUser('github-actions[bot]', 'Bot');
  sim.state.addToken('bot', bot, ['contents', 'issues', 'pull-requests', 'deployments']);
  sim.state.addToken('weak', bot, []);
  repository = sim.state.addRepository(owner, 'hubs');
  github = githubForge({ api: sim.url, token: 'bot', owner: 'example', repo: 'hubs' }, testClock());
});
afterAll(() => sim.close());

const deployed = (): string[] => {
  const commit = repository.objects.get(repository.refs.get('refs/heads/deployed') ?? '');
  const tree = commit?.type === 'commit' ? repository.objects.get(commit.tree) : undefined;
  return tree?.type === 'tree' ? [...tree.entries.keys()] : [];
};

test('a failure opens the hub’s one issue, a second brings it up to date, recovery closes it', async () => {
  await tellGithub(
    github,
    [result('rolled-back', 'kernel of science: ImportError @everyone')],
    [wanted],
    story('1'),
  );
  await tellGithub(github, [result('failed', 'still broken')], [wanted], story('1'));
  const issues = [...repository.issues.values()];
  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatchObject({
    state: 'open',
    title: 'hub: the change did not reach the hub',
    labels: ['glaciocloud', 'hub:hub'],
  });
  expect(issues[0]?.body).toContain('still broken');
  expect(issues[0]?.body).not.toContain('@everyone');
  expect(deployed()).toEqual([]);
  await tellGithub(github, [result('done')], [wanted], story('2'));
  expect(issues[0]).toMatchObject({ state: 'closed' });
  expect(issues[0]?.comments[0]?.body).toContain('runs again');
}, 60_000);

test('the pull request that did not reach the hub has one comment about it', async () => {
  const merged = repository.owner;
  const asked = sim.state.addPull(repository, {
    title: 'A change',
    user: merged,
    head: { ref: 'change', sha: 'b'.repeat(40) },
    base: { ref: 'main', sha: 'c'.repeat(40) },
    mergeSha: 'a'.repeat(40),
  });
  if (asked.pull) asked.pull.merged = true;
  pull = await github.mergedPull('a'.repeat(40));
  expect(pull).toBe(asked.number);
  expect(await github.mergedPull('d'.repeat(40))).toBeUndefined();
  await tellGithub(
    github,
    [result('rolled-back', 'kernel of science: ImportError')],
    [wanted],
    story('1'),
  );
  await tellGithub(
    github,
    [result('rolled-back', 'kernel of science: SyntaxError')],
    [wanted],
    story('1'),
  );
  expect(asked.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(
      /\*\*hub: the change was rolled back\.\*\* kernel of science: SyntaxError\n\nMore in #\d+/u,
    ),
  ]);
  await tellGithub(github, [result('done')], [wanted], story('2'));
}, 60_000);

test('what was only held back is told to nobody again', async () => {
  const before = repository.deployments.length;
  await tellGithub(
    github,
    [{ ...result('blocked', 'quarantined'), kind: 'none' }],
    [wanted],
    story('1'),
  );
  expect([
    repository.deployments.length,
    [...repository.issues.values()].filter(({ state, pull: asked }) => state === 'open' && !asked),
  ]).toEqual([before, []]);
}, 60_000);

test('what runs is recorded on the branch `deployed`, commit upon commit', async () => {
  expect(deployed()).toEqual(['hub/release.json']);
  const first = repository.refs.get('refs/heads/deployed');
  await tellGithub(github, [result('done')], [wanted], story('3'));
  const commit = repository.objects.get(repository.refs.get('refs/heads/deployed') ?? '');
  expect(commit?.type === 'commit' && commit.parents).toEqual([first]);
}, 60_000);

test('a hub that was removed leaves the record, and its tracking issue', async () => {
  await github.commitFiles('deployed', new Map([['other/release.json', '1']]), 'another hub');
  await tellGithub(
    github,
    [{ ...result('blocked', 'the bucket refuses'), kind: 'remove' }],
    [],
    story('4'),
  );
  const issue = [...repository.issues.values()].at(-1);
  expect(issue).toMatchObject({
    state: 'open',
    title: 'hub: the removal is held',
    body: expect.stringContaining('the bucket refuses') as unknown,
    labels: ['glaciocloud', 'hub:hub'],
  });
  await tellGithub(github, [{ ...result('done', 'removed'), kind: 'remove' }], [], story('4'));
  expect([deployed(), issue?.state]).toEqual([['other/release.json'], 'closed']);
  await tellGithub(github, [{ ...result('done', 'removed'), kind: 'remove' }], [], story('4'));
  expect(deployed()).toEqual(['other/release.json']);
}, 60_000);

test('each deployment has its status', () => {
  expect(
    repository.deployments.map(({ environment, task, statuses }) => [
      environment,
      task,
      statuses.map(({ state }) => state),
    ]),
  ).toEqual([
    ...['success', 'success', 'failure', 'failure', 'success', 'failure', 'failure'].map(
      (state) => ['c/hub', 'glaciocloud', [state]],
    ),
  ]);
});

test('a token that may not write is reported, and the deployment goes on', async () => {
  said.length = 0;
  await tellGithub(
    githubForge({ api: sim.url, token: 'weak', owner: 'example', repo: 'hubs' }, testClock()),
    [result('done')],
    [wanted],
    story('4'),
  );
  expect(said).toEqual([
    expect.stringMatching(/^record: GitHub refused/u),
    expect.stringMatching(/^deployment: GitHub refused/u),
  ]);
}, 60_000);
