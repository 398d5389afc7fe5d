import { lstat, mkdir, readFile, readdir, rm, symlink } from 'node:fs/promises';
import { truncate, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MAX_FILE_BYTES } from '../../src/core/source.ts';
import {
  exists,
  inside,
  readTree,
  withTemporaryFolder,
  writeFolders,
  writeWhole,
} from '../../src/edges/files.ts';
import { makeFolder } from '../../src/edges/make-folder.ts';
import type { FolderKind } from '../../src/edges/ours.ts';
import { exec } from '../../src/edges/exec.ts';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const at = (path: string): string => join(folder.path, path);
beforeEach(async () => {
  folder = await temporary();
});
afterEach(() => folder.remove());

const files = (texts: Record<string, string>): Map<string, string> =>
  new Map(Object.entries(texts));
const writeFolder = (
  path: string,
  texts: ReadonlyMap<string, string>,
  kind: FolderKind,
): Promise<void> => writeFolders(dirname(path), new Map([[basename(path), texts]]), kind);
const put = async (path: string, texts: Record<string, string>): Promise<void> => {
  for (const [name, text] of Object.entries(texts)) await writeWhole(at(`${path}/${name}`), text);
};
/** What is there; our mark is looked at by itself. */
const below = async (path: string): Promise<Record<string, string>> => {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  const read = found
    .filter((entry) => entry.isFile() && entry.name !== '.glaciocloud')
    .map(async (entry): Promise<[string, string]> => {
      const full = join(entry.parentPath, entry.name);
      return [full.slice(path.length + 1), await readFile(full, 'utf8')];
    });
  return Object.fromEntries((await Promise.all(read)).sort(([a], [b]) => (a < b ? -1 : 1)));
};

describe('a tree', () => {
  const all = (): boolean => true;

  test('is platform.yaml and the named folders, in order, and nothing else', async () => {
    await put('tree', {
      'platform.yaml': 'p',
      'other.yaml': 'o',
      'images/b/image.yaml': 'b',
      'images/a/image.yaml': 'a',
      'images/a/LICENSE': 'l',
      'src/a.ts': 's',
    });
    const tree = await readTree(at('tree'), ['images', 'data'], (path) => path.endsWith('.yaml'));
    expect(tree.root).toBe(at('tree'));
    expect([...tree.files]).toEqual([
      ['platform.yaml', { kind: 'text', text: 'p' }],
      ['images/a/LICENSE', { kind: 'text', text: '' }],
      ['images/a/image.yaml', { kind: 'text', text: 'a' }],
      ['images/b/image.yaml', { kind: 'text', text: 'b' }],
    ]);
    await rm(at('tree'), { recursive: true });
    await put('tree', { 'platform.yml': 'q' });
    expect([...(await readTree(at('tree'), [], all)).files.keys()]).toEqual(['platform.yml']);
    expect((await readTree(at('nowhere'), ['images'], all)).files.size).toBe(0);
  });

  test('refuses symbolic links, to files and to folders, and does not follow them', async () => {
    await put('tree', { 'images/real/image.yaml': 'r' });
    await symlink('/etc/passwd', at('tree/platform.yaml'));
    await symlink('/etc', at('tree/images/etc'));
    await symlink(at('tree/images'), at('tree/data'));
    const { files: found } = await readTree(at('tree'), ['images', 'data'], all);
    const refused = {
      kind: 'refused',
      why: 'this is a symbolic link',
      hint: 'put the file itself here',
    };
    expect(Object.fromEntries(found)).toEqual({
      'platform.yaml': refused,
      'images/etc': refused,
      'images/real/image.yaml': { kind: 'text', text: 'r' },
      data: refused,
    });
  });

  test('refuses what is neither file nor folder, and a folder where a file is read', async () => {
    await mkdir(at('images'));
    await exec('mkfifo', [at('images/pipe'), at('platform.yaml')]);
    await mkdir(at('images/x.yaml'));
    await mkdir(at('images/y.YML'));
    await writeFile(at('images/y.YML/z'), '');
    await mkdir(at('images/z.yaml.d'));
    const { files: found } = await readTree(folder.path, ['images'], all);
    const pipe = {
      kind: 'refused',
      why: 'this is neither a file nor a folder',
      hint: 'remove it, or put a file here',
    };
    const place = {
      kind: 'refused',
      why: 'this is a folder',
      hint: 'put a file of this name here, or rename the folder',
    };
    expect(Object.fromEntries(found)).toEqual({
      'platform.yaml': pipe,
      'images/pipe': pipe,
      'images/x.yaml': place,
      'images/y.YML': place,
      'images/y.YML/z': { kind: 'text', text: '' },
    });
  });

  test('refuses files that are too large, and reads them up to there', async () => {
    await writeFile(at('platform.yaml'), '');
    await truncate(at('platform.yaml'), MAX_FILE_BYTES);
    const read = async (): Promise<unknown> =>
      (await readTree(folder.path, [], all)).files.get('platform.yaml');
    expect(await read()).toMatchObject({ kind: 'text' });
    await truncate(at('platform.yaml'), MAX_FILE_BYTES + 1);
    expect(await read()).toEqual({
      kind: 'refused',
      why: `the file is larger than ${MAX_FILE_BYTES / 1_000_000} MB`,
      hint: 'split it, or keep data out of the platform files',
    });
  });

  test('refuses what is not UTF-8, and keeps a byte order mark for whoever parses', async () => {
    await writeFile(at('platform.yaml'), Buffer.from([0x61, 0xff]));
    await writeFile(at('platform.yml'), '\uFEFFa: ü');
    expect([...(await readTree(folder.path, [], all)).files.values()]).toEqual([
      { kind: 'refused', why: 'the file is not UTF-8', hint: 'save it as UTF-8' },
      { kind: 'text', text: '\uFEFFa: ü' },
    ]);
  });
});

describe('a temporary folder', () => {
  test('is there while it is used, and gone afterwards, with what was in it', async () => {
    let path = '';
    const result = await withTemporaryFolder(async (made) => {
      path = made;
      await writeFile(join(made, 'file'), '');
      return 7;
    });
    expect([result, path.includes('glaciocloud-'), existsSync(path)]).toEqual([7, true, false]);
  });

  test('is gone after a failure too', async () => {
    let path = '';
    const failing = withTemporaryFolder(async (made) => {
      path = made;
      await writeFile(join(made, 'file'), '');
      throw new Error('broken');
    });
    expect(await failureOf(failing)).toMatchObject({ message: 'broken' });
    expect([path === '', existsSync(path)]).toEqual([false, false]);
  });
});

describe('a folder is written', () => {
  test('whole, in place of the one that was there', async () => {
    await writeFolder(at('out/deep'), files({ 'a/b.txt': 'one', c: 'two' }), 'unit');
    expect(await below(at('out'))).toEqual({ 'deep/a/b.txt': 'one', 'deep/c': 'two' });
    await writeFolder(at('out/deep'), files({ c: 'three' }), 'unit');
    expect(await below(at('out'))).toEqual({ 'deep/c': 'three' });
    expect(await readdir(at('out'))).toEqual(['deep']);
  });

  test('with the files that are run made so, and no others', async () => {
    await writeFolder(
      at('out'),
      files({ postBuild: '', start: '', other: '', 'x/start': '' }),
      'unit',
    );
    const runs = async (name: string): Promise<boolean> =>
      ((await lstat(at(`out/${name}`))).mode & 0o111) === 0o111;
    expect(
      await Promise.all(['postBuild', 'start', 'other', 'x/start'].map((name) => runs(name))),
    ).toEqual([true, true, false, false]);
  });

  test('or not at all: what was there stays, and nothing is left beside it', async () => {
    await writeFolder(at('out'), files({ kept: 'yes' }), 'unit');
    for (const bad of [
      { a: '1', 'a/b': '2' },
      { a: '1', '../b': '2' },
    ]) {
      expect(await failureOf(writeFolder(at('out'), files(bad), 'unit'))).toMatchObject({
        name: 'DiskFailure',
        message: expect.stringContaining(`${at('out')} cannot be written: `) as unknown,
      });
      expect(await below(folder.path)).toEqual({ 'out/kept': 'yes' });
      expect(await readdir(folder.path)).toEqual(['out']);
    }
  });
});

describe('a folder is made', () => {
  test('with those above it; the outermost that was missing is named', async () => {
    expect(await makeFolder(at('a/b/c'))).toBe(at('a'));
    expect(await makeFolder(at('a/b/d'))).toBe(at('a/b/d'));
    expect(await makeFolder(at('a/b/d'))).toBeUndefined();
    expect(await makeFolder('/')).toBeUndefined();
    await symlink(at('a'), at('link'));
    expect(await makeFolder(at('link'))).toBeUndefined();
    expect(await makeFolder(at('link/e/f'))).toBe(at('link/e'));
    expect(existsSync(at('a/e/f'))).toBe(true);
  });

  test('by two at once', async () => {
    // Again and again: which of them is first at which folder is chance.
    for (let round = 0; round < 100; round += 1) {
      const [top, deep] = [at(`${round}`), at(`${round}/b/c/d`)];
      const made = await Promise.all([1, 2, 3].map(() => makeFolder(deep)));
      expect([made.includes(top), existsSync(deep)]).toEqual([true, true]);
    }
  });

  test.each([
    ['/proc/nowhere', 'ENOENT', '/proc/nowhere'],
    ['/proc/nowhere/deep/er', 'ENOENT', '/proc/nowhere'],
    ['file', 'EEXIST', 'file'],
    ['file/below', 'ENOTDIR', 'file/below'],
    ['dangling', 'EEXIST', 'dangling'],
    ['dangling/below', 'EEXIST', 'dangling'],
  ])('%s cannot be, and that is said at once', async (path, code, named) => {
    await writeFile(at('file'), '');
    await symlink('/nonexistent', at('dangling'));
    const where = resolve(folder.path, path);
    expect(await failureOf(makeFolder(where))).toMatchObject({
      code,
      path: resolve(folder.path, named),
    });
    expect(await failureOf(writeWhole(join(where, 'text'), 'x'))).toMatchObject({
      name: 'DiskFailure',
      message: expect.stringContaining(`${where}/text cannot be written: ${code}: `) as unknown,
    });
  });
});

describe('a file is written', () => {
  test('in one step, with the folders that it needs', async () => {
    await writeWhole(at('a/b.txt'), 'one');
    await writeWhole(at('a/b.txt'), 'two');
    expect(await below(folder.path)).toEqual({ 'a/b.txt': 'two' });
  });

  test('or not at all, and nothing is left beside it', async () => {
    await mkdir(at('taken/below'), { recursive: true });
    expect(await failureOf(writeWhole(at('taken'), 'x'))).toMatchObject({
      name: 'DiskFailure',
      message: expect.stringContaining(`${at('taken')} cannot be written: `) as unknown,
      hint: 'look at the folder and run it again',
    });
    expect(await readdir(folder.path)).toEqual(['taken']);
  });
});

test('what exists is a file, a folder, or a link to nowhere', async () => {
  await symlink('/nonexistent', at('link'));
  expect([
    await exists(at('link')),
    await exists(folder.path),
    await exists(at('nothing')),
  ]).toEqual([true, true, false]);
});

test('nothing leaves its folder', () => {
  expect(inside('/a/b', 'c/d')).toBe('/a/b/c/d');
  expect(inside('/a/b', '.')).toBe('/a/b');
  expect(inside('/a/b', 'c/../d')).toBe('/a/b/d');
  for (const path of ['..', '../c', 'c/../../d', '/etc/passwd', '../bb'])
    expect(() => inside('/a/b', path)).toThrow(`${path} leaves its folder`);
});
