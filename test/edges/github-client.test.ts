import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Answer } from '../../src/edges/github/answer.ts';
import { Pace, statusOf, waitAfter } from '../../src/edges/github/pace.ts';
import type { Json } from '../../src/core/json.ts';
import { testClock } from '../support/clock.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const HEAD = 'a'.repeat(40);
const NOW = new Date('2026-11-24T08:00:00Z');
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
  stage.pull({ sha: HEAD });
});
afterEach(() => stage.sim.close());

const thrown = (status: number, headers: Record<string, string> = {}, message = 'no'): unknown =>
  Object.assign(new Error(message), { status, response: { headers } });

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
    expect(stage.clock.slept).toEqual([1000, 4000, 9000]);
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
    ['comments', 'GET', /comments$/u, () => stage.forge.botComment(1, 'x')],
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

describe('what passes is waited for', () => {
  test.each<[string, Parameters<GithubStage['answerOnce']>[2], number]>([
    ['a limit that says for how long', { status: 429, headers: { 'retry-after': '7' } }, 7000],
    ['an outage', { status: 502 }, 1000],
    ['a connection that breaks', 'reset', 1000],
  ])('%s', async (_what, answer, wait) => {
    stage.answerOnce('GET', /pulls\/1$/u, answer);
    expect(await stage.forge.headOf(1)).toBe(HEAD);
    expect(stage.clock.slept).toEqual([wait]);
  });

  test('until another try would not help', () => {
    const wait = (status: number, tried = 1, headers = {}, message?: string): number | undefined =>
      waitAfter(thrown(status, headers, message), tried, NOW);
    const reset = (seconds: number): Record<string, string> => ({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(NOW.getTime() / 1000 + seconds),
    });
    for (const status of [400, 401, 403, 404, 410, 422, 451])
      expect([status, wait(status)]).toEqual([status, undefined]);
    expect([wait(400 - 1), wait(408), wait(409), wait(429), wait(500)]).toEqual([
      undefined,
      1000,
      1000,
      1000,
      1000,
    ]);
    expect([wait(500, 2), wait(500, 3), wait(500, 4)]).toEqual([4000, 9000, undefined]);
    expect([
      wait(403, 3, { 'retry-after': '5' }),
      wait(403, 4, { 'retry-after': '5' }),
      wait(403, 1, { 'retry-after': '300' }),
      wait(403, 1, { 'retry-after': '301' }),
      wait(429, 1, { 'retry-after': '301' }),
      wait(403, 1, { 'retry-after': '0' }),
      wait(403, 1, { 'retry-after': '1' }),
      wait(500, 1, { 'retry-after': '5' }),
    ]).toEqual([5000, undefined, 300_000, undefined, undefined, undefined, 1000, 1000]);
    expect([
      wait(403, 1, reset(0)),
      wait(403, 1, reset(30.5)),
      wait(403, 1, reset(-90)),
      wait(429, 1, reset(299)),
      wait(429, 1, reset(300)),
      wait(403, 1, { ...reset(30), 'x-ratelimit-remaining': '1' }),
    ]).toEqual([1000, 32_000, 0, 300_000, undefined, undefined]);
    expect([
      wait(403, 1, {}, 'You have exceeded a secondary rate limit'),
      wait(429, 1, {}, 'Secondary Rate limit'),
      wait(403, 1, { 'retry-after': '2' }, 'a secondary rate limit'),
      wait(403, 1, {}, 'secondary rates'),
    ]).toEqual([60_000, 60_000, 2000, undefined]);
  });

  test('what is no answer of HTTP is not tried again', () => {
    for (const one of [undefined, null, 'no', new Error('no'), { status: '500' }])
      expect([statusOf(one), waitAfter(one, 1, NOW)]).toEqual([undefined, undefined]);
  });
});

describe('the distance between requests', () => {
  const slept = async (requests: readonly [string, string][], pause = 0): Promise<number[]> => {
    const clock = testClock();
    const pace = new Pace(clock);
    for (const [method, path] of requests) {
      await pace.turn(method, path);
      if (pause > 0) {
        await clock.sleep(pause);
        clock.slept.pop();
      }
    }
    return clock.slept;
  };
  const issues = '/repos/{owner}/{repo}/issues';

  test('reading never waits, writing a second, and what notifies people three', async () => {
    const write: [string, string] = ['PATCH', `${issues}/{issue}`];
    const opens: [string, string] = ['POST', issues];
    const comments: [string, string] = ['POST', `${issues}/{issue}/comments`];
    expect(await slept([write, ['GET', issues], ['POST', '/graphql'], ['GET', issues]])).toEqual(
      [],
    );
    expect(await slept([write, write, write])).toEqual([1000, 1000]);
    expect(await slept([opens, comments, opens])).toEqual([3000, 3000]);
    expect(await slept([opens, write, write, comments])).toEqual([1000, 1000, 1000]);
    expect(await slept([opens, ['PATCH', issues], opens])).toEqual([1000, 2000]);
    expect(await slept([opens, ['POST', `${issues}/{issue}/labels`]])).toEqual([1000]);
    expect(await slept([write, write], 1000)).toEqual([]);
    expect(await slept([write, write], 999)).toEqual([1]);
  });

  test('those that come at once go one after the other', async () => {
    const waits: number[] = [];
    const pace = new Pace({
      now: () => NOW,
      sleep: (wait) => {
        waits.push(wait);
        return Promise.resolve();
      },
    });
    await Promise.all([1, 2, 3].map(() => pace.turn('PUT', '/x')));
    expect(waits).toEqual([1000, 2000]);
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
