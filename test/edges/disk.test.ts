import * as realNow from 'node:fs';
import * as real from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/*
 * A double of the disk: the real one, until it is told which error a call ends with. A full disk needs root
 * to be made, this needs nothing.
 */
let failing: { code: string; call: string; after: number } | undefined;

function fails(call: string): void {
  if (failing?.call !== call) return;
  if (failing.after > 0) {
    failing.after -= 1;
    return;
  }
  const { code } = failing;
  failing = undefined;
  throw Object.assign(new Error(`${code}: told so`), { code });
}

let calls: string[] = [];

type DiskCall = (...args: unknown[]) => Promise<unknown>;
const double = Object.entries(real as unknown as Record<string, DiskCall>).map(
  ([name, call]): [string, unknown] => [
    name,
    typeof call !== 'function'
      ? call
      : async (...args: unknown[]): Promise<unknown> => {
          calls.push(name);
          fails(name);
          return call(...args);
        },
  ],
);
jest.unstable_mockModule('node:fs/promises', () => Object.fromEntries(double));
jest.unstable_mockModule('node:fs', () => ({
  ...realNow,
  mkdtempSync: (prefix: string): string => {
    fails('mkdtempSync');
    return realNow.mkdtempSync(prefix);
  },
}));
const { withTemporaryFolder, writeFolders, writeWhole } = await import('../../src/edges/files.ts');

const writeUnits = (units: Record<string, [string, string][]>): Promise<void> =>
  writeFolders(
    folder.path,
    new Map(Object.entries(units).map(([name, files]) => [name, new Map(files)])),
    'unit',
  );

let folder: Awaited<ReturnType<typeof temporary>>;
const at = (path: string): string => join(folder.path, path);
beforeEach(async () => {
  folder = await temporary();
  failing = undefined;
  calls = [];
});
afterEach(() => folder.remove());

test.each([
  ['ENOSPC', 'the disk is full: make room and run it again'],
  ['EACCES', 'you may not write there: choose another folder'],
  ['EROFS', 'that file system is read-only: choose another folder'],
  ['EDQUOT', 'your quota is used up: make room and run it again'],
  ['EIO', 'look at the folder and run it again'],
])('%s is told in words', async (code, hint) => {
  failing = { code, call: 'writeFile', after: 0 };
  expect(await failureOf(writeWhole(at('file'), 'text'))).toMatchObject({
    name: 'DiskFailure',
    message: `${at('file')} cannot be written: ${code}: told so`,
    hint,
    exit: 1,
    cause: { code },
  });
});

test('a temporary folder that cannot be made is a failure of the disk', async () => {
  failing = { code: 'ENOSPC', call: 'mkdtempSync', after: 0 };
  expect(await failureOf(withTemporaryFolder(() => Promise.resolve()))).toMatchObject({
    name: 'DiskFailure',
    message: 'a temporary folder cannot be written: ENOSPC: told so',
    hint: 'the disk is full: make room and run it again',
  });
});

describe('nothing half-written stays', () => {
  const texts: [string, string][] = [
    ['a', '1'],
    ['b', '2'],
  ];

  test.each([
    ['writeFile', 0],
    ['writeFile', 1],
    ['rename', 1],
  ])('of a folder, where %s fails after %i calls', async (call, after) => {
    await writeUnits({ out: [['kept', 'yes']] });
    failing = { code: 'ENOSPC', call, after };
    expect(await failureOf(writeUnits({ out: texts }))).toMatchObject({
      message: `${at('out')} cannot be written: ENOSPC: told so`,
    });
    expect(await real.readdir(folder.path)).toEqual(['out']);
    expect(await real.readdir(at('out'))).toEqual(['.glaciocloud', 'kept']);
  });

  test.each(['writeFile', 'rename'])('of a file, where %s fails', async (call) => {
    await writeWhole(at('file'), 'before');
    failing = { code: 'ENOSPC', call, after: 0 };
    await failureOf(writeWhole(at('file'), 'after'));
    expect(await real.readdir(folder.path)).toEqual(['file']);
    expect(await real.readFile(at('file'), 'utf8')).toBe('before');
  });

  test('of a folder that takes the place of none', async () => {
    failing = { code: 'ENOSPC', call: 'rename', after: 1 };
    await failureOf(writeUnits({ out: texts }));
    expect(await real.readdir(folder.path)).toEqual([]);
  });
});

test('a folder more costs two looks, one folder, its files and two moves', async () => {
  const counted = async (base: string, units: number): Promise<Record<string, number>> => {
    calls = [];
    const texts = new Map(['a', 'b', 'c'].map((name) => [name, name]));
    const named = Array.from({ length: units }, (_, index) => [`unit-${index}`, texts] as const);
    await writeFolders(at(base), new Map(named), 'unit');
    const count: Record<string, number> = {};
    for (const call of calls) count[call] = (count[call] ?? 0) + 1;
    return count;
  };
  const few = await counted('few', 2);
  const many = await counted('many', 12);
  const more = Object.entries(many).map(([call, count]) => [call, (count - (few[call] ?? 0)) / 10]);
  expect(Object.fromEntries(more.filter(([, count]) => count !== 0))).toEqual({
    lstat: 2,
    mkdir: 1,
    writeFile: 4,
    rename: 2,
  });
});
