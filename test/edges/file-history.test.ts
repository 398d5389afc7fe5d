import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gitFileHistory } from '../../src/edges/file-history.ts';
import { commitAll, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
beforeEach(async () => {
  folder = await temporary();
  root = join(folder.path, 'platform');
  await mkdir(root);
  await git(root, 'init', '-q', '-b', 'main');
});
afterEach(() => folder.remove());

/** Writes a file, or takes it away, and gives the commit. */
async function commit(path: string, text: string | null, message: string): Promise<string> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  if (text === null) await rm(join(root, path));
  else await writeFile(join(root, path), text);
  await commitAll(root, message);
  return git(root, 'rev-parse', 'HEAD');
}

const MEMBER = { path: 'access/members/7.yaml', id: undefined };
const COHORT = { path: 'access/cohorts/course.yaml', id: '7' };
const cohort = (...ids: number[]): string => `title: A\nmembers: [${ids.join(', ')}]\n`;
const here = () => gitFileHistory({ root, people: undefined });

describe('the newest commit', () => {
  test('of a file is the last that changed it, or took it away', async () => {
    const first = await commit(MEMBER.path, 'a', 'Let in (#1)\n\nApproved-by: 9');
    await commit('other', 'b', 'other');
    expect(await here().newest(MEMBER)).toEqual({
      sha: first,
      time: Number(await git(root, 'log', '-1', '--format=%ct', first)),
      message: 'Let in (#1)\n\nApproved-by: 9',
    });
    const last = await commit(MEMBER.path, null, 'gone');
    expect((await here().newest(MEMBER))?.sha).toBe(last);
  });

  test('is undefined of a file that never was, and outside a repository', async () => {
    expect(await here().newest(MEMBER)).toBeUndefined();
    await commit('other', 'b', 'other');
    expect(await here().newest(MEMBER)).toBeUndefined();
    const outside = gitFileHistory({ root: folder.path, people: undefined });
    expect(await outside.newest(MEMBER)).toBeUndefined();
  });

  test('about somebody in a list is the one that wrote or struck their id', async () => {
    await commit(COHORT.path, cohort(70, 17), 'others');
    expect(await here().newest(COHORT)).toBeUndefined();
    const joined = await commit(COHORT.path, cohort(70, 17, 7), 'seven');
    await commit(COHORT.path, cohort(70, 17, 7, 8), 'eight');
    expect((await here().newest(COHORT))?.sha).toBe(joined);
    const left = await commit(COHORT.path, cohort(70, 17, 8), 'seven goes');
    expect((await here().newest(COHORT))?.sha).toBe(left);
  });

  test.each([
    ['file', MEMBER, 'a'],
    ['list', COHORT, cohort(7)],
  ])('of a %s is the merge, not what was merged', async (_what, file, text) => {
    await commit('other', 'a', 'first');
    await git(root, 'checkout', '-qb', 'side');
    await commit(file.path, text, 'aside');
    await git(root, 'checkout', '-q', 'main');
    await git(root, 'merge', '-q', '--no-ff', '-m', 'Merge pull request #5 from side', 'side');
    expect((await here().newest(file))?.message).toBe('Merge pull request #5 from side');
  });

  test('is not guessed in a shallow clone', async () => {
    await commit(MEMBER.path, 'a', 'long ago');
    await commit('other', 'b', 'other');
    const last = await commit(COHORT.path, cohort(7), 'now');
    for (const [depth, told] of [
      [1, undefined],
      [2, last],
    ] as const) {
      const shallow = join(folder.path, `shallow-${depth}`);
      await git(folder.path, 'clone', '-q', `--depth=${depth}`, `file://${root}`, shallow);
      const history = gitFileHistory({ root: shallow, people: undefined });
      expect(await history.newest(MEMBER)).toBeUndefined();
      expect((await history.newest(COHORT))?.sha).toBe(told);
    }
  });

  test.each(['access/', ''] as const)(
    'of people’s files is looked for below "%s" of their clone',
    async (below) => {
      const theirs = await commit(`${below}members/7.yaml`, 'a', 'theirs');
      const history = gitFileHistory({ root: folder.path, people: { folder: root, below } });
      expect((await history.newest(MEMBER))?.sha).toBe(theirs);
    },
  );

  test('of other files is looked for in the platform’s', async () => {
    const ours = await commit('environments/science.yaml', 'allow: ["user:7"]', 'ours');
    const history = gitFileHistory({ root, people: { folder: folder.path, below: '' } });
    expect((await history.newest({ path: 'environments/science.yaml', id: '7' }))?.sha).toBe(ours);
  });
});
