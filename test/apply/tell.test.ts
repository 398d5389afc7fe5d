import { describe, expect, test } from '@jest/globals';
import { tellGithub } from '../../src/apply/tell.ts';
import type { Story } from '../../src/apply/tell.ts';
import { NO_SECONDS } from '../../src/apply/types.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import type { Unit } from '../../src/core/unit.ts';
import { Bench, WELL } from '../support/apply-bench.ts';
import { ForgeDouble } from '../support/forge.ts';

const UNIT: Unit = { kind: 'hub', cluster: 'main', name: 'one' };
const COMMIT = 'abcdef0123'.repeat(4);
const wanted = new Bench().wanted('one');
const SHORT = wanted.digest.slice(0, 7);
const LABELS = 'glaciocloud hub:one';

const result = (more: Partial<UnitResult>): UnitResult => ({
  id: 'one',
  unit: UNIT,
  kind: 'upgrade',
  outcome: 'done',
  code: 'deployed',
  reason: '',
  seconds: NO_SECONDS,
  health: [],
  ...more,
});

async function tell(
  results: readonly UnitResult[],
  more: Partial<Story> = {},
  refuses: readonly string[] = [],
): Promise<{ forge: ForgeDouble; said: string[] }> {
  const forge = new ForgeDouble();
  forge.refuses = refuses;
  const said: string[] = [];
  await tellGithub(forge, results, [wanted], {
    commit: COMMIT,
    pull: undefined,
    run: undefined,
    environment: 'main',
    record: ({ unit }) => Promise.resolve(new Map([[`${unit.name}/x`, 'y']])),
    progress: (text) => said.push(text),
    ...more,
  });
  return { forge, said };
}

describe('a hub that runs what is merged', () => {
  test('is recorded, its issue closed, its deployment a success', async () => {
    const { forge, said } = await tell([result({})], { run: 'https://run' });
    expect(forge.commits).toEqual([
      {
        branch: 'deployed',
        files: new Map([['one/x', 'y']]),
        message: `one runs ${SHORT}, from abcdef0`,
      },
    ]);
    expect(forge.closed).toEqual([
      { labels: LABELS, why: `one runs again what is merged (${SHORT}).` },
    ]);
    expect(forge.deployments).toEqual([
      {
        commit: COMMIT,
        environment: 'main/one',
        state: 'success',
        description: 'runs what is merged',
        url: 'https://one.example.org',
        run: 'https://run',
      },
    ]);
    expect([forge.opened, forge.comments, said]).toEqual([[], [], []]);
  });
});

describe('a hub that does not', () => {
  const bad = { ...WELL[1]!, ok: false, detail: 'no | kernel', class: 'product' } as const;

  test.each<[Partial<UnitResult>, string, string]>([
    [
      { outcome: 'rolled-back', code: 'product' },
      'the change was rolled back',
      'The last healthy revision runs again.',
    ],
    [
      { outcome: 'failed', code: 'product' },
      'the change did not reach the hub',
      'What ran before still runs.',
    ],
    [
      { outcome: 'blocked', code: 'infrastructure-again' },
      'the change is held',
      'What ran before still runs.',
    ],
  ])('has one issue that says what runs: %j', async (more, headline, old) => {
    const one = result({ ...more, reason: 'it *failed*', health: [WELL[0]!, bad] });
    const { forge } = await tell([one], { run: 'https://run' });
    expect(forge.opened).toEqual([
      {
        labels: LABELS,
        title: `one: ${headline}`,
        body: [
          '**it \\*failed\\***',
          '',
          `${old} Wanted: ${SHORT}, from abcdef0. [The run](https://run).`,
          '',
          '| | check | image | | |',
          '|---|---|---|---|---|',
          '| ✓ | hub |  | 0.1 s | JupyterHub 5 |',
          '| ✗ | start | science | 4.0 s | no \\| kernel |',
          '',
          'It is tried again when something changes, with the label `glaciocloud:retry` on this issue, or with `glaciocloud deploy --retry one --reason TEXT`. This issue closes itself when the hub runs what is merged.',
          '',
        ].join('\n'),
      },
    ]);
    expect(forge.deployments).toMatchObject([{ state: 'failure', description: 'it *failed*' }]);
    expect([forge.commits, forge.closed, forge.comments]).toEqual([[], [], []]);
  });

  test('is told in the pull request that asked for it', async () => {
    const one = result({ outcome: 'failed', code: 'product', reason: 'x'.repeat(600) });
    const { forge } = await tell([one], { pull: 12 });
    const marker = '<!-- glaciocloud deploy one -->';
    expect(forge.comments).toEqual([
      {
        pull: 12,
        marker,
        body: `${marker}\n**one: the change did not reach the hub.** ${'x'.repeat(500)}\n\nMore in #7, which closes itself when the hub runs what is merged.\n`,
      },
    ]);
  });

  test('without a health line has no table, and without a run no link', async () => {
    const { forge } = await tell([result({ outcome: 'failed', code: 'product', reason: 'no' })]);
    expect(forge.opened[0]?.body).toMatch(/^\*\*no\*\*\n\n.*from abcdef0\.\n\nIt is tried/u);
    expect(forge.deployments[0]).toMatchObject({ run: undefined });
  });
});

test.each<[string, Partial<UnitResult>]>([
  ['nothing was tried', { kind: 'none', outcome: 'waiting', code: 'frozen' }],
  ['it was not asked for', { id: 'two', unit: { ...UNIT, name: 'two' } }],
])('where %s, nothing is told', async (_what, more) => {
  const { forge } = await tell([result(more)]);
  expect([forge.commits, forge.opened, forge.closed, forge.deployments]).toEqual([[], [], [], []]);
});

describe('a removal', () => {
  const removal = (more: Partial<UnitResult>): UnitResult =>
    result({ id: 'gone', unit: { ...UNIT, name: 'gone' }, kind: 'remove', ...more });

  test('that is done takes the record away and closes the issue', async () => {
    const { forge } = await tell([removal({ code: 'removed', reason: 'removed; 3 kept' })]);
    expect(forge.commits).toEqual([
      {
        branch: 'deployed',
        files: new Map(
          ['release.json', 'values.json', 'manifests.yaml', 'status.json'].map((name) => [
            `gone/${name}`,
            null,
          ]),
        ),
        message: 'gone is removed',
      },
    ]);
    expect(forge.closed).toEqual([{ labels: 'glaciocloud hub:gone', why: 'removed; 3 kept' }]);
    expect(forge.deployments).toEqual([]);
  });

  test.each([
    [undefined, ''],
    ['https://run', ' [The run](https://run).'],
  ])('that is not done has an issue (run: %s)', async (run, link) => {
    const one = removal({ outcome: 'blocked', code: 'miscounted', reason: 'counts' });
    const { forge } = await tell([one], { run });
    expect(forge.opened).toEqual([
      {
        labels: 'glaciocloud hub:gone',
        title: 'gone: the removal is held',
        body: `**counts**\n\nThe removal that \`platform.yaml\` asks for is not finished; each run tries again.${link} This issue closes itself.\n`,
      },
    ]);
    expect([forge.commits, forge.closed]).toEqual([[], []]);
  });
});

describe('what GitHub refuses', () => {
  test('is said, and leaves the rest alone', async () => {
    const { forge, said } = await tell([result({})], {}, [
      'commitFiles',
      'closeIssue',
      'deployment',
    ]);
    expect(said).toEqual([
      'record: commitFiles is refused',
      'tracking issue: closeIssue is refused',
      'deployment: deployment is refused',
    ]);
    expect(forge.deployments).toEqual([]);
  });

  test('of an issue keeps the comment back, because it would name none', async () => {
    const one = result({ outcome: 'failed', code: 'product', reason: 'no' });
    const { forge, said } = await tell([one], { pull: 12 }, ['openIssue']);
    expect([said, forge.comments]).toEqual([['tracking issue: openIssue is refused'], []]);
    expect(forge.deployments).toHaveLength(1);
  });

  test('is no bug: a bug ends the run', async () => {
    const record = (): Promise<never> => Promise.reject(new TypeError('a bug'));
    await expect(tell([result({})], { record })).rejects.toThrow('a bug');
  });
});
