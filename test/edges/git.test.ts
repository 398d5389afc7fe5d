import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedRef, filesAt, headCommit, headMessage } from '../../src/edges/git.ts';
import { writeFolder } from '../../src/edges/files.ts';
import { commitAll, git, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
beforeEach(async () => {
  folder = await temporary();
  root = join(folder.path, 'repository');
  await mkdir(root);
});
afterEach(() => folder.remove());

const begin = async (): Promise<string> => {
  await git(root, 'init', '-q', '-b', 'main');
  await writeFile(join(root, 'a'), 'a');
  return commitAll(root, 'Subject\n\nBody');
};

test('outside a repository, and in one without commits, there is neither commit nor branch', async () => {
  const nothing = async (): Promise<unknown[]> =>
    Promise.all([headCommit(root), headMessage(root), deployedRef(root)]);
  expect(await nothing()).toEqual([undefined, undefined, undefined]);
  await git(root, 'init', '-q');
  expect(await nothing()).toEqual([undefined, undefined, undefined]);
});

test('where git is not installed there is neither', async () => {
  const path = process.env['PATH'];
  process.env['PATH'] = folder.path;
  try {
    expect(await Promise.all([headCommit(root), headMessage(root), deployedRef(root)])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  } finally {
    process.env['PATH'] = path;
  }
});

test('the commit that is checked out, and its message', async () => {
  const commit = await begin();
  expect(await headCommit(root)).toBe(commit);
  expect((await headMessage(root))?.trimEnd()).toBe('Subject\n\nBody');
  expect(await headCommit(folder.path)).toBeUndefined();
});

test('the branch deployed is the remote one as last fetched, else the local one', async () => {
  const first = await begin();
  expect(await deployedRef(root)).toBeUndefined();
  await git(root, 'branch', 'deployed');
  expect(await deployedRef(root)).toBe(first);
  await writeFile(join(root, 'b'), 'b');
  const second = await commitAll(root, 'second');
  await git(root, 'update-ref', 'refs/remotes/origin/deployed', second);
  expect(await deployedRef(root)).toBe(second);
});

describe('files of a commit', () => {
  test('are read whole, as they were, and only those that are wanted', async () => {
    await begin();
    const binaryLike = 'line\n\nline without an end ü';
    await writeFolder(
      join(root, 'x'),
      new Map([
        ['one.json', '{}\n'],
        ['empty', ''],
        ['with space.json', binaryLike],
        ['strange\nname', 'never read'],
      ]),
    );
    const commit = await commitAll(root, 'more');
    await rm(join(root, 'x'), { recursive: true });
    expect(Object.fromEntries(await filesAt(root, commit, () => true))).toEqual({
      a: 'a',
      'x/one.json': '{}\n',
      'x/empty': '',
      'x/with space.json': binaryLike,
    });
    const json = await filesAt(root, commit, (path) => path.endsWith('.json'));
    expect([...json.keys()]).toEqual(['x/one.json', 'x/with space.json']);
    expect((await filesAt(root, commit, () => false)).size).toBe(0);
  });
});
