import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { labelsOf, tellGithub } from '../../src/apply/tell.ts';
import type { Story } from '../../src/apply/tell.ts';
import type { HealthLine, UnitResult } from '../../src/apply/types.ts';
import { unitId } from '../../src/core/unit.ts';
import type { Unit, WantedRelease } from '../../src/core/unit.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const COMMIT = 'a1'.repeat(20);
const unit: Unit = { kind: 'hub', cluster: 'c', name: 'hub' };
let stage: GithubStage;
let said: string[];

beforeEach(async () => {
  stage = await githubStage();
  said = [];
});
afterEach(() => stage.sim.close());

const wantedOf = (of: Unit): WantedRelease => ({
  unit: of,
  wave: 'w',
  order: 1,
  digest: 'd'.repeat(40),
  release: {
    v: 1,
    unit: of,
    namespace: of.name,
    charts: [],
    values: { glaciocloud: { hub: { url: `https://${of.name}.example.org` } } },
    images: [],
    secrets: [],
  },
});
const result = (part: Partial<UnitResult> = {}): UnitResult => ({
  id: unitId(part.unit ?? unit),
  code: 'deployed',
  unit,
  kind: 'upgrade',
  outcome: 'done',
  reason: '',
  seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 },
  health: [],
  ...part,
});
const story = (part: Partial<Story> = {}): Story => ({
  commit: COMMIT,
  pull: undefined,
  run: undefined,
  environment: 'c',
  record: (to) => Promise.resolve(new Map([[`${to.unit.name}/release.json`, to.digest]])),
  progress: (line) => said.push(line),
  ...part,
});
const tell = (part: Partial<UnitResult>, more: Partial<Story> = {}): Promise<void> =>
  tellGithub(stage.forge, [result(part)], [wantedOf(unit)], story(more));

/** What the branch `deployed` holds, and the messages that it was made by, newest first. */
const deployed = (): { files: string[]; messages: string[] } => {
  const messages: string[] = [];
  const files: string[] = [];
  let sha = stage.repository.refs.get('refs/heads/deployed');
  while (sha !== undefined) {
    const commit = stage.repository.objects.get(sha);
    if (commit?.type !== 'commit') throw new Error('no commit');
    const tree = stage.repository.objects.get(commit.tree);
    if (messages.length === 0 && tree?.type === 'tree') files.push(...tree.entries.keys());
    messages.push(commit.message);
    sha = commit.parents[0];
  }
  return { files, messages };
};
const issues = (): unknown[] =>
  [...stage.repository.issues.values()]
    .filter(({ pull }) => !pull)
    .map(({ title, state, labels }) => [title, state, labels]);
const text = (number = 1): string => stage.repository.issues.get(number)?.body ?? '';

describe('a hub that runs what is merged', () => {
  test('is on record, and shown as deployed', async () => {
    await tell({ outcome: 'done', reason: 'no user lost anything' });
    expect(deployed()).toEqual({
      files: ['hub/release.json'],
      messages: ['hub runs ddddddd, from a1a1a1a'],
    });
    expect(stage.repository.deployments).toMatchObject([
      {
        sha: COMMIT,
        environment: 'c/hub',
        statuses: [
          {
            state: 'success',
            description: 'no user lost anything',
            environment_url: 'https://hub.example.org',
          },
        ],
      },
    ]);
    expect([issues(), said]).toEqual([[], []]);
  });

  test('is shown by what happened where there is no reason', async () => {
    await tell({ outcome: 'done' }, { run: 'https://github.com/run/1' });
    expect(stage.repository.deployments[0]?.statuses).toMatchObject([
      { description: 'runs what is merged', log_url: 'https://github.com/run/1' },
    ]);
  });

  test('is recorded each by itself', async () => {
    const other: Unit = { ...unit, name: 'other' };
    await tellGithub(
      stage.forge,
      [result(), result({ unit: other })],
      [wantedOf(other), wantedOf(unit)],
      story(),
    );
    expect(deployed()).toEqual({
      files: ['hub/release.json', 'other/release.json'],
      messages: ['other runs ddddddd, from a1a1a1a', 'hub runs ddddddd, from a1a1a1a'],
    });
    expect(stage.repository.deployments.map(({ environment }) => environment)).toEqual([
      'c/other',
      'c/hub',
    ]);
  });
});

describe('a change that does not reach its hub', () => {
  test.each([
    ['failed', 'the change did not reach the hub', 'What ran before still runs.'],
    ['rolled-back', 'the change was rolled back', 'The last healthy revision runs again.'],
    ['blocked', 'the change is held', 'What ran before still runs.'],
    ['waiting', 'waiting', 'What ran before still runs.'],
  ] as const)('%s: an issue says so', async (outcome, headline, old) => {
    await tell({ outcome, reason: 'the reason' });
    expect(issues()).toEqual([[`hub: ${headline}`, 'open', ['glaciocloud', 'hub:hub']]]);
    expect(text()).toBe(
      `**the reason**\n\n${old} Wanted: ddddddd, from a1a1a1a.\n\nIt is tried again when something changes, with the label \`glaciocloud:retry\` on this issue, or with \`glaciocloud deploy --retry hub --reason TEXT\`. This issue closes itself when the hub runs what is merged.\n`,
    );
    expect(stage.repository.deployments[0]?.statuses[0]).toMatchObject({
      state: 'failure',
      description: 'the reason',
    });
    expect(stage.repository.refs.size).toBe(0);
  });

  test('has one issue, which recovery closes', async () => {
    await tell({ outcome: 'rolled-back', reason: 'first' });
    await tell({ outcome: 'failed', reason: 'second' });
    expect(issues()).toEqual([
      ['hub: the change did not reach the hub', 'open', ['glaciocloud', 'hub:hub']],
    ]);
    expect(text()).toContain('**second**');
    await tell({ outcome: 'done' });
    expect(issues()).toEqual([
      ['hub: the change did not reach the hub', 'closed', ['glaciocloud', 'hub:hub']],
    ]);
    expect(stage.repository.issues.get(1)?.comments.map(({ body }) => body)).toEqual([
      'hub runs again what is merged (ddddddd).',
    ]);
  });

  test('a pull request with the labels of the hub is left alone', async () => {
    const pull = Object.assign(stage.pull(), { labels: labelsOf('hub'), user: stage.bot });
    await tell({ outcome: 'failed', reason: 'why' });
    await tell({ outcome: 'done' });
    expect([pull.title, pull.body, pull.state, pull.comments]).toEqual([
      'A change',
      '',
      'open',
      [],
    ]);
    expect(stage.repository.issues.get(2)).toMatchObject({ state: 'closed' });
  });

  test('its words mention nobody and are no markup, neither in the issue nor on the pull request', async () => {
    const pull = stage.pull();
    const reason = 'kernel of science: <b>@everyone</b> [x](https://evil.example)';
    const health: HealthLine[] = [
      { check: 'a|b', image: null, ok: false, seconds: 1.25, detail: '@somebody', class: null },
    ];
    await tell({ outcome: 'rolled-back', reason, health }, { pull: pull.number });
    const written = [text(2), pull.comments[0]?.body ?? ''];
    expect(written.map((one) => /kernel of science/u.test(one))).toEqual([true, true]);
    for (const one of written)
      expect(one).not.toMatch(/@everyone|@somebody|<b>|\]\(https:\/\/evil/u);
  });

  test('what was checked is a table', async () => {
    const line: HealthLine = {
      check: 'kernel',
      image: 'science',
      ok: true,
      seconds: 1.25,
      detail: 'x'.repeat(301),
      class: null,
    };
    const health = [line, { ...line, check: 'proxy', image: null, ok: false, detail: 'no' }];
    await tell({ outcome: 'failed', reason: 'r'.repeat(1001), health });
    expect(text()).toContain(
      `\n| | check | image | | |\n|---|---|---|---|---|\n| ✓ | kernel | science | 1.3 s | ${'x'.repeat(300)} |\n| ✗ | proxy |  | 1.3 s | no |\n`,
    );
    expect(text()).toContain(`**${'r'.repeat(1000)}**`);
  });

  test('the run is linked', async () => {
    await tell({ outcome: 'failed', reason: 'why' }, { run: 'https://github.com/run/1' });
    expect(text()).toContain('from a1a1a1a. [The run](https://github.com/run/1).\n');
  });

  test('the pull request has one comment about it for each hub', async () => {
    const pull = stage.pull();
    await tell({ outcome: 'rolled-back', reason: 'ImportError' }, { pull: pull.number });
    await tell({ outcome: 'rolled-back', reason: 'e'.repeat(501) }, { pull: pull.number });
    expect(pull.comments.map(({ body }) => body)).toEqual([
      `<!-- glaciocloud deploy hub -->\n**hub: the change was rolled back.** ${'e'.repeat(500)}\n\nMore in #2, which closes itself when the hub runs what is merged.\n`,
    ]);
    await tell({ outcome: 'done' }, { pull: pull.number });
    expect(pull.comments).toHaveLength(1);
  });
});

test('what was not tried is told to nobody', async () => {
  await tell({ kind: 'none', outcome: 'blocked', reason: 'quarantined' });
  await tellGithub(stage.forge, [result({ outcome: 'failed' })], [], story());
  expect(stage.writes()).toEqual([]);
});

describe('a hub that is removed', () => {
  const removal = (part: Partial<UnitResult>, more: Partial<Story> = {}): Promise<void> =>
    tellGithub(stage.forge, [result({ kind: 'remove', ...part })], [], story(more));

  test('leaves the record, where others stay, and its issue is closed', async () => {
    const record = ['release.json', 'values.json', 'manifests.yaml', 'status.json'];
    const files = [...record.map((name) => `hub/${name}`), 'other/release.json'];
    await stage.forge.commitFiles('deployed', new Map(files.map((path) => [path, '1'])), 'before');
    await removal({ outcome: 'blocked', reason: 'the bucket refuses' });
    expect(issues()).toEqual([['hub: the removal is held', 'open', ['glaciocloud', 'hub:hub']]]);
    await removal({ outcome: 'done', reason: 'removed; one volume is kept' });
    expect(deployed()).toEqual({
      files: ['other/release.json'],
      messages: ['hub is removed', 'before'],
    });
    expect(issues()).toEqual([['hub: the removal is held', 'closed', ['glaciocloud', 'hub:hub']]]);
    expect(stage.repository.issues.get(1)?.comments.map(({ body }) => body)).toEqual([
      'removed; one volume is kept',
    ]);
    await removal({ outcome: 'done', reason: 'removed' });
    expect(deployed().messages).toHaveLength(2);
    expect(stage.repository.deployments).toEqual([]);
  });

  test('is held with its reason, without markup', async () => {
    const reason = `<b>${'r'.repeat(1000)}`;
    await removal({ outcome: 'failed', reason }, { run: 'https://github.com/run/1' });
    expect(text()).not.toContain('<b>');
    expect(text()).toContain(`${'r'.repeat(997)}**`);
    expect(text()).toContain(
      'The removal that `platform.yaml` asks for is not finished; each run tries again. [The run](https://github.com/run/1). This issue closes itself.\n',
    );
    await removal({ outcome: 'failed', reason });
    expect(text()).toContain('each run tries again. This issue closes itself.\n');
  });
});

describe('what GitHub refuses', () => {
  test('is reported, part by part, and the deployment goes on', async () => {
    const weak = stage.as('weak');
    await tellGithub(weak, [result()], [wantedOf(unit)], story());
    await tellGithub(weak, [result({ outcome: 'failed' })], [wantedOf(unit)], story());
    const refused = 'Resource not accessible by integration';
    expect(said).toEqual([
      `record: GitHub refused a tree: ${refused}`,
      `deployment: GitHub refused a deployment: ${refused}`,
      'tracking issue: GitHub left the labels of issue 1 out',
      `deployment: GitHub refused a deployment: ${refused}`,
    ]);
  });

  test('is another thing than a mistake of our own', async () => {
    const broken = story({ record: () => Promise.reject(new TypeError('a bug')) });
    await expect(tellGithub(stage.forge, [result()], [wantedOf(unit)], broken)).rejects.toThrow(
      'a bug',
    );
  });
});
