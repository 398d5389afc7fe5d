import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deployedRef, headCommit, headMessage, isInGit } from '../../src/edges/git.ts';
import { pathsAt, textsAt } from '../../src/edges/git.ts';
import { failureOf } from '../support/program.ts';
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

test('outside a repository, and in one without commits, there is no commit', async () => {
  const nothing = async (): Promise<unknown[]> =>
    Promise.all([headCommit(root), headMessage(root)]);
  expect(await nothing()).toEqual([undefined, undefined]);
  expect(await isInGit(root)).toBe(false);
  await git(root, 'init', '-q');
  expect(await nothing()).toEqual([undefined, undefined]);
  expect(await isInGit(root)).toBe(true);
  expect(await withoutGit(() => isInGit(root))).toBe(false);
});

/** Without any program. */
async function withoutGit<T>(use: () => Promise<T>): Promise<T> {
  const path = process.env['PATH'];
  process.env['PATH'] = folder.path;
  try {
    return await use();
  } finally {
    process.env['PATH'] = path;
  }
}

test('where git is not installed there is no commit', async () => {
  expect(await withoutGit(() => Promise.all([headCommit(root), headMessage(root)]))).toEqual([
    undefined,
    undefined,
  ]);
});

test('the commit that is checked out, and its message', async () => {
  const commit = await begin();
  expect(await headCommit(root)).toBe(commit);
  expect((await headMessage(root))?.trimEnd()).toBe('Subject\n\nBody');
  expect(await headCommit(folder.path)).toBeUndefined();
});

describe('the branch deployed', () => {
  const found = (commit: string): unknown => ({ kind: 'found', commit });
  const none = (looked: string): unknown => ({ kind: 'none', looked });
  const HERE = 'no branch `deployed` in this clone';

  /** A repository with `main`, and `deployed` where it is asked for; cloned as told. */
  async function cloned(deployed: boolean, ...options: string[]): Promise<string> {
    await begin();
    await writeFile(join(root, 'second'), '');
    await commitAll(root, 'second');
    if (deployed) await git(root, 'branch', 'deployed', 'HEAD~1');
    const to = join(folder.path, 'clone');
    await git(folder.path, 'clone', '-q', ...options, `file://${root}`, to);
    return to;
  }

  test('is the one of origin as last fetched, else the local one, else one of another remote', async () => {
    const first = await begin();
    await writeFile(join(root, 'b'), 'b');
    const second = await commitAll(root, 'second');
    await git(root, 'update-ref', 'refs/remotes/above/deployed', first);
    expect(await deployedRef(root)).toEqual(found(first));
    await git(root, 'update-ref', 'refs/heads/deployed', second);
    expect(await deployedRef(root)).toEqual(found(second));
    await git(root, 'update-ref', 'refs/remotes/origin/deployed', first);
    expect(await deployedRef(root)).toEqual(found(first));
  });

  test('is nowhere in a new repository, and in one whose remote has none', async () => {
    await git(root, 'init', '-q', '-b', 'main');
    expect(await deployedRef(root)).toEqual(none(HERE));
    for (const options of [[], ['--depth=1'], ['--single-branch']]) {
      await rm(root, { recursive: true });
      await mkdir(root);
      await rm(join(folder.path, 'clone'), { recursive: true, force: true });
      expect(await deployedRef(await cloned(false, ...options))).toEqual(
        none(`${HERE}, nor at origin`),
      );
    }
  });

  test('is asked of every remote', async () => {
    const clone = await cloned(false);
    const other = join(folder.path, 'other');
    await git(folder.path, 'clone', '-q', root, other);
    await git(clone, 'remote', 'add', 'above', other);
    expect(await deployedRef(clone)).toEqual(none(`${HERE}, nor at above, nor at origin`));
    await git(other, 'branch', 'deployed');
    expect(await failureOf(deployedRef(clone))).toMatchObject({
      message: 'the branch `deployed` is at above, but not in this clone',
      hint: 'get it: git fetch above +refs/heads/deployed:refs/remotes/above/deployed',
      exit: 1,
    });
  });

  test('is asked for in the folder of a platform below the top', async () => {
    const first = await begin();
    await git(root, 'branch', 'deployed');
    await mkdir(join(root, 'deep/platform'), { recursive: true });
    expect(await deployedRef(join(root, 'deep/platform'))).toEqual(found(first));
    await symlink(join(root, 'deep'), join(folder.path, 'link'));
    expect(await deployedRef(join(folder.path, 'link/platform'))).toEqual(found(first));
  });

  test.each([['--depth=1'], ['--single-branch']])(
    'is not said to be nowhere in a clone made with %s, and comes with the command that is told',
    async (option) => {
      const clone = await cloned(true, option);
      const failure = await failureOf(deployedRef(clone));
      const fetch = 'git fetch origin +refs/heads/deployed:refs/remotes/origin/deployed';
      expect(failure).toMatchObject({
        message: 'the branch `deployed` is at origin, but not in this clone',
        hint: `get it: ${fetch}`,
        exit: 1,
      });
      await git(clone, ...fetch.split(' ').slice(1));
      const commit = await git(root, 'rev-parse', 'deployed');
      expect(await deployedRef(clone)).toEqual(found(commit));
    },
  );

  test.each([['--depth=1'], ['--single-branch']])(
    'is unknown in a clone made with %s whose remote cannot be asked',
    async (option) => {
      const clone = await cloned(true, option);
      await rm(root, { recursive: true });
      expect(await failureOf(deployedRef(clone))).toMatchObject({
        message: `what is deployed cannot be looked up: this clone has not all branches of origin, and origin cannot be asked: there is no repository at ${root}`,
        hint: 'clone the whole repository (`fetch-depth: 0` in GitHub Actions), or get the branch: git fetch origin +refs/heads/deployed:refs/remotes/origin/deployed',
        exit: 1,
      });
    },
  );

  test('is as last fetched in a whole clone whose remote cannot be asked, if it was ever fetched', async () => {
    const clone = await cloned(false);
    await rm(root, { recursive: true });
    expect(await deployedRef(clone)).toEqual(none(`${HERE}, nor at origin as last fetched`));
    await git(clone, 'config', 'remote.origin.fetch', 'refs/heads/*:refs/remotes/origin/*');
    expect(await deployedRef(clone)).toEqual(none(`${HERE}, nor at origin as last fetched`));
    await git(clone, 'update-ref', '-d', 'refs/remotes/origin/main');
    await git(clone, 'symbolic-ref', '-d', 'refs/remotes/origin/HEAD');
    await expect(deployedRef(clone)).rejects.toThrow('origin cannot be asked');
  });

  test.each([[[]], [['--single-branch']]])(
    'is unknown in a clone made with %j that has lost its remote',
    async (options) => {
      const clone = await cloned(true, ...options);
      await git(clone, 'remote', 'remove', 'origin');
      expect(await failureOf(deployedRef(clone))).toMatchObject({
        message: 'what is deployed cannot be looked up: this clone has no remote any more',
        hint: 'name it again: git remote add origin URL && git fetch origin',
        exit: 1,
      });
      await git(clone, 'remote', 'add', 'origin', root);
      await git(clone, 'fetch', '-q', 'origin');
      const commit = await git(root, 'rev-parse', 'deployed');
      expect(await deployedRef(clone)).toEqual(found(commit));
    },
  );

  test('is unknown in a shallow clone that has lost its remote', async () => {
    const clone = await cloned(true, '--depth=1');
    await git(clone, 'remote', 'remove', 'origin');
    expect(await failureOf(deployedRef(clone))).toMatchObject({
      message: 'what is deployed cannot be looked up: this is a shallow clone',
      hint: 'clone the whole repository (`fetch-depth: 0` in GitHub Actions); it has no remote that could be asked',
      exit: 1,
    });
  });

  const BROKEN = 'the repository is broken: look with `git status`, or clone it again';
  const cannot = (why: string, hint: string): object => ({
    message: `what is deployed cannot be looked up: ${why}`,
    hint,
    exit: 1,
  });

  test('is unknown outside a repository, and without git', async () => {
    expect(await failureOf(deployedRef(root))).toMatchObject(
      cannot(
        'this is no clone of a repository',
        'run it in a clone of the platform’s repository; a new platform needs `git init` first',
      ),
    );
    await begin();
    expect(await withoutGit(() => failureOf(deployedRef(root)))).toMatchObject({
      message: 'git cannot be started (ENOENT)',
      hint: 'install git, or put it on the PATH',
      exit: 1,
    });
  });

  test('is unknown in a broken repository, and is not taken from another one further up', async () => {
    await begin();
    await rm(join(root, '.git/HEAD'));
    const why = 'this is no clone of a repository';
    expect(await failureOf(deployedRef(root))).toMatchObject(cannot(why, BROKEN));
    await git(folder.path, 'init', '-q');
    expect(await failureOf(deployedRef(root))).toMatchObject(
      cannot(`${root}/.git is no repository`, BROKEN),
    );
    await rm(join(root, '.git'), { recursive: true });
    await writeFile(join(root, '.git'), 'words');
    expect(await failureOf(deployedRef(root))).toMatchObject(
      cannot(`git says “fatal: invalid gitfile format: ${root}/.git”`, BROKEN),
    );
  });

  test('is unknown where the repository belongs to somebody else', async () => {
    await begin();
    const bin = join(folder.path, 'bin');
    await mkdir(bin);
    // A double of git for another owner, whom only root can make.
    await writeFile(
      join(bin, 'git'),
      `#!/bin/sh\necho "fatal: detected dubious ownership in repository at '/x'" >&2\nexit 128\n`,
      { mode: 0o755 },
    );
    const path = process.env['PATH'];
    process.env['PATH'] = `${bin}:${path ?? ''}`;
    try {
      expect(await failureOf(deployedRef(root))).toMatchObject(
        cannot(
          'the clone belongs to another user',
          'it belongs to another user: run it as that user, or `git config --global --add safe.directory DIR` for it',
        ),
      );
    } finally {
      process.env['PATH'] = path;
    }
  });

  test.each([
    ['words', 'its ref refs/remotes/origin/deployed is broken', 'git fsck'],
    ['1'.repeat(40), 'its commit is not in this clone', 'git fetch'],
  ])('is unknown where its ref says %s', async (text, why, hint) => {
    await begin();
    await mkdir(join(root, '.git/refs/remotes/origin'), { recursive: true });
    await writeFile(join(root, '.git/refs/remotes/origin/deployed'), `${text}\n`);
    const failure = await failureOf(deployedRef(root));
    expect(failure).toMatchObject({
      message: expect.stringContaining(`the branch \`deployed\` cannot be read: ${why}`) as unknown,
      hint: expect.stringContaining(hint) as unknown,
      exit: 1,
    });
  });

  test('is unknown where what it names is lost', async () => {
    const commit = await begin();
    await git(root, 'branch', 'deployed');
    const tree = await git(root, 'rev-parse', 'HEAD^{tree}');
    const object = (id: string): string => join(root, '.git/objects', id.slice(0, 2), id.slice(2));
    await rm(object(tree));
    expect(await failureOf(deployedRef(root))).toMatchObject({
      message: expect.stringContaining('the branch `deployed` cannot be read: ') as unknown,
      hint: 'its commit is not in this clone: `git fetch`, or clone it again',
      exit: 1,
    });
    expect(await failureOf(pathsAt(root, commit))).toMatchObject({
      message: expect.stringContaining('git ls-tree failed: ') as unknown,
      hint: 'the repository is broken: look with `git fsck`, or clone it again',
    });
  });
});

test('a file of a commit that is lost is no empty file', async () => {
  const commit = await begin();
  const blob = await git(root, 'rev-parse', 'HEAD:a');
  await rm(join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
  expect(await failureOf(textsAt(root, commit, ['a']))).toMatchObject({
    message: `a cannot be read from commit ${commit.slice(0, 7)}`,
    hint: 'it is not in this clone: `git fetch`, or clone the repository again',
    exit: 1,
  });
});

describe('files of a commit', () => {
  test('are read whole, as they were, and only those that are wanted', async () => {
    await begin();
    const binaryLike = 'line\n\nline without an end ü';
    await mkdir(join(root, 'x'));
    await writeFile(join(root, 'x/one.json'), '{}\n');
    await writeFile(join(root, 'x/empty'), '');
    await writeFile(join(root, 'x/with space.json'), binaryLike);
    await writeFile(join(root, 'x/strange\nname'), 'never read');
    const commit = await commitAll(root, 'more');
    await rm(join(root, 'x'), { recursive: true });
    const paths = await pathsAt(root, commit);
    expect(Object.fromEntries(await textsAt(root, commit, paths))).toEqual({
      a: 'a',
      'x/one.json': '{}\n',
      'x/empty': '',
      'x/with space.json': binaryLike,
    });
    const json = await textsAt(root, commit, ['x/one.json', 'x/with space.json']);
    expect([...json.values()]).toEqual(['{}\n', binaryLike]);
    expect((await textsAt(root, commit, [])).size).toBe(0);
  });
});
