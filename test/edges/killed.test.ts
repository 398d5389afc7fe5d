import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { writeFolders } from '../../src/edges/files.ts';
import { tidy } from '../../src/edges/stage.ts';
import { failingDisk } from '../support/failing-disk.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let fails: Awaited<ReturnType<typeof failingDisk>>;
const out = (): string => join(folder.path, 'out');
beforeAll(async () => {
  folder = await temporary();
  fails = await failingDisk(folder.path, out());
});
afterAll(() => folder.remove());

type Units = Record<string, Record<string, string>>;
const OLD: Units = { hub: { a: 'old', b: 'old' }, 'clusters/c': { a: 'old' } };
const NEW: Units = { hub: { a: 'new' }, 'clusters/c': { a: 'new', d: 'new' }, late: { a: 'new' } };

const asMaps = (units: Units): Map<string, Map<string, string>> =>
  new Map(Object.entries(units).map(([name, texts]) => [name, new Map(Object.entries(texts))]));

/** All that lies there, with texts; our marks are looked at elsewhere. */
async function there(): Promise<Record<string, string>> {
  const found = await readdir(out(), { recursive: true, withFileTypes: true });
  const files = found.filter((one) => one.isFile() && one.name !== '.glaciocloud');
  const texts = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(out().length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

const flat = (units: Units): Record<string, string> =>
  Object.fromEntries(
    Object.entries(units).flatMap(([unit, texts]) =>
      Object.entries(texts).map(([name, text]) => [`${unit}/${name}`, text]),
    ),
  );

/** A process of its own that writes the new units, and is killed at a call. */
async function writesKilledAt(call: number): Promise<number> {
  const url = JSON.stringify(new URL('../../src/edges/files.ts', import.meta.url).href);
  const program = `import { writeFolders } from ${url};
const units = ${JSON.stringify(NEW)};
const maps = Object.entries(units).map(([name, texts]) => [name, new Map(Object.entries(texts))]);
await writeFolders(${JSON.stringify(out())}, new Map(maps), 'unit');`;
  const args = ['--no-warnings', '--input-type=module', '--eval', program];
  return (await exec(process.execPath, args, { env: fails(call, 'SIGKILL') })).code;
}

test('a writer that is killed at any call leaves all of the old or all of the new, and no unit of its own', async () => {
  const ends = new Set<string>();
  let code = 1;
  for (let call = 1; code !== 0; call += 1) {
    await rm(out(), { recursive: true, force: true });
    await writeFolders(out(), asMaps(OLD), 'unit');
    code = await writesKilledAt(call);
    const names = (await readdir(out())).filter((name) => !name.startsWith('.'));
    expect(['clusters', 'hub', 'late']).toEqual(expect.arrayContaining(names));
    await tidy(out());
    const now = await there();
    const isOld = JSON.stringify(Object.entries(now).sort()) === sorted(OLD);
    expect([call, now]).toEqual([call, flat(isOld ? OLD : NEW)]);
    ends.add(isOld ? 'old' : 'new');
    expect((await readdir(out())).filter((name) => name.startsWith('.'))).toEqual([]);
  }
  expect([...ends]).toEqual(['old', 'new']);
}, 120_000);

const sorted = (units: Units): string => JSON.stringify(Object.entries(flat(units)).sort());
