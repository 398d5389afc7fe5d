import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { lockData } from '../../src/commands/data-lock.ts';
import { fileServers } from '../../src/edges/file-servers.ts';
import { UsageError } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import { testClock } from '../support/clock.ts';
import { temporary } from '../support/sample.ts';

/*
 * A server of this test, asked over the network as the real ones are. What it answers is said for each path, in turn;
 * of a number it is a file of so many bytes, of a status with what else it says.
 */
type Said = number | { status: number; headers?: Record<string, string> };

const says = new Map<string, Said[]>();
const log: string[] = [];
let server: Server;
let base = '';
let folder: Awaited<ReturnType<typeof temporary>>;
let together = 0;
let most = 0;

beforeAll(async () => {
  folder = await temporary();
  server = createServer((request, response) => {
    together += 1;
    most = Math.max(most, together);
    log.push(`${request.method} ${request.url}`);
    const all = says.get(request.url ?? '') ?? [];
    const said = (all.length > 1 ? all.shift() : all[0]) ?? { status: 404 };
    setTimeout(() => {
      together -= 1;
      if (typeof said === 'number') response.writeHead(200, { 'content-length': said }).end();
      else response.writeHead(said.status, said.headers).end();
    }, 5);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await folder.remove();
});
beforeEach(() => {
  says.clear();
  log.length = 0;
  most = 0;
});

let count = 0;
async function platform(set: string): Promise<string> {
  const root = join(folder.path, String((count += 1)));
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  await mkdir(join(root, 'data'));
  await writeFile(join(root, 'data/cru.yaml'), `title: CRU\nsize: 1Gi\n${set}`);
  return root;
}

const clock = testClock();
const progress: string[] = [];
const locked = (root: string, ...names: string[]): Promise<Outcome> =>
  lockData(root, names, {
    servers: fileServers,
    clock,
    progress: (text) => progress.push(text),
  });
const lockOf = (root: string): Promise<string> =>
  readFile(join(root, 'data/cru.lock.yaml'), 'utf8');
const ALPS = (address: string): string =>
  `prepro: {base: '${address}/gdirs', rgi: "62", level: 3, border: 80, regions: ["11"]}\n`;
const tar = (n: number): string => `/gdirs/RGI62/b_080/L3/RGI60-11/RGI60-11.0${n}.tar`;

describe('data lock', () => {
  test('asks for sizes only, two at a time, and writes what there is', async () => {
    const root = await platform(`files: ['${base}/cru.nc']\n${ALPS(base)}`);
    says.set('/cru.nc', [7]);
    for (const n of [0, 1, 2]) says.set(tar(n), [1000 + n]);
    const answer = await locked(root, 'cru');
    expect(answer.exit).toBe(0);
    expect(answer.text).toContain('✓ cru: data/cru.lock.yaml written, 4 files, 0.1Gi\n');
    expect(answer.text).toContain('  RGI60-11 has 3 bundles, of 4 that there could be\n');
    expect(answer.json).toMatchObject({ sets: [{ set: 'cru', files: 4, bytes: 3010 }] });
    const lines = (await lockOf(root)).split('\n').filter((line) => line.startsWith('  - '));
    expect(lines).toEqual([
      `  - {url: "${base}/cru.nc", bytes: 7}`,
      ...[0, 1, 2].map((n) => `  - {url: "${base}${tar(n)}", bytes: ${1000 + n}}`),
    ]);
    expect(log.every((line) => line.startsWith('HEAD '))).toBe(true);
    expect([log.length, most]).toEqual([5, 2]);
    expect(progress.at(-1)).toBe('cru: 5 of 5 files asked for');
  });

  test('says what has changed, and writes nothing where nothing has', async () => {
    const root = await platform(`files: ['${base}/a.nc', '${base}/b.nc']\n`);
    for (const name of ['a', 'b', 'c']) says.set(`/${name}.nc`, [5]);
    await locked(root, 'cru');
    const before = await lockOf(root);
    expect((await locked(root, 'cru')).text).toContain('nothing has changed, 2 files');
    expect(await lockOf(root)).toBe(before);
    says.set('/b.nc', [6]);
    const set = `title: CRU\nsize: 1Gi\nfiles: ['${base}/b.nc', '${base}/c.nc']\n`;
    await writeFile(join(root, 'data/cru.yaml'), set);
    const { text } = await locked(root, 'cru');
    expect(text.split('\n').slice(1, 4)).toEqual([
      `  + ${base}/c.nc`,
      `  - ${base}/a.nc`,
      `  ~ ${base}/b.nc`,
    ]);
  });

  test('waits as long as a busy server asks, and is patient for a while only', async () => {
    const root = await platform(`files: ['${base}/cru.nc']\n`);
    const busy = { status: 503, headers: { 'retry-after': '17' } };
    says.set('/cru.nc', [busy, { status: 429 }, 9]);
    clock.slept.length = 0;
    expect((await locked(root, 'cru')).exit).toBe(0);
    expect(clock.slept).toEqual([17_000, 4000]);
    says.set('/cru.nc', [{ status: 503, headers: { 'retry-after': '86400' } }]);
    const before = await lockOf(root);
    const answer = await locked(root, 'cru');
    expect(answer.exit).toBe(1);
    expect(answer.text).toBe(
      `✗ cru: no lock was written\n  ${base}/cru.nc: it answers 503, 5 times\n`,
    );
    expect(Math.max(...clock.slept)).toBe(60_000);
    expect(await lockOf(root)).toBe(before);
  });

  test('a mirror is asked first, and what it has not is asked of the address itself', async () => {
    const root = await platform(
      `files: ['${base}/far/a.nc', '${base}/far/b.nc']\nmirrors: {'${base}/far/': ['${base}/near/']}\n`,
    );
    says.set('/near/a.nc', [1]);
    says.set('/far/b.nc', [2]);
    expect((await locked(root, 'cru')).exit).toBe(0);
    expect([...log].sort()).toEqual(['HEAD /far/b.nc', 'HEAD /near/a.nc', 'HEAD /near/b.nc']);
    expect(await lockOf(root)).toContain(`{url: "${base}/far/a.nc", bytes: 1}`);
  });

  test('what is not there, and what has no size, is no lock', async () => {
    const root = await platform(
      `files: ['${base}/none.nc', '${base}/chunks.nc', '${base}/shut.nc']\n${ALPS(base)}`,
    );
    says.set('/chunks.nc', [{ status: 200, headers: { 'transfer-encoding': 'chunked' } }]);
    says.set('/shut.nc', [{ status: 403 }]);
    for (const n of [0, 2]) says.set(tar(n), [5]);
    const answer = await locked(root, 'cru');
    expect(answer.exit).toBe(1);
    expect(answer.text.split('\n').slice(1, -1).sort()).toEqual([
      `  ${base}/chunks.nc: it does not say how large the file is`,
      `  ${base}${tar(1)} is not there`,
      `  ${base}/none.nc is not there`,
      `  ${base}/shut.nc: it answers 403`,
    ]);
    await expect(lockOf(root)).rejects.toThrow('ENOENT');
  });

  test('a region without a single bundle is no region', async () => {
    const root = await platform(ALPS(base));
    expect((await locked(root, 'cru')).text).toContain(`${base}${tar(0)} is not there`);
  });

  test('a server that is gone is told', async () => {
    const root = await platform(`files: ['http://127.0.0.1:9/cru.nc']\n`);
    expect((await locked(root, 'cru')).text).toContain('http://127.0.0.1:9/cru.nc: ');
  });

  test('refuses what it cannot know', async () => {
    const root = await platform(`files: ['${base}/a/../b.nc']\n`);
    expect((await locked(root, 'cru')).exit).toBe(2);
    expect(log).toEqual([]);
    await expect(locked(root, 'crux')).rejects.toThrow('there is no data set "crux"');
    await expect(locked(root)).rejects.toThrow(UsageError);
    const broken = await platform('files: 3\n');
    await expect(locked(broken, 'cru')).rejects.toThrow('data/cru.yaml has mistakes');
  });
});
