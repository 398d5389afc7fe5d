import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, objectsIn, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { CLI, edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, inHub, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * A data set from its file to people's servers: locked, filled by a Job from a server on the lab's bridge, read by two
 * people, written by nobody, grown while one of them works. The volume is a folder of the only node.
 */
const HUB = 'lab-data';
const HOST = '10.200.0.1';
const PORT = 18_088;
const FILES: Readonly<Record<string, Buffer>> = {
  'first.bin': randomBytes(3_000_000),
  'second.bin': randomBytes(2_000_000),
};
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;
let server: Server;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const run = (): Promise<DeployRun> =>
  deploy(root, lab, env, ['--record', join(folder.path, 'record')]);
const setOf = (names: readonly string[]): string =>
  `title: Tables\nsize: 1Gi\nfiles:\n${names.map((name) => `  - http://${HOST}:${PORT}/${name}\n`).join('')}`;

async function lock(names: readonly string[]): Promise<void> {
  await mkdir(join(root, 'data'), { recursive: true });
  await writeFile(join(root, 'data/tables.yaml'), setOf(names));
  const { code, stderr } = await exec(process.execPath, [
    CLI,
    'data',
    'lock',
    'tables',
    '--root',
    root,
  ]);
  if (code !== 0) throw new Error(stderr);
}

/** What a kernel says of the files of its view: hashes, and what comes of writing there. */
async function seenBy(user: string, kernel: string): Promise<Record<string, string>> {
  const code = `
import hashlib, json, os, pathlib
view = pathlib.Path(os.environ["OGGM_DOWNLOAD_CACHE"]) / "${HOST}"
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

/** Until the filler of the last order has ended; how. */
async function filled(): Promise<string> {
  const kube = new Kube(lab.kubeconfig);
  for (let look = 0; look < 120; look += 1) {
    const order = await kube.get('configmap', 'oggm-data-order', 'glaciocloud-system');
    const job = await kube.get('job', textAt(order, '/data/job'), 'glaciocloud-system');
    const ended = objectsIn(at(job, '/status/conditions')).find(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    if (ended) return textAt(ended, '/type');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return 'not within two minutes';
}

async function takeDataAway(): Promise<void> {
  const kube = new Kube(lab.kubeconfig);
  await kube.deleteBy('jobs', 'glaciocloud.org/data-filler', 'glaciocloud-system');
  for (const name of ['oggm-data-order'])
    await kube.delete('configmap', name, 'glaciocloud-system');
  await kube.delete('persistentvolumeclaim', 'oggm-data', 'glaciocloud-system');
  await kube.delete('persistentvolume', `oggm-data-${HUB}`);
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  await takeDataAway();
  server = createServer((request, response) => {
    const bytes = FILES[(request.url ?? '').slice(1)];
    if (bytes === undefined) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'content-length': bytes.length });
      response.end(request.method === 'HEAD' ? undefined : bytes);
    }
  }).listen(PORT, '0.0.0.0');
  folder = await temporary();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  await edit(root, 'clusters/lab.yaml', 'local-path}}', 'local-path}, data: {class: local-path}}');
  await appendFile(join(root, `environments/${HUB}.yaml`), 'data: [tables]\n');
  await lock(['first.bin']);
}, 240_000);
afterAll(async () => {
  server.close();
  await removeNamespaces(lab, HUB);
  await takeDataAway();
  await folder.remove();
}, 240_000);

test('a set is filled, and two people read it and cannot write to it', async () => {
  const first = await run();
  expect([first.code, first.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  expect(first.output).toContain('data sets tables (1 files');
  expect(await filled()).toBe('Complete');
  for (const user of ['probe_0', 'probe_1']) {
    const { kernel } = await inHub(lab, HUB, 'start', user);
    expect([user, await seenBy(user, String(kernel))]).toEqual([
      user,
      { 'first.bin': sha(FILES['first.bin']!), written: 'Read-only file system' },
    ]);
    if (user === 'probe_1') await inHub(lab, HUB, 'stop', user);
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
  expect(await filled()).toBe('Complete');
  note(`a set that grew: there after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  expect(await seenBy('probe_1', String(kernel))).toEqual(before);
  await inHub(lab, HUB, 'stop', 'probe_1');
  const { kernel: next } = await inHub(lab, HUB, 'start', 'probe_1');
  expect(await seenBy('probe_1', String(next))).toEqual({
    'first.bin': sha(FILES['first.bin']!),
    'second.bin': sha(FILES['second.bin']!),
    written: 'Read-only file system',
  });
}, 390_000);
