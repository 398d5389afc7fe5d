import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { oggmCommits } from '../../src/flow/oggm-commits.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';

/* OGGM is another repository than the platform's, on the same simulated GitHub. */
const repository = 'OGGM/oggm';
let stage: GithubStage;
let commits: string[];

beforeEach(async () => {
  stage = await githubStage();
  const oggm = stage.sim.state.addRepository(stage.sim.state.addUser('OGGM'), 'oggm');
  commits = Array.from({ length: 25 }, (_, index) => index.toString(16).padStart(40, '0'));
  for (const [index, sha] of commits.entries()) {
    const message = index === 2 ? 'Melt\n\nlong words' : `no ${index}`;
    const parents = commits.slice(Math.max(0, index - 1), index);
    oggm.objects.set(sha, { type: 'commit', tree: '', parents, message });
  }
});
afterEach(() => stage.sim.close());

const range = (from: number, to: number) => ({
  repository,
  from: commits[from] ?? 'f'.repeat(40),
  to: commits[to] ?? 'f'.repeat(40),
});

test('commits of another repository, the oldest first, by their first lines', async () => {
  expect(await stage.forge.commitsBetween(range(0, 2))).toEqual({
    total: 2,
    first: [
      { sha: commits[1], subject: 'no 1' },
      { sha: commits[2], subject: 'Melt' },
    ],
  });
  expect(stage.sim.log.at(-1)?.path).toBe(
    `/repos/OGGM/oggm/compare/${commits[0]}...${commits[2]}?per_page=20`,
  );
});

test('no more than are shown are asked for, and all are counted', async () => {
  const listed = await stage.forge.commitsBetween(range(0, 24));
  expect(listed?.total).toBe(24);
  expect(listed?.first.map(({ sha }) => sha)).toEqual(commits.slice(1, 21));
});

test('back is none', async () => {
  expect(await stage.forge.commitsBetween(range(2, 0))).toEqual({ total: 0, first: [] });
});

test('nothing where GitHub does not know a commit', async () => {
  expect(await stage.forge.commitsBetween(range(0, 99))).toBeUndefined();
});

test('what GitHub refuses, or does not answer properly, leaves the range', async () => {
  const asked = range(0, 1);
  expect(await oggmCommits(stage.forge, asked)).toMatchObject({ range: asked, list: { total: 1 } });
  expect(await oggmCommits(stage.forge, undefined)).toBeUndefined();
  stage.answerOnce('GET', /compare/u, { status: 403 });
  expect(await oggmCommits(stage.forge, asked)).toEqual({ range: asked, list: undefined });
  for (const commit of [{ sha: 'x', commit: { message: '' } }, { sha: commits[0] }]) {
    const body = { total_commits: 1, commits: [commit] };
    stage.answerOnce('GET', /compare/u, { status: 200, body });
    expect(await oggmCommits(stage.forge, asked)).toEqual({ range: asked, list: undefined });
  }
  const broken = { commitsBetween: () => Promise.reject(new Error('a mistake of ours')) };
  await expect(oggmCommits(broken, asked)).rejects.toThrow('a mistake of ours');
});
