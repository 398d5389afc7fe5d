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

jest.unstable_mockModule('node:fs/promises', () => ({
  ...real,
  mkdtemp: async (prefix: string) => {
    fails('mkdtemp');
    return real.mkdtemp(prefix);
  },
  writeFile: async (...args: Parameters<typeof real.writeFile>) => {
    fails('writeFile');
    return real.writeFile(...args);
  },
  rename: async (from: string, to: string) => {
    fails('rename');
    return real.rename(from, to);
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
  failing = { code: 'ENOSPC', call: 'mkdtemp', after: 0 };
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
