import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Answer } from '../../src/edges/github/answer.ts';
import type { Json } from '../../src/core/json.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const HEAD = 'a'.repeat(40);
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
  stage.pull({ sha: HEAD });
});
afterEach(() => stage.sim.close());

/** How often the pull request was asked for. */
const asked = (): number => stage.sim.log.filter(({ path }) => path.endsWith('/pulls/1')).length;

describe('what GitHub refuses is one clear message', () => {
  test.each<[number, string]>([
    [401, 'the token is wrong or has expired'],
    [403, 'the token may not do this: look at `permissions:` of the job'],
    [404, 'it does not exist, or the token may not see it'],
    [422, 'GitHub refused the content'],
    [410, 'try again later; githubstatus.com knows of outages'],
  ])('%i', async (status, hint) => {
    stage.answerOnce('GET', /pulls\/1$/u, { status, message: 'Sorry' });
    await expect(stage.forge.headOf(1)).rejects.toMatchObject({
      name: 'GithubRefused',
      message: 'GitHub refused the pull request: Sorry',
      hint,
      status,
      exit: 1,
    });
  });

  test('an outage that stays', async () => {
    stage.sim.faults.push({
      method: 'GET',
      path: /pulls\/1$/u,
      times: 9,
      answer: { status: 503, message: 'Unavailable' },
    });
    await expect(stage.forge.headOf(1)).rejects.toMatchObject({
      message: 'GitHub refused the pull request: Unavailable',
      hint: 'try again later; githubstatus.com knows of outages',
      status: 503,
    });
    expect(asked()).toBe(4);
  });

  test('a token that may not write, a wrong one, and a repository that is not there', async () => {
    await expect(stage.as('weak').stickyComment(1, '<!-- a -->', 'x')).rejects.toMatchObject({
      message: 'GitHub refused a comment: Resource not accessible by integration',
      status: 403,
    });
    await expect(stage.as('nobody').headOf(1)).rejects.toMatchObject({ status: 401 });
    await expect(stage.forge.headOf(99)).rejects.toMatchObject({ status: 404 });
  });
});

describe('a refusal names what was asked for', () => {
  const commit = (): Promise<void> =>
    stage.forge.commitFiles('deployed', new Map([['a', '1']]), 'a change');
  test.each<[string, string, RegExp, () => Promise<unknown>]>([
    ['a permission', 'GET', /permission$/u, () => stage.forge.mayWrite('stranger')],
    ['comments', 'GET', /comments$/u, () => stage.forge.stickyComment(1, 'x', 'x')],
    ['pull requests', 'GET', /commits\/.*pulls$/u, () => stage.forge.mergedPull(HEAD)],
    [
      'pull requests',
      'GET',
      /\/pulls$/u,
      () => stage.forge.pullRequestOf({ headOwner: 'a', headBranch: 'b', headSha: HEAD }),
    ],
    ['issues', 'GET', /\/issues$/u, () => stage.forge.issueTexts(['x'])],
    ['an issue', 'POST', /\/issues$/u, () => stage.forge.openIssue(['x'], 'y', 'z')],
    ['the branch', 'GET', /\/git\/ref/u, commit],
    ['a tree', 'POST', /\/git\/trees$/u, commit],
    ['a commit', 'POST', /\/git\/commits$/u, commit],
    ['the branch', 'POST', /\/git\/refs$/u, commit],
  ])('%s: %s %s', async (what, method, path, call) => {
    stage.answerOnce(method, path, { status: 403, message: 'Sorry' });
    await expect(call()).rejects.toThrow(`GitHub refused ${what}: Sorry`);
  });
});

const SECONDARY = 'You have exceeded a secondary rate limit';
const ENDED = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1' };
const FAR = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '2000000000' };

describe('what passes is asked again, what would not help is not', () => {
  test.each<[string, Parameters<GithubStage['answerOnce']>[2]]>([
    ['too many requests', { status: 429, headers: { 'retry-after': '7' } }],
    ['a limit that has ended', { status: 403, headers: ENDED }],
    ['a secondary limit', { status: 403, message: SECONDARY, headers: { 'retry-after': '300' } }],
    ['an outage', { status: 502 }],
    ['a connection that breaks', 'reset'],
  ])('%s', async (_what, answer) => {
    stage.answerOnce('GET', /pulls\/1$/u, answer);
    expect(await stage.forge.headOf(1)).toBe(HEAD);
    expect(stage.sim.faults).toEqual([expect.objectContaining({ times: 0 })]);
    expect(asked()).toBe(answer === 'reset' ? 1 : 2); // what breaks off is in no log
  });

  test.each<[string, Parameters<GithubStage['answerOnce']>[2]]>([
    ['a limit that ends late', { status: 403, headers: FAR }],
    ['a secondary limit', { status: 403, message: SECONDARY, headers: { 'retry-after': '301' } }],
    ['a missing permission', { status: 403 }],
    ['content that is refused', { status: 422 }],
  ])('not %s', async (_what, answer) => {
    stage.answerOnce('GET', /pulls\/1$/u, answer);
    await expect(stage.forge.headOf(1)).rejects.toThrow('GitHub refused the pull request');
    expect(asked()).toBe(1);
  });

  test('a limit that comes again and again, four times in all', async () => {
    const answer = { status: 403, headers: ENDED };
    stage.sim.faults.push({ method: 'GET', path: /pulls\/1$/u, times: 9, answer });
    await expect(stage.forge.headOf(1)).rejects.toThrow('GitHub refused the pull request');
    expect(asked()).toBe(4);
  });
});

describe('fields of an answer', () => {
  const answer = new Answer('a thing', {
    text: 'words',
    empty: '',
    none: null,
    number: 7,
    zero: 0,
    half: 1.5,
    yes: true,
    short: 'a'.repeat(40),
    long: 'a'.repeat(64),
    list: [{ a: 1 }, { a: 2 }],
    mixed: [{}, 1],
    empties: [],
  });

  test('are given as they are', () => {
    expect([
      answer.text('/text'),
      answer.text('/empty'),
      answer.textOrNone('/none'),
      answer.textOrNone('/missing'),
      answer.sha('/short'),
      answer.sha('/long'),
      answer.shaOrNone('/none'),
      answer.id('/number'),
      answer.flag('/yes'),
      answer.list('/list').map((one) => one.id('/a')),
      answer.list('/empties'),
      [answer.has('/zero'), answer.has('/none'), answer.has('/missing')],
    ]).toEqual([
      'words',
      '',
      undefined,
      undefined,
      'a'.repeat(40),
      'a'.repeat(64),
      undefined,
      7,
      true,
      [1, 2],
      [],
      [true, false, false],
    ]);
  });

  test.each<[string, (one: Answer) => unknown]>([
    ['/number', (one) => one.text('/number')],
    ['/none', (one) => one.text('/none')],
    ['/missing', (one) => one.text('/missing')],
    ['/yes', (one) => one.textOrNone('/yes')],
    ['/text', (one) => one.sha('/text')],
    ['/missing', (one) => one.sha('/missing')],
    ['/empty', (one) => one.shaOrNone('/empty')],
    ['/text', (one) => one.id('/text')],
    ['/zero', (one) => one.id('/zero')],
    ['/half', (one) => one.id('/half')],
    ['/none', (one) => one.flag('/none')],
    ['/text', (one) => one.list('/text')],
    ['/mixed', (one) => one.list('/mixed')],
    ['list', (one) => one.list('')],
  ])('of another shape are refused: %s', (path, read) => {
    let refused: unknown;
    try {
      read(answer);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({
      name: 'GithubRefused',
      message: `GitHub answered a thing without a proper ${path}`,
      hint: 'try again later; if it stays, report it',
      status: undefined,
    });
  });

  test.each<[string, Json]>([
    ['41 digits', 'a'.repeat(41)],
    ['39 digits', 'a'.repeat(39)],
    ['capitals', 'A'.repeat(40)],
    ['more on another line', `${HEAD}\nx`],
  ])('a commit has 40 hex digits or 64, not %s', (_what, text) => {
    expect(() => new Answer('it', text).sha('')).toThrow('without a proper list');
  });
});
