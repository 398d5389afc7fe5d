import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { gitNames } from '../../src/edges/names.ts';
import { failureOf } from '../support/program.ts';
import { commitAll, git, temporary } from '../support/sample.ts';

const ada = { name: 'ada', claims: {} };
const bob = { name: 'bob', claims: { science: 'claim-bob' } };

let folder: Awaited<ReturnType<typeof temporary>>;
let origin: string;
beforeEach(async () => {
  folder = await temporary();
  origin = join(folder.path, 'origin.git');
  await git(folder.path, 'init', '-q', '--bare', origin);
});
afterEach(() => folder.remove());

/** Somebody's clone of the repository of people's files. */
async function clone(name: string): Promise<string> {
  await git(folder.path, 'clone', '-q', origin, name);
  return join(folder.path, name);
}

const history = (root: string) => git(root, 'rev-list', '--count', 'names');

describe('the branch of names', () => {
  test('is empty before anything is kept, and is not made by reading', async () => {
    const root = await clone('one');
    expect(await gitNames(root).read()).toEqual(new Map());
    expect(await git(root, 'branch', '--list', '--all')).toBe('');
  });

  test('has a file for each id, and reaches the repository', async () => {
    const root = await clone('one');
    await gitNames(root).keep(new Map([['1', ada]]));
    await gitNames(root).keep(new Map([['2', bob]]));
    const both = new Map([
      ['1', ada],
      ['2', bob],
    ]);
    expect(await gitNames(root).read()).toEqual(both);
    expect(await gitNames(await clone('two')).read()).toEqual(both);
    expect(await history(origin)).toBe('2');
  });

  test('is kept without touching what is checked out', async () => {
    const root = await clone('one');
    await writeFile(join(root, 'README.md'), 'people');
    await commitAll(root, 'people');
    await gitNames(root).keep(new Map([['1', ada]]));
    expect(await git(root, 'status', '--porcelain')).toBe('');
  });

  test('of a folder without another repository stays there', async () => {
    const root = join(folder.path, 'alone');
    await git(folder.path, 'init', '-q', root);
    await gitNames(root).keep(new Map([['1', ada]]));
    expect(await gitNames(root).read()).toEqual(new Map([['1', ada]]));
  });

  test('that somebody else wrote meanwhile is not written over, and is read the next time', async () => {
    const [one, two] = [await clone('one'), await clone('two')];
    expect(await gitNames(two).read()).toEqual(new Map());
    await gitNames(one).keep(new Map([['1', ada]]));
    expect(await failureOf(gitNames(two).keep(new Map([['2', bob]])))).toMatchObject({
      message: expect.stringMatching(/^names cannot be kept: git push: /u),
      hint: 'run it again; nobody new enters until the branch names can be written',
      exit: 1,
    });
    expect(await gitNames(two).read()).toEqual(new Map([['1', ada]]));
    await gitNames(two).keep(new Map([['2', bob]]));
    expect(await history(origin)).toBe('2');
  });

  test('is asked for where the clone has one branch only, as in GitHub Actions', async () => {
    const one = await clone('one');
    await writeFile(join(one, 'README.md'), 'people');
    await commitAll(one, 'people');
    await git(one, 'push', '-q', 'origin', 'HEAD:refs/heads/main');
    await gitNames(one).keep(new Map([['1', ada]]));
    const shallow = join(folder.path, 'shallow');
    await git(folder.path, 'clone', '-q', '--depth=1', '-b', 'main', `file://${origin}`, shallow);
    expect(await gitNames(shallow).read()).toEqual(new Map([['1', ada]]));
    // Names first, claims of homes later in the same run.
    await gitNames(shallow).keep(new Map([['2', { name: 'bob', claims: {} }]]));
    await gitNames(shallow).keep(new Map([['2', bob]]));
    expect(await history(origin)).toBe('3');
  });

  test('that could not be pushed does not count', async () => {
    const root = await clone('one');
    await git(origin, 'config', 'transfer.hideRefs', 'refs/heads/names');
    expect(await failureOf(gitNames(root).keep(new Map([['1', ada]])))).toMatchObject({
      message: expect.stringMatching(/^names cannot be kept: git push: /u),
    });
    expect(await gitNames(root).read()).toEqual(new Map());
  });

  test('is as it was fetched last where nobody answers', async () => {
    const root = await clone('one');
    await gitNames(root).keep(new Map([['1', ada]]));
    await git(root, 'remote', 'set-url', 'origin', join(folder.path, 'gone.git'));
    expect(await gitNames(root).read()).toEqual(new Map([['1', ada]]));
  });

  test('is asked for with the agent of whoever runs it', async () => {
    const root = await clone('one');
    await git(root, 'remote', 'set-url', 'origin', 'ssh://nowhere.invalid/names');
    const heard = join(folder.path, 'heard');
    await writeFile(join(folder.path, 'ssh'), `#!/bin/sh\nprintf %s "$SSH_AUTH_SOCK" > ${heard}\n`);
    await chmod(join(folder.path, 'ssh'), 0o755);
    const { PATH, SSH_AUTH_SOCK } = process.env;
    process.env['PATH'] = `${folder.path}:${PATH ?? ''}`;
    process.env['SSH_AUTH_SOCK'] = '/agent';
    try {
      expect(await gitNames(root).read()).toEqual(new Map());
    } finally {
      process.env['PATH'] = PATH;
      if (SSH_AUTH_SOCK === undefined) delete process.env['SSH_AUTH_SOCK'];
      else process.env['SSH_AUTH_SOCK'] = SSH_AUTH_SOCK;
    }
    expect(await readFile(heard, 'utf8')).toBe('/agent');
  });

  const pushed = async (root: string, path: string): Promise<void> => {
    await git(root, 'checkout', '-qb', 'names');
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), '{');
    await commitAll(root, 'damage');
    await git(root, 'push', '-q', 'origin', 'names');
  };

  test('that is damaged is undefined', async () => {
    const root = await clone('one');
    await pushed(root, '1.json');
    expect(await gitNames(root).read()).toBeUndefined();
  });

  test('does not read what lies in folders', async () => {
    const root = await clone('one');
    await pushed(root, 'folder/1.json');
    await gitNames(root).keep(new Map([['2', ada]]));
    expect(await gitNames(root).read()).toEqual(new Map([['2', ada]]));
  });
});
