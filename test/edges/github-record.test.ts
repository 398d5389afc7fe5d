import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

const REF = 'refs/heads/deployed';
const COMMIT = 'a'.repeat(40);
let stage: GithubStage;

beforeEach(async () => {
  stage = await githubStage();
});
afterEach(() => stage.sim.close());

const head = (): string => stage.repository.refs.get(REF) ?? '';
const commitOf = (sha: string): { tree: string; parents: string[]; message: string } => {
  const found = stage.repository.objects.get(sha);
  if (found?.type !== 'commit') throw new Error(`${sha} is no commit`);
  return found;
};
/** What the branch holds, by path. */
const files = (): Record<string, string> => {
  const tree = stage.repository.objects.get(commitOf(head()).tree);
  if (tree?.type !== 'tree') throw new Error('no tree');
  return Object.fromEntries(
    [...tree.entries].map(([path, sha]) => {
      const blob = stage.repository.objects.get(sha);
      return [path, blob?.type === 'blob' ? blob.content.toString() : '?'];
    }),
  );
};
const commit = (given: Record<string, string | null>, message = 'a change'): Promise<void> =>
  stage.forge.commitFiles('deployed', new Map(Object.entries(given)), message);

describe('the newest commit of a branch', () => {
  test('is what its reference says', async () => {
    stage.repository.refs.set('refs/heads/main', COMMIT);
    stage.repository.refs.set('refs/heads/a/b', 'b'.repeat(40));
    expect(await stage.forge.branchHead('main')).toBe(COMMIT);
    expect(await stage.forge.branchHead('a/b')).toBe('b'.repeat(40));
  });

  test('of a branch that is not there is an error', async () => {
    await expect(stage.forge.branchHead('main')).rejects.toMatchObject({
      message: 'GitHub refused the branch: Not Found',
      status: 404,
    });
  });

  test.each<[string, unknown]>([
    ['a list, as for a prefix of names', [{ object: { sha: COMMIT } }]],
    ['a name', { object: { sha: 'main' } }],
    ['nothing', {}],
  ])('is not %s', async (_what, body) => {
    stage.answerOnce('GET', /git\/ref\//u, { status: 200, body });
    await expect(stage.forge.branchHead('main')).rejects.toThrow(
      'GitHub answered the branch without a proper /object/sha',
    );
  });
});

describe('a commit', () => {
  test('says one line, to nobody', async () => {
    await commit({ 'a/x.json': '1' }, 'h runs abcdef0\n\nCo-authored-by: @x fixes #1');
    expect(commitOf(head()).message).toBe(
      'h runs abcdef0 Co-authored-by: @\u{200B}x fixes #\u{200B}1',
    );
  });

  test('makes the branch, and the next builds upon it', async () => {
    await commit({ 'a/x.json': '1', 'b/x.json': '2' }, 'first');
    const first = head();
    expect([files(), commitOf(first).parents, commitOf(first).message]).toEqual([
      { 'a/x.json': '1', 'b/x.json': '2' },
      [],
      'first',
    ]);
    await commit({ 'a/x.json': '3' }, 'second');
    expect([files(), commitOf(head()).parents, commitOf(head()).message]).toEqual([
      { 'a/x.json': '3', 'b/x.json': '2' },
      [first],
      'second',
    ]);
  });

  test('that changes nothing is not made', async () => {
    await commit({});
    await commit({ 'a/x.json': null });
    expect(stage.writes()).toEqual([]);
    await commit({ 'a/x.json': '1' });
    const before = head();
    await commit({ 'a/x.json': '1' });
    await commit({ 'b/x.json': null });
    expect(head()).toBe(before);
    expect(stage.writes().filter((one) => one === 'POST /git/commits')).toHaveLength(1);
  });

  test('takes away what is there, and only that', async () => {
    await commit({ 'a/x.json': '1', 'a/y.json': '2', 'b/x.json': '3' });
    await commit({ 'a/x.json': null, 'a/y.json': null, 'a/z.json': null, 'c/x.json': '4' });
    expect(files()).toEqual({ 'b/x.json': '3', 'c/x.json': '4' });
  });

  test('never lists the tree where nothing is taken away', async () => {
    await commit({ 'a/x.json': '1' });
    await commit({ 'b/x.json': '2' });
    expect(
      stage.sim.log.filter(({ method, path }) => method === 'GET' && /trees/u.test(path)),
    ).toEqual([]);
  });

  test('is refused where GitHub lists only a part of the tree', async () => {
    await commit({ 'a/x.json': '1' });
    stage.answerOnce('GET', /git\/trees/u, { status: 200, body: { truncated: true, tree: [] } });
    await expect(commit({ 'a/x.json': null })).rejects.toMatchObject({
      message: 'the record has more files than GitHub lists',
      hint: 'take away by hand what nobody needs in the branch',
    });
    expect(files()).toEqual({ 'a/x.json': '1' });
  });
});

describe('somebody else’s commit in between', () => {
  /** As if somebody else had pushed this file. */
  const push = (path: string): void => {
    const parent = stage.repository.refs.get(REF);
    const old =
      parent === undefined ? undefined : stage.repository.objects.get(commitOf(parent).tree);
    const number = stage.repository.objects.size;
    const [blob, tree, sha] = ['1', '2', '3'].map((kind) => `${kind}${number}`.padStart(40, '0'));
    const entries = new Map(old?.type === 'tree' ? old.entries : []).set(path, blob!);
    stage.repository.objects.set(blob!, { type: 'blob', content: Buffer.from('theirs') });
    stage.repository.objects.set(tree!, { type: 'tree', entries });
    const parents = parent === undefined ? [] : [parent];
    stage.repository.objects.set(sha!, { type: 'commit', tree: tree!, parents, message: 'theirs' });
    stage.repository.refs.set(REF, sha!);
  };
  const pushAt = (method: string, path: RegExp, times: number): number =>
    stage.sim.faults.push({
      method,
      path,
      times,
      answer: () => push(`theirs/${stage.repository.objects.size}.json`),
    });
  const moves = (): unknown[] =>
    stage.sim.log
      .filter(({ method, path }) => method === 'PATCH' && /git\/refs/u.test(path))
      .map(({ status, body }) => [status, body['force']]);

  test('is built upon, never overwritten', async () => {
    await commit({ 'a/x.json': '1' });
    pushAt('PATCH', /git\/refs/u, 1);
    await commit({ 'b/x.json': '2' });
    expect(Object.values(files()).sort()).toEqual(['1', '2', 'theirs']);
    expect(moves()).toEqual([
      [422, false],
      [200, false],
    ]);
  });

  test('is built upon where the branch was new', async () => {
    pushAt('POST', /git\/refs$/u, 1);
    await commit({ 'a/x.json': '1' });
    expect(Object.values(files()).sort()).toEqual(['1', 'theirs']);
  });

  test('four times is borne, and five times is not', async () => {
    await commit({ 'a/x.json': '1' });
    pushAt('PATCH', /git\/refs/u, 4);
    await commit({ 'b/x.json': '2' });
    expect(files()['b/x.json']).toBe('2');
    pushAt('PATCH', /git\/refs/u, 5);
    await expect(commit({ 'c/x.json': '3' })).rejects.toMatchObject({
      message: 'GitHub refused the branch: Update is not a fast forward',
      status: 422,
    });
    expect(files()['c/x.json']).toBeUndefined();
    expect(moves()).toHaveLength(10);
  });

  test('another refusal is not tried again', async () => {
    await commit({ 'a/x.json': '1' });
    stage.answerOnce('PATCH', /git\/refs/u, { status: 403, message: 'Protected' });
    await expect(commit({ 'a/x.json': '2' })).rejects.toThrow(
      'GitHub refused the branch: Protected',
    );
    expect(moves()).toHaveLength(1);
  });

  test('content that GitHub refuses is not tried again', async () => {
    stage.answerOnce('POST', /git\/trees/u, { status: 422, message: 'Bad' });
    await expect(commit({ 'a/x.json': '1' })).rejects.toThrow('GitHub refused a tree: Bad');
    expect(stage.writes()).toEqual(['POST /git/trees']);
  });
});

describe('the status of a deployment', () => {
  const status = {
    commit: COMMIT,
    environment: 'c/hub',
    state: 'failure',
    description: 'why',
    url: 'https://hub.example.org',
    run: 'https://github.com/run/1',
  } as const;

  test.each(['success', 'failure'] as const)('%s is shown', async (state) => {
    await stage.forge.deployment({ ...status, state });
    expect(stage.repository.deployments).toMatchObject([
      {
        sha: COMMIT,
        task: 'glaciocloud',
        environment: 'c/hub',
        statuses: [
          {
            state,
            description: 'why',
            environment_url: 'https://hub.example.org',
            log_url: 'https://github.com/run/1',
          },
        ],
      },
    ]);
  });

  test('has no link without a run, and a description that fits', async () => {
    await stage.forge.deployment({ ...status, run: undefined, description: 'x'.repeat(141) });
    const sent = stage.sim.log.at(-1)?.body;
    expect(sent).not.toHaveProperty('log_url');
    expect(sent?.['description']).toBe('x'.repeat(140));
  });

  test('is not set where GitHub made no deployment', async () => {
    stage.answerOnce('POST', /deployments$/u, { status: 202, body: { message: 'merged' } });
    await expect(stage.forge.deployment(status)).rejects.toThrow(
      'GitHub answered a deployment without a proper /id',
    );
    expect(stage.writes()).toEqual(['POST /deployments']);
  });
});
