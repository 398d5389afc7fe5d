import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import type { Comment, Issue, User } from '../support/github-sim/state.ts';

const HEAD = 'a'.repeat(40);
const OTHER = 'd'.repeat(40);
const MARKER = '<!-- a marker -->';
let stage: GithubStage;
let pull: Issue;

beforeEach(async () => {
  stage = await githubStage();
  pull = stage.pull({ sha: HEAD, mergeSha: 'c'.repeat(40) });
});
afterEach(() => stage.sim.close());

describe('the pull request of a run', () => {
  const run = { headOwner: 'example', headBranch: 'topic', headSha: HEAD };

  test('is the open one from that branch whose head is exactly that commit', async () => {
    stage.pull({ ref: 'other', sha: HEAD });
    expect(await stage.forge.pullRequestOf(run)).toEqual({
      number: pull.number,
      head: HEAD,
      base: 'b'.repeat(40),
      merge: 'c'.repeat(40),
    });
    expect(stage.sim.log[0]?.path).toBe(
      '/repos/example/hubs/pulls?state=open&head=example%3Atopic&per_page=100',
    );
  });

  test('is the one of two with that head', async () => {
    stage.pull({ sha: OTHER });
    expect((await stage.forge.pullRequestOf({ ...run, headSha: OTHER }))?.number).toBe(2);
    expect((await stage.forge.pullRequestOf(run))?.number).toBe(1);
  });

  test.each([
    ['another head', { headSha: OTHER }],
    ['another branch', { headBranch: 'main' }],
    ['another owner', { headOwner: 'stranger' }],
  ])('is none with %s', async (_what, part) => {
    expect(await stage.forge.pullRequestOf({ ...run, ...part })).toBeUndefined();
  });

  test('is none when it is closed', async () => {
    pull.state = 'closed';
    expect(await stage.forge.pullRequestOf(run)).toBeUndefined();
  });

  test('is none when its head moved since it was listed', async () => {
    stage.answerOnce('GET', /pulls\/1$/u, () => {
      if (pull.pull) pull.pull.head.sha = OTHER;
    });
    expect(await stage.forge.pullRequestOf(run)).toBeUndefined();
  });

  test('has no merge commit yet', async () => {
    const body = { number: 1, head: { sha: HEAD }, base: { sha: OTHER }, merge_commit_sha: null };
    stage.answerOnce('GET', /pulls\/1$/u, { status: 200, body });
    expect(await stage.forge.pullRequestOf(run)).toEqual({
      number: 1,
      head: HEAD,
      base: OTHER,
      merge: undefined,
    });
  });

  test.each<[string, unknown]>([
    ['/head/sha', { number: 1, head: { sha: 'topic' }, merge_commit_sha: null }],
    ['/number', { number: '1', head: { sha: HEAD }, merge_commit_sha: null }],
    [
      '/base/sha',
      { number: 1, head: { sha: HEAD }, base: { sha: 'main' }, merge_commit_sha: null },
    ],
    [
      '/merge_commit_sha',
      { number: 1, head: { sha: HEAD }, base: { sha: OTHER }, merge_commit_sha: 7 },
    ],
  ])('with a wrong %s is refused', async (path, body) => {
    stage.answerOnce('GET', /pulls\/1$/u, { status: 200, body });
    await expect(stage.forge.pullRequestOf(run)).rejects.toThrow(
      `GitHub answered the pull request without a proper ${path}`,
    );
  });
});

describe('the pull request that was merged', () => {
  const COMMIT = 'e'.repeat(40);

  test('is the newest whose merge the commit is', async () => {
    for (const given of [
      { merged: true, mergeSha: COMMIT },
      { merged: true, mergeSha: COMMIT },
      { merged: true, mergeSha: OTHER, sha: COMMIT },
      { merged: false, mergeSha: COMMIT, sha: COMMIT },
    ])
      stage.pull(given);
    expect(await stage.forge.mergedPull(COMMIT)).toBe(3);
    expect(await stage.forge.mergedPull(OTHER)).toBe(4);
    expect(await stage.forge.mergedPull(HEAD)).toBeUndefined();
  });

  test('is found on a later page', async () => {
    for (let index = 0; index < 100; index += 1) stage.pull({ sha: COMMIT });
    stage.pull({ merged: true, mergeSha: COMMIT });
    expect(await stage.forge.mergedPull(COMMIT)).toBe(102);
  });
});

test('the head is what GitHub says', async () => {
  expect(await stage.forge.headOf(1)).toBe(HEAD);
});

describe('who may push', () => {
  test.each(['admin', 'write', 'read', 'none'] as const)('%s', async (permission) => {
    stage.repository.permissions.set(stage.stranger.id, permission);
    expect(await stage.forge.mayWrite('stranger')).toBe(
      permission === 'admin' || permission === 'write',
    );
  });

  test('nobody that GitHub does not know, and nobody by an answer of another shape', async () => {
    await expect(stage.forge.mayWrite('nobody')).rejects.toMatchObject({ status: 404 });
    stage.answerOnce('GET', /permission$/u, { status: 200, body: { permission: ['admin'] } });
    await expect(stage.forge.mayWrite('stranger')).rejects.toThrow(
      'GitHub answered a permission without a proper /permission',
    );
  });
});

describe('the one comment', () => {
  const by = (user: User, body: string): Comment => {
    const comment = { id: stage.sim.state.nextId(), user, body, created_at: '', updated_at: '' };
    pull.comments.push(comment);
    return comment;
  };
  const bodies = (): string[] => pull.comments.map(({ body }) => body);
  const stick = (body: string): Promise<string> => stage.forge.stickyComment(1, MARKER, body);

  test('is created, left alone and brought up to date', async () => {
    expect(await stick(`${MARKER} a`)).toBe('created');
    expect(await stick(`${MARKER} a`)).toBe('unchanged');
    expect(stage.writes()).toEqual(['POST /issues/1/comments']);
    expect(await stick(`${MARKER} b`)).toBe('updated');
    expect(bodies()).toEqual([`${MARKER} b`]);
  });

  test('is nobody else’s, be it a person, another bot, or an account that is gone', async () => {
    by(stage.stranger, `${MARKER} a person`);
    by({ id: 7, login: 'other[bot]', type: 'Bot' }, `${MARKER} another bot`);
    expect(await stick(`${MARKER} ours`)).toBe('created');
    expect(await stick(`${MARKER} again`)).toBe('updated');
    expect(bodies()).toEqual([`${MARKER} a person`, `${MARKER} another bot`, `${MARKER} again`]);
    const gone = { status: 200, body: [{ id: 1, body: MARKER, user: null }] };
    stage.answerOnce('GET', /comments$/u, gone);
    expect(await stick(`${MARKER} more`)).toBe('created');
  });

  test('begins with its marker', async () => {
    by(stage.bot, `quoted: ${MARKER}`);
    by(stage.bot, '<!-- another marker -->');
    expect(await stick(`${MARKER} ours`)).toBe('created');
  });

  test('is ours with the token of a person too', async () => {
    stage.sim.state.addToken('person', stage.stranger, ['issues']);
    by(stage.bot, `${MARKER} of the bot`);
    by(stage.stranger, `${MARKER} of the person`);
    const mine = `${MARKER} of the person`;
    expect(await stage.as('person').stickyComment(1, MARKER, mine)).toBe('unchanged');
  });

  test('is the oldest of two, and found on the last page', async () => {
    for (let index = 0; index < 100; index += 1) by(stage.stranger, 'words');
    by(stage.bot, `${MARKER} first`);
    by(stage.bot, `${MARKER} second`);
    expect(await stick(`${MARKER} new`)).toBe('updated');
    expect(bodies().slice(100)).toEqual([`${MARKER} new`, `${MARKER} second`]);
  });

  test('who we are is asked once, and only where it matters', async () => {
    const asked = (): number => stage.sim.log.filter(({ path }) => path === '/graphql').length;
    expect(await stick('without a marker')).toBe('created');
    expect(asked()).toBe(0);
    by(stage.bot, MARKER);
    await stick(MARKER);
    await stick(MARKER);
    expect(asked()).toBe(1);
  });

  test.each<[string, unknown]>([
    ['nobody', { data: { viewer: null } }],
    ['a name', { data: { viewer: { databaseId: 'bot' } } }],
  ])('where GitHub says that we are %s, nothing is written', async (_what, body) => {
    by(stage.bot, MARKER);
    stage.answerOnce('POST', /graphql$/u, { status: 200, body });
    await expect(stick('new')).rejects.toThrow('GitHub answered who we are without a proper');
    expect(stage.writes()).toEqual([]);
  });

  test('GitHub does not say who we are', async () => {
    by(stage.bot, MARKER);
    stage.answerOnce('POST', /graphql$/u, { status: 200, body: { errors: [{ message: 'No' }] } });
    await expect(stick('new')).rejects.toThrow('GitHub refused who we are: ');
    expect(await stick('new')).toBe('updated');
  });
});
