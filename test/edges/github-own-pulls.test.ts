import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Proposal } from '../../src/ports/own-pulls.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const BRANCH = 'glaciocloud/refresh-science';
let stage: GithubStage;
let base: string;

const head = (branch: string): string => stage.repository.refs.get(`refs/heads/${branch}`) ?? '';
const onMain = async (files: Record<string, string>): Promise<string> => {
  await stage.forge.commitFiles('main', new Map(Object.entries(files)), 'by a person');
  return head('main');
};
const filesOf = (branch: string): Record<string, string> => {
  const commit = stage.repository.objects.get(head(branch));
  const tree = commit?.type === 'commit' ? stage.repository.objects.get(commit.tree) : undefined;
  if (tree?.type !== 'tree') throw new Error(`${branch} has no tree`);
  return Object.fromEntries(
    [...tree.entries].map(([path, sha]) => {
      const blob = stage.repository.objects.get(sha);
      return [path, blob?.type === 'blob' ? blob.content.toString() : '?'];
    }),
  );
};
const propose = (more: Partial<Proposal> = {}): Promise<{ number: number; head: string }> =>
  stage.forge.propose({
    branch: BRANCH,
    base,
    mark: 'Image science: ',
    title: 'Image science: candidate 1',
    body: 'what is new',
    files: new Map([['images/science/image.lock.yaml', '1']]),
    ...more,
  });

beforeEach(async () => {
  stage = await githubStage();
  stage.repository.actions.mayOpenPulls = true;
  base = await onMain({ 'platform.yaml': 'p', 'images/science/image.lock.yaml': '0' });
  stage.sim.log.length = 0;
});
afterEach(() => stage.sim.close());

describe('a proposal', () => {
  test('is one commit upon its base, and a pull request to the default branch', async () => {
    const { number, head: sha } = await propose();
    expect(sha).toBe(head(BRANCH));
    expect(filesOf(BRANCH)).toEqual({
      'platform.yaml': 'p',
      'images/science/image.lock.yaml': '1',
    });
    expect(stage.repository.objects.get(sha)).toMatchObject({
      parents: [base],
      message: 'Image science: candidate 1',
    });
    expect(stage.repository.issues.get(number)).toMatchObject({
      title: 'Image science: candidate 1',
      body: 'what is new',
      state: 'open',
      user: stage.bot,
      pull: { head: { ref: BRANCH }, base: { ref: 'main' } },
    });
    expect(stage.writes()).toEqual([
      'POST /git/trees',
      'POST /git/commits',
      'POST /git/refs',
      'POST /pulls',
    ]);
  });

  test('made again is the same: nothing is written but a tree', async () => {
    const first = await propose();
    stage.sim.log.length = 0;
    expect(await propose()).toEqual(first);
    expect(stage.writes()).toEqual(['POST /git/trees']);
  });

  test.each<[string, Partial<Proposal>]>([
    ['title', { title: 'Image science: candidate 2' }],
    ['body', { body: 'more is new' }],
  ])('with another %s changes the pull request', async (_what, more) => {
    const { number } = await propose();
    expect((await propose(more)).number).toBe(number);
    expect(stage.repository.issues.get(number)).toMatchObject({
      title: 'Image science: candidate 1',
      body: 'what is new',
      ...more,
    });
  });

  test('that is newer takes the place of the one before, upon what main is by then', async () => {
    const { number } = await propose();
    base = await onMain({ 'platform.yaml': 'q' });
    const files = new Map([['images/science/image.lock.yaml', '2']]);
    const newer = await propose({ title: 'Image science: candidate 2', files });
    expect(newer.number).toBe(number);
    expect(filesOf(BRANCH)).toEqual({
      'platform.yaml': 'q',
      'images/science/image.lock.yaml': '2',
    });
    expect(stage.repository.objects.get(newer.head)).toMatchObject({ parents: [base] });
    expect([...stage.repository.issues.keys()]).toEqual([number]);
  });

  test('with the same files upon another base is a new commit', async () => {
    const first = await propose();
    base = await onMain({ 'other.yaml': 'x' });
    await onMain({ 'other.yaml': 'y' });
    const second = await propose();
    expect(second.head).not.toBe(first.head);
    expect(stage.repository.objects.get(second.head)).toMatchObject({ parents: [base] });
  });

  test('leaves a branch alone to which somebody pushed', async () => {
    await propose();
    await stage.forge.commitFiles(BRANCH, new Map([['x', 'mine']]), 'my own work');
    const theirs = head(BRANCH);
    await expect(propose()).rejects.toMatchObject({
      message: `somebody has pushed to the branch ${BRANCH}`,
      hint: 'only this tool writes there: move the work to another branch, and delete this one',
    });
    expect(head(BRANCH)).toBe(theirs);
  });

  test('does not take the pull request of a fork for its own', async () => {
    const theirs = stage.pull({ ref: BRANCH });
    if (theirs.pull) theirs.pull.head.repo = 'example/hubs-fork';
    const { number } = await propose();
    expect(number).not.toBe(theirs.number);
    expect(theirs.title).toBe('A change');
  });

  test('after one that was merged or closed is a new one', async () => {
    const { number } = await propose();
    const first = stage.repository.issues.get(number);
    if (first) first.state = 'closed';
    expect((await propose()).number).toBe(number + 1);
  });

  test('has a title of one line, as long as GitHub takes it', async () => {
    const { number } = await propose({ title: `Image science: \n${'🧊'.repeat(300)}` });
    const title = stage.repository.issues.get(number)?.title ?? '';
    expect(Array.from(title)).toHaveLength(256);
    expect(title).not.toContain('\n');
  });

  test('says where GitHub Actions may open none', async () => {
    stage.repository.actions.mayOpenPulls = false;
    await expect(propose()).rejects.toMatchObject({
      message:
        'GitHub refused a pull request: GitHub Actions is not permitted to create or approve pull requests.',
      hint: 'allow it: Settings, Actions, General, “Allow GitHub Actions to create and approve pull requests”',
      status: 403,
    });
  });

  test('tells other refusals as they are', async () => {
    stage.answerOnce('POST', /\/pulls$/u, { status: 422, message: 'no' });
    await expect(propose()).rejects.toMatchObject({
      message: 'GitHub refused a pull request: no',
      hint: 'GitHub refused the content',
    });
  });
});

describe('what is withdrawn', () => {
  test('is closed, with the reason', async () => {
    const { number } = await propose();
    await stage.forge.withdraw(BRANCH, 'There is nothing new any more.');
    expect(stage.repository.issues.get(number)).toMatchObject({
      state: 'closed',
      comments: [{ body: 'There is nothing new any more.' }],
    });
  });

  test('is nothing where nothing is open', async () => {
    await stage.forge.withdraw(BRANCH, 'why');
    expect(stage.writes()).toEqual([]);
  });
});

describe('a merge', () => {
  test('is of exactly the head that was looked at', async () => {
    const { number, head: sha } = await propose();
    expect(await stage.forge.merge(number, sha)).toBeUndefined();
    expect(filesOf('main')).toEqual({
      'platform.yaml': 'p',
      'images/science/image.lock.yaml': '1',
    });
    const sent = stage.sim.log.find(({ method }) => method === 'PUT')?.body;
    expect(sent).toEqual({ sha, merge_method: 'squash' });
  });

  test.each<[string, number]>([
    ['moved', 409],
    ['not to be merged', 405],
  ])('of a head that is %s is asked once, and says why not', async (_what, status) => {
    const { number, head: sha } = await propose();
    stage.answerOnce('PUT', /\/merge$/u, { status, message: 'not now' });
    expect(await stage.forge.merge(number, sha)).toBe('GitHub refused the merge: not now');
    expect(stage.sim.log.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('that is not permitted is an error', async () => {
    const { number, head: sha } = await propose();
    await expect(stage.as('weak').merge(number, sha)).rejects.toMatchObject({ status: 403 });
  });
});
