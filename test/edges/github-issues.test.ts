import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Issue } from '../support/github-sim/state.ts';

const LABELS = ['glaciocloud', 'hub:hub'];
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
});
afterEach(() => stage.sim.close());

const brief = ({ number, title, body, state, comments }: Issue): unknown[] => [
  number,
  title,
  body,
  state,
  comments.map((one) => one.body),
];
const all = (): unknown[] => [...stage.repository.issues.values()].map(brief);

test('an issue is opened, brought up to date, and closed with a word', async () => {
  expect(await stage.forge.openIssue(LABELS, 'broken', 'why')).toBe(1);
  expect(stage.repository.issues.get(1)?.labels).toEqual(LABELS);
  expect(await stage.forge.openIssue(LABELS, 'still broken', 'why not')).toBe(1);
  expect(all()).toEqual([[1, 'still broken', 'why not', 'open', []]]);
  await stage.forge.closeIssue(LABELS, 'well again');
  expect(all()).toEqual([[1, 'still broken', 'why not', 'closed', ['well again']]]);
  await stage.forge.closeIssue(LABELS, 'well again');
  expect(stage.repository.issues.get(1)?.comments).toHaveLength(1);
  expect(await stage.forge.openIssue(LABELS, 'anew', '')).toBe(2);
});

test('a title is one line that GitHub takes', async () => {
  await stage.forge.openIssue(LABELS, `a\nb\u{202E}${'x'.repeat(300)}`, '');
  expect(stage.repository.issues.get(1)?.title).toBe(`a b<U+202E>${'x'.repeat(245)}`);
});

test('issues with only some of the labels are others', async () => {
  stage.issue({ labels: ['glaciocloud', 'hub:other'] });
  stage.issue({ labels: ['hub:hub'] });
  expect(await stage.forge.openIssue(LABELS, 'broken', '')).toBe(3);
});

describe('what is not ours stays as it is', () => {
  const kinds: [string, () => Issue][] = [
    ['a pull request with these labels', () => stage.pull()],
    ['a pull request of our own', () => Object.assign(stage.pull(), { user: stage.bot })],
    ['an issue of a person', () => stage.issue({ user: stage.stranger })],
    [
      'an issue of another bot',
      () => stage.issue({ user: { id: 7, login: 'other[bot]', type: 'Bot' } }),
    ],
  ];

  test.each(kinds)('%s', async (_what, make) => {
    const other = Object.assign(make(), { labels: LABELS });
    const before = JSON.stringify(brief(other));
    expect(await stage.forge.openIssue(LABELS, 'broken', 'why')).toBe(2);
    expect(await stage.forge.openIssue(LABELS, 'broken', 'why')).toBe(2);
    await stage.forge.closeIssue(LABELS, 'well again');
    expect(JSON.stringify(brief(other))).toBe(before);
    expect(all().slice(1)).toEqual([[2, 'broken', 'why', 'closed', ['well again']]]);
  });

  test.each(kinds)('%s, where none of ours is open', async (_what, make) => {
    const other = Object.assign(make(), { labels: LABELS });
    await stage.forge.closeIssue(LABELS, 'well again');
    expect([other.state, other.comments]).toEqual(['open', []]);
    expect(stage.writes()).toEqual([]);
  });

  test('ours is found behind a hundred pull requests', async () => {
    stage.issue({ labels: LABELS });
    for (let index = 0; index < 101; index += 1) Object.assign(stage.pull(), { labels: LABELS });
    expect(await stage.forge.openIssue(LABELS, 'broken', '')).toBe(1);
  });
});

describe('several of ours', () => {
  test('become one again: the oldest', async () => {
    for (let index = 0; index < 3; index += 1) stage.issue({ labels: LABELS });
    expect(await stage.forge.openIssue(LABELS, 'broken', 'why')).toBe(1);
    expect(all()).toEqual([
      [1, 'broken', 'why', 'open', []],
      [2, 'an issue', '', 'closed', ['#1 says the same.']],
      [3, 'an issue', '', 'closed', ['#1 says the same.']],
    ]);
  });

  test('are closed together', async () => {
    stage.issue({ labels: LABELS });
    stage.issue({ labels: LABELS });
    await stage.forge.closeIssue(LABELS, 'well again');
    expect(all()).toEqual([
      [1, 'an issue', '', 'closed', ['well again']],
      [2, 'an issue', '', 'closed', ['well again']],
    ]);
  });
});

test('texts of open issues come newest first, whoever wrote them, and of no pull request', async () => {
  stage.issue({ labels: LABELS, body: 'first', user: stage.stranger });
  stage.issue({ labels: LABELS, body: 'second' });
  stage.issue({ labels: LABELS, body: 'closed', state: 'closed' });
  Object.assign(stage.pull(), { labels: LABELS, body: 'a pull request' });
  expect(await stage.forge.issueTexts(LABELS)).toEqual(['second', 'first']);
  expect(await stage.forge.issueTexts(['nothing'])).toEqual([]);
  stage.answerOnce('GET', /issues$/u, { status: 200, body: [{ number: 1, body: null }] });
  expect(await stage.forge.issueTexts(LABELS)).toEqual(['']);
});

test('labels that GitHub leaves out are an error, because the issue would not be found again', async () => {
  await expect(stage.as('weak').openIssue(LABELS, 'broken', '')).rejects.toMatchObject({
    message: 'GitHub left the labels of issue 1 out',
    hint: 'without them it is not found again: the job needs `permissions: {issues: write}`',
  });
  const body = { number: 2, labels: [{ name: 'glaciocloud' }] };
  stage.answerOnce('POST', /issues$/u, { status: 201, body });
  await expect(stage.forge.openIssue(LABELS, 'broken', '')).rejects.toThrow(
    'GitHub left the labels of issue 2 out',
  );
});

test.each<[string, unknown]>([
  ['/number', [{ number: null, user: { id: 41898282 } }]],
  ['/user/id', [{ number: 1, user: {} }]],
  ['list', { message: 'not a list' }],
])('a list with a wrong %s is refused, and nothing is written', async (path, body) => {
  stage.answerOnce('GET', /issues$/u, { status: 200, body });
  await expect(stage.forge.openIssue(LABELS, 'broken', '')).rejects.toThrow(
    `without a proper ${path}`,
  );
  expect(stage.writes()).toEqual([]);
});
