import { writeFile } from 'node:fs/promises';
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

  test('that somebody else wrote meanwhile is not written over', async () => {
    const [one, two] = [await clone('one'), await clone('two')];
    await gitNames(one).keep(new Map([['1', ada]]));
    expect(await failureOf(gitNames(two).keep(new Map([['2', bob]])))).toMatchObject({
      message: expect.stringMatching(/^names cannot be kept: git push: /u),
      hint: 'fetch the branch names and run it again; nobody new enters until then',
      exit: 1,
    });
    expect(await gitNames(await clone('three')).read()).toEqual(new Map([['1', ada]]));
    await git(two, 'fetch', '-q');
    await gitNames(two).keep(new Map([['2', bob]]));
    expect(await history(origin)).toBe('2');
  });

  test('that is damaged is undefined', async () => {
    const root = await clone('one');
    await git(root, 'checkout', '-qb', 'names');
    await writeFile(join(root, '1.json'), '{');
    await commitAll(root, 'damage');
    expect(await gitNames(root).read()).toBeUndefined();
  });

  test('does not read what lies in folders', async () => {
    const root = await clone('one');
    await git(root, 'checkout', '-qb', 'names');
    await gitNames(root).keep(new Map([['1', ada]]));
    expect((await gitNames(root).read())?.size).toBe(1);
  });
});
