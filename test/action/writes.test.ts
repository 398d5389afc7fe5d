import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { failingDisk } from '../support/failing-disk.ts';
import { CLI, DOUBLE, copyPlatform, edit, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let platform: string;
let target: string;
let fails: Awaited<ReturnType<typeof failingDisk>>;
beforeAll(async () => {
  folder = await temporary();
  target = join(folder.path, 'target');
  fails = await failingDisk(folder.path, target);
});
afterAll(() => folder.remove());
beforeEach(async () => {
  await rm(target, { recursive: true, force: true });
  platform = join(target, 'platform');
  await copyPlatform(platform);
});

const run = (args: string[], env: Record<string, string> = {}): Promise<ExecResult> =>
  exec(process.execPath, [CLI, ...args], {
    cwd: platform,
    env: {
      GLACIOCLOUD_HELM: unpackedTool('helm'),
      GLACIOCLOUD_CACHE: join(folder.path, 'cache'),
      ...env,
    },
  });
/** Every file with its text; what is being written too. */
const all = async (): Promise<Record<string, string>> => {
  const found = await readdir(target, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)),
  );
};

const RENDER = ['render', 'classroom', 'hub', '--out', '../out', '--charts-from', DOUBLE];
const INIT = [
  'init',
  '--organization=Ice-Lab',
  '--url=https://hub.example.net',
  '--email=ice@example.net',
  `--action=somebody/hub-tool@${'a'.repeat(40)}`,
];

const NEW = ['new', 'hub', 'newcomer'];
const IMAGE = ['image', 'render', 'oggm-1.6.3', '--out', '../images'];
const PAGE = ['plan', '--present', '../nothing', '--html', '../plan.html', '--charts-from', DOUBLE];

const differs = (one: Record<string, string>, other: Record<string, string>): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (path) => one[path] !== other[path],
  );

/** Every call in turn, until the command ends without one that fails. */
async function atEveryCall(args: string[], how: string): Promise<number> {
  const before = await all();
  for (let at = 1; at < 300; at += 1) {
    const { code } = await run(args, fails(at, how));
    const after = await all();
    if (code === 0) return at;
    expect([at, differs(before, after)]).toEqual([at, []]);
  }
  throw new Error('the command never ends well');
}

describe('a disk that is full or closed leaves everything as it was', () => {
  test.each<[string[], string]>([
    [NEW, 'EACCES'],
    [IMAGE, 'ENOSPC'],
    [PAGE, 'ENOSPC'],
  ])(
    '%j %s',
    async (args, how) => {
      await mkdir(join(target, 'nothing'));
      expect(await atEveryCall(args, how)).toBeGreaterThan(3);
    },
    240_000,
  );
});

describe('a killed run is undone by the next', () => {
  test.each([5, 13, 17, 19, 20, 21, 22, 23])(
    'render, killed at call %i',
    async (at) => {
      await run(RENDER);
      await edit(platform, 'environments/classroom.yaml', 'seat: {cpu: 2', 'seat: {cpu: 1');
      const before = await all();
      const { code } = await run(RENDER, fails(at, 'SIGKILL'));
      expect(code).not.toBe(0);
      await run(['plan', '--present', '../out', '--charts-from', DOUBLE]);
      expect(await all()).toEqual(before);
    },
    60_000,
  );
});

describe('a killed run is done by the same command', () => {
  test.each([NEW, IMAGE, PAGE].flatMap((args) => [2, 4, 6].map((at) => [args, at] as const)))(
    '%j, killed at call %i',
    async (args, at) => {
      await mkdir(join(target, 'nothing'));
      await run(args);
      const whole = await all();
      await rm(target, { recursive: true });
      await copyPlatform(platform);
      await mkdir(join(target, 'nothing'));
      expect((await run(args, fails(at, 'SIGKILL'))).code).not.toBe(0);
      expect((await run(args)).code).toBe(0);
      expect(await all()).toEqual(whole);
    },
    60_000,
  );
});

test.each([
  ['what is mine', '../out', 'out/hub/mine.txt', 'it has no .glaciocloud'],
  [
    'the platform’s own',
    'images',
    'platform/images/hub/mine.txt',
    'a folder of the platform’s own',
  ],
])('%s is not written over', async (_, out, mine, why) => {
  await mkdir(join(target, mine, '..'), { recursive: true });
  await writeFile(join(target, mine), 'mine');
  const before = await all();
  const { code, stderr } = await run(['render', 'hub', '--out', out, '--charts-from', DOUBLE]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(await all()).toEqual(before);
});

test.each([
  [['render', 'hub', '--out', '/proc/nowhere', '--charts-from', DOUBLE], '/proc/nowhere'],
  [['image', 'render', 'oggm-1.6.3', '--out', '/proc/nowhere'], '/proc/nowhere'],
  [PAGE.map((arg) => (arg === '../plan.html' ? '/proc/nowhere/x' : arg)), '/proc/nowhere/x'],
  [[...INIT, '--root=/proc/nowhere'], '/proc/nowhere'],
])('%j ends where no folder can be made', async (args, named) => {
  await mkdir(join(target, 'nothing'));
  const { code, stderr } = await run(args);
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      `${named} cannot be written: ENOENT: no such file or directory, mkdir '/proc/nowhere'`,
    ),
  ]);
});

test.each(['environments/x.yaml', '.git/x'])('a page is not written to %s', async (html) => {
  await mkdir(join(target, 'nothing'));
  const before = await all();
  const { code, stderr } = await run(PAGE.map((arg) => (arg === '../plan.html' ? html : arg)));
  expect([code, stderr]).toEqual([2, expect.stringContaining('a folder of the platform’s own')]);
  expect(await all()).toEqual(before);
});

test('init that fails leaves nothing', async () => {
  await rm(platform, { recursive: true });
  await mkdir(platform);
  for (const at of [1, 3, 9, 15, 25]) {
    expect((await run(INIT, fails(at, 'ENOSPC'))).code).toBe(1);
    expect(await all()).toEqual({});
  }
}, 60_000);

test('two at once both end well, and what is there is whole', async () => {
  const ends = await Promise.all([run(RENDER), run(RENDER)]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  const once = await all();
  expect(Object.keys(once).filter((path) => path.includes('.glaciocloud-'))).toEqual([]);
  await run(RENDER);
  expect(await all()).toEqual(once);
});
