import { mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { removeFolder, writeFolders } from '../../src/edges/files.ts';
import type { FolderKind } from '../../src/edges/ours.ts';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
const at = (path: string): string => join(folder.path, path);
const write = (text: string, kind: FolderKind = 'unit'): Promise<void> =>
  writeFolders(
    folder.path,
    new Map([['out', new Map(Object.entries({ a: text, 'b/c': 'deep' }))]]),
    kind,
  );
const HINT =
  'name another folder; or, if nothing in this one is needed (versions before wrote no mark), delete it';
const byHand = (file: string): object => ({
  message: `${at('out')} is not replaced: ${file} in it was changed by hand`,
  hint: `change the files that it comes from instead; to have it written anew, delete ${at('out')}/${file}`,
  exit: 2,
});

beforeEach(async () => {
  folder = await temporary();
  await write('one');
});
afterEach(() => folder.remove());

test('a mark says what wrote a folder, what for, and the SHA-256 of each file', async () => {
  await writeFolders(folder.path, new Map([['new', new Map([['a', 'abc']])]]), 'image');
  expect(JSON.parse(await readFile(at('new/.glaciocloud'), 'utf8'))).toEqual({
    tool: 'glaciocloud',
    kind: 'image',
    files: { a: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' },
  });
});

describe('a folder that we wrote', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['is as it was', () => Promise.resolve()],
    ['was moved', () => rename(at('out'), at('x')).then(() => rename(at('x'), at('out')))],
    ['lacks a file', () => rm(at('out/a'))],
    ['is empty', () => rm(at('out'), { recursive: true }).then(() => mkdir(at('out')))],
    ['is gone', () => rm(at('out'), { recursive: true })],
  ])('and that %s is replaced', async (_what, change) => {
    await change();
    await write('two');
    expect(await readFile(at('out/a'), 'utf8')).toBe('two');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['was edited', () => writeFile(at('out/a'), 'mine'), 'a'],
    ['was emptied', () => writeFile(at('out/b/c'), ''), 'b/c'],
    [
      'became a link to the same',
      () => rename(at('out/a'), at('a')).then(() => symlink(at('a'), at('out/a'))),
      'a',
    ],
    ['became a pipe', () => rm(at('out/a')).then(() => exec('mkfifo', [at('out/a')])), 'a'],
  ])('and of which a file %s is neither replaced nor removed', async (_what, change, file) => {
    await change();
    expect(await failureOf(write('two'))).toMatchObject(byHand(file));
    expect(await failureOf(removeFolder(folder.path, 'out', 'unit'))).toMatchObject(byHand(file));
    expect((await readdir(at('out'))).sort()).toEqual(['.glaciocloud', 'a', 'b']);
    await rm(at(`out/${file}`));
    await write('three');
    expect(await readFile(at('out/a'), 'utf8')).toBe('three');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    [
      'holds a file of somebody',
      () => writeFile(at('out/b/mine'), ''),
      'b/mine in it was not written by us',
    ],
    ['lost its mark', () => rm(at('out/.glaciocloud')), 'it has no .glaciocloud'],
    [
      'has a mark of others',
      () => writeFile(at('out/.glaciocloud'), '{"kind": "unit"}'),
      'its .glaciocloud says something else',
    ],
    [
      'has no mark that can be read',
      () => writeFile(at('out/.glaciocloud'), '{'),
      'its .glaciocloud says something else',
    ],
    [
      'has a mark that names nothing',
      () =>
        writeFile(at('out/.glaciocloud'), '{"tool": "glaciocloud", "kind": "unit", "files": 7}'),
      'a in it was not written by us',
    ],
    [
      'became a file',
      () => rm(at('out'), { recursive: true }).then(() => writeFile(at('out'), '')),
      'it is no folder',
    ],
  ])('and that %s is not replaced', async (_what, change, why) => {
    await change();
    expect(await failureOf(write('two'))).toMatchObject({
      message: `${at('out')} is not replaced: ${why}`,
      hint: HINT,
      exit: 2,
    });
  });

  test('for something else is not replaced', async () => {
    expect(await failureOf(write('two', 'image'))).toMatchObject({
      message: `${at('out')} is not replaced: its .glaciocloud says something else`,
    });
  });
});

test('in a record what was changed is written anew, and files of others are kept all the same', async () => {
  await writeFile(at('out/a'), 'damaged');
  await write('two', 'record');
  expect(await readFile(at('out/a'), 'utf8')).toBe('two');
  await write('three');
  expect(await readFile(at('out/a'), 'utf8')).toBe('three');
  await writeFile(at('out/mine'), '');
  expect(await failureOf(write('four', 'record'))).toMatchObject({
    message: `${at('out')} is not replaced: mine in it was not written by us`,
  });
});

test('marks of versions before name files only, and these may have been changed', async () => {
  const before = { tool: 'glaciocloud', kind: 'unit', files: ['a', 'b/c'] };
  await writeFile(at('out/.glaciocloud'), JSON.stringify(before));
  await writeFile(at('out/a'), 'changed');
  await write('two');
  expect(await readFile(at('out/a'), 'utf8')).toBe('two');
  await writeFile(at('out/.glaciocloud'), JSON.stringify({ ...before, files: ['a'] }));
  expect(await failureOf(write('three'))).toMatchObject({
    message: `${at('out')} is not replaced: b/c in it was not written by us`,
  });
});
