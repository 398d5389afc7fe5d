import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Figures } from '../../src/core/bench/figures.ts';
import { exec } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { Kube } from '../../src/edges/kube.ts';
import { CLI, edit, temporary } from '../support/sample.ts';
import { filled, lockSet, takeDataAway, volumeTurn } from './data-volume.ts';
import { FileServer, sha } from './file-server.ts';
import { killFiller, until, volumeFolder } from './filler.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, deploy, inHub, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * A data set from its file to people's servers: locked, filled by a Job from a server on the lab's bridge, read by two
 * people, written by nobody, grown while one of them works. The volume is a folder of the only node.
 */
const HUB = 'lab-data';
const FIRST = randomBytes(3_000_000);
const SECOND = randomBytes(2_000_000);
const FILES: Record<string, Buffer> = { 'first.bin': FIRST, 'second.bin': SECOND };
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;
let server: FileServer;
let giveTurn: () => Promise<void>;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const run = (): Promise<DeployRun> =>
  deploy(root, lab, env, ['--record', join(folder.path, 'record')]);
const setOf = (names: readonly string[]): string =>
  `title: Tables\nsize: 1Gi\nfiles:\n${names.map((name) => `  - ${server.url(name)}\n`).join('')}`;

async function lock(names: readonly string[]): Promise<void> {
  await mkdir(join(root, 'data'), { recursive: true });
  await writeFile(join(root, 'data/tables.yaml'), setOf(names));
  await lockSet(root, 'tables');
}

/** What a kernel says of the files of its view: hashes, and what comes of writing there. */
async function seenBy(user: string, kernel: string): Promise<Record<string, string>> {
  const code = `
import hashlib, json, os, pathlib
view = pathlib.Path(os.environ["OGGM_DOWNLOAD_CACHE"]) / "${FileServer.HOST}"
found = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in sorted(view.glob("*"))}
try:
    (view / "mine").write_text("x")
    found["written"] = "yes"
except OSError as error:
    found["written"] = os.strerror(error.errno)
print(json.dumps(found))
`;
  const { said } = await inHub(lab, HUB, 'set', user, kernel, code);
  return JSON.parse(String(said)) as Record<string, string>;
}

beforeAll(async () => {
  lab = await theLab();
  giveTurn = await volumeTurn();
  await removeNamespaces(lab, HUB);
  await takeDataAway(lab, HUB);
  server = new FileServer(18_088, (name) => FILES[name]);
  folder = await temporary();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  await edit(root, 'clusters/lab.yaml', 'local-path}}', 'local-path}, data: {class: local-path}}');
  await appendFile(join(root, `environments/${HUB}.yaml`), 'data: [tables]\n');
  await lock(['first.bin']);
}, 1_200_000);
afterAll(async () => {
  server.close();
  await removeNamespaces(lab, HUB);
  await takeDataAway(lab, HUB);
  await giveTurn();
  await folder.remove();
}, 240_000);

test('a set is filled, and two people read it and cannot write to it', async () => {
  const first = await run();
  expect([first.code, first.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  expect(first.output).toContain('data sets tables (1 files');
  expect(first.json.health.find(({ check }) => check === 'data')).toMatchObject({
    ok: true,
    detail: expect.stringMatching(/^tables: (?:3000000 bytes read|still being filled)$/u),
  });
  expect(await filled(lab)).toBe('Complete');
  for (const user of ['probe_0', 'probe_1']) {
    const { kernel } = await inHub(lab, HUB, 'start', user);
    expect([user, await seenBy(user, String(kernel))]).toEqual([
      user,
      { 'first.bin': sha(FIRST), written: 'Read-only file system' },
    ]);
    await inHub(lab, HUB, 'stop', user);
  }
}, 390_000);

test('deployed again: the filler is left alone', async () => {
  const again = await run();
  expect([again.code, again.json.steps]).toEqual([0, []]);
  expect(again.output).not.toContain('are being laid');
}, 120_000);

test('a set that grows is another view: new servers have it, and an open one keeps its own', async () => {
  const { kernel } = await inHub(lab, HUB, 'start', 'probe_1');
  const before = await seenBy('probe_1', String(kernel));
  await lock(['first.bin', 'second.bin']);
  const began = performance.now();
  const grown = await run();
  expect([grown.code, grown.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  expect(await filled(lab)).toBe('Complete');
  note(`a set that grew: there after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  expect(await seenBy('probe_1', String(kernel))).toEqual(before);
  await inHub(lab, HUB, 'stop', 'probe_1');
  const { kernel: next } = await inHub(lab, HUB, 'start', 'probe_1');
  expect(await seenBy('probe_1', String(next))).toEqual({
    'first.bin': sha(FIRST),
    'second.bin': sha(SECOND),
    written: 'Read-only file system',
  });
}, 390_000);

const MIB = 2 ** 20;

interface Seen {
  code: number | null;
  output: string;
  sets: { set: string; state: string; problems: { path: string; cause: string }[] }[];
}

const words = (verb: string): string[] => [
  ...[CLI, 'data', verb, '--root', root, '--charts-from', CHARTS],
  ...['--kubeconfig', lab.kubeconfig, '--json'],
];
const tools = (): Record<string, string> => ({
  GLACIOCLOUD_HELM: unpackedTool('helm'),
  GLACIOCLOUD_KUBECTL: unpackedTool('kubectl'),
  ...env,
});

async function data(verb: string): Promise<Seen> {
  const ended = await exec(process.execPath, words(verb), { env: tools(), timeoutMs: 300_000 });
  const sets = ended.stdout.startsWith('{')
    ? (JSON.parse(ended.stdout) as Pick<Seen, 'sets'>).sets
    : [];
  return { code: ended.code, output: ended.stdout + ended.stderr, sets };
}

test('killed at ten points it goes on from where it was', async () => {
  const large = Buffer.concat(Array.from({ length: 220 }, () => randomBytes(MIB)));
  FILES['large.bin'] = large;
  server.rate = 24 * MIB;
  await lock(['first.bin', 'second.bin', 'large.bin']);
  server.forget();
  const kube = new Kube(lab.kubeconfig);
  const started: ChildProcess[] = [];
  const start = (): number =>
    started.push(spawn(process.execPath, words('fill'), { env: { ...process.env, ...tools() } }));
  start();
  for (let kill = 0; kill < 10; kill += 1) {
    const sent = server.sent;
    const more = (17 + 4 * Math.random()) * MIB;
    await until('it fills', () => server.sent > sent + more);
    await until('it is killed', async () => (await killFiller()) > 0);
    // The first time Kubernetes itself begins again.
    if (kill === 0) continue;
    started.at(-1)?.kill('SIGKILL');
    await kube.deleteBy('jobs', 'glaciocloud.org/data-filler', 'glaciocloud-system');
    if (kill < 9) start();
  }
  server.rate = Infinity;
  const ended = await data('fill');
  expect([ended.code, ended.sets[0]?.state, ended.output]).toEqual([0, 'ready', ended.output]);
  note(`${large.length / MIB} MiB, killed ten times: ${Math.round(server.sent / MIB)} MiB sent`);
  expect(server.begins.length).toBeGreaterThan(10);
  expect(server.begins.slice(1).every((from) => from > 0)).toBe(true);
  expect(server.sent).toBeLessThan(large.length + 10 * 20 * MIB);
}, 390_000);

test('what is missing, cut or altered on the volume is found and fetched again', async () => {
  const { code: before } = await run();
  expect([before, await filled(lab)]).toEqual([0, 'Complete']);
  const files = join(await volumeFolder(lab.kubeconfig), 'oggm');
  const bySize = new Map<number, string>();
  for (const entry of await readdir(files, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith('.bin')) {
      const path = join(entry.parentPath, entry.name);
      bySize.set((await readFile(path)).length, path);
    }
  const [first, second, large] = [3_000_000, 2_000_000, 220 * MIB].map((size) => bySize.get(size)!);
  await rm(first!);
  await truncate(second!, 1_000_000);
  const bytes = await readFile(large!);
  bytes.writeUInt8(bytes.readUInt8(5 * MIB) ^ 1, 5 * MIB);
  await writeFile(large!, bytes);
  const verified = await data('verify');
  expect([verified.code, verified.sets[0]?.state]).toEqual([0, 'ready']);
  const { kernel } = await inHub(lab, HUB, 'start', 'probe_0');
  const seen = await seenBy('probe_0', String(kernel));
  await inHub(lab, HUB, 'stop', 'probe_0');
  expect(seen).toEqual({
    ...Object.fromEntries(Object.entries(FILES).map(([name, one]) => [name, sha(one)])),
    written: 'Read-only file system',
  });
}, 390_000);

test('a full volume is said, with what to do, and a larger one goes on', async () => {
  const folder = await volumeFolder(lab.kubeconfig);
  await exec('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0777', 'tmpfs', folder]);
  try {
    const full = await data('fill');
    expect([full.code, full.output]).toEqual([1, expect.stringMatching(/full|room/u)]);
    note(full.output.slice(0, 600));
  } finally {
    await exec('umount', ['-l', folder]);
  }
  expect([(await data('fill')).code]).toEqual([0]);
}, 390_000);

test('a pod of the hub reads the volume about as fast as dd does, alone and with others', async () => {
  const out = join(folder.path, 'measured');
  const words = [CLI, 'bench', HUB, '--out', out, '--kubeconfig', lab.kubeconfig, '--json'];
  const { code, stdout, stderr } = await exec(process.execPath, words, {
    env: tools(),
    timeoutMs: 300_000,
  });
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  const { volumes, readers } = JSON.parse(stdout) as Pick<Figures, 'volumes' | 'readers'>;
  const volume = volumes.find(({ name }) => name === 'data');
  note(
    `data: reads ${volume?.read_mb_s} MB/s (dd ${volume?.dd_read_mb_s}); ` +
      readers.map((one) => `${one.readers}: ${one.mb_s}`).join(', '),
  );
  expect(volume?.read_mb_s).toBeGreaterThan(0);
  expect(readers.map((one) => one.readers)).toEqual([1, 2, 4, 8]);
}, 390_000);

test('what two sets share is fetched once, and what nobody uses goes', async () => {
  FILES['third.bin'] = randomBytes(1_000_000);
  await writeFile(
    join(root, 'data/more.yaml'),
    `title: More\nsize: 1Gi\nfiles:\n${['first.bin', 'third.bin'].map((name) => `  - ${server.url(name)}\n`).join('')}`,
  );
  await lockSet(root, 'more');
  await lock(['first.bin']);
  await edit(root, `environments/${HUB}.yaml`, 'data: [tables]', 'data: [tables, more]');
  server.forget();
  await inHub(lab, HUB, 'stop', 'probe_1');
  const changed = await run();
  expect([changed.code, await filled(lab), changed.output]).toEqual([
    0,
    'Complete',
    expect.stringContaining('data sets more, tables ('),
  ]);
  expect(server.sent).toBe(1_000_000);
  const { kernel } = await inHub(lab, HUB, 'start', 'probe_0');
  expect(await seenBy('probe_0', String(kernel))).toEqual({
    'first.bin': sha(FIRST),
    'third.bin': sha(FILES['third.bin']),
    written: 'Read-only file system',
  });
  // What the hub ran before is kept until the next run.
  expect((await data('fill')).code).toBe(0);
  const left = await readdir(join(await volumeFolder(lab.kubeconfig), 'oggm'), { recursive: true });
  expect(left.filter((name) => name.endsWith('large.bin'))).toEqual([]);
}, 390_000);
