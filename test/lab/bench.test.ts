import { spawn } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Comparison } from '../../src/core/bench/compare.ts';
import type { Figures } from '../../src/core/bench/figures.ts';
import { objectOf, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { CLI, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';

/*
 * Volumes of a hub measured in a pod as its servers are, on local-path volumes and a folder of the node, which lie on
 * one disk here: so they are near-equal. What a killed run leaves goes with the next one.
 */
const HUB = 'lab-bench';
const NAME = 'glaciocloud-bench';
const KINDS = 'pods,configmaps,persistentvolumeclaims,networkpolicies';
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const args = (to: string): string[] => [
  CLI,
  'bench',
  HUB,
  '--out',
  to,
  '--kubeconfig',
  lab.kubeconfig,
  '--json',
];

type Result = Figures & { recommendation: string; compared: Comparison | null };

async function bench(to: string): Promise<Result> {
  const began = performance.now();
  const { code, stdout, stderr } = await exec(process.execPath, args(to), {
    env,
    timeoutMs: 600_000,
  });
  if (code !== 0) throw new Error(stderr);
  note(`bench: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  return objectOf(stdout) as unknown as Result;
}

async function left(): Promise<string[]> {
  const selector = `glaciocloud.org/throw-away=${NAME}`;
  const found = await new Kube(lab.kubeconfig).list(KINDS, { namespace: HUB, selector });
  return found.map((one) => `${textAt(one, '/kind')} ${textAt(one, '/metadata/name')}`);
}

/** What is deleted ends by itself, within seconds. */
async function nothingLeft(): Promise<string[]> {
  for (let look = 0; look < 30; look += 1) {
    if ((await left()).length === 0) return [];
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return left();
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  await appendFile(join(root, `environments/${HUB}.yaml`), 'scratch: {size: 2Gi}\n');
  const { code, output } = await deploy(root, lab, env, []);
  if (code !== 0) throw new Error(output);
}, 390_000);
afterAll(async () => {
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

test('a run that is killed leaves what the next one takes away', async () => {
  const child = spawn(process.execPath, args(join(folder.path, 'killed')), {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  for (let look = 0; look < 120 && !(await left()).includes(`Pod ${NAME}`); look += 1)
    await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGKILL');
  await ended;
  expect(await left()).toEqual(expect.arrayContaining([`PersistentVolumeClaim ${NAME}`]));
  const result = await bench(join(folder.path, 'out'));
  expect(result.problems.filter(({ what }) => !what.startsWith('oggm'))).toEqual([]);
  expect(result.compared).toBeNull();
  for (const { name, ...figures } of result.volumes) {
    expect([name, figures.flock]).toEqual([name, true]);
    for (const one of [figures.stat_ms, figures.create_ms, figures.fsync_ms])
      expect(one).toBeGreaterThan(0);
    note(`${name}: reads ${figures.read_mb_s} MB/s (dd ${figures.dd_read_mb_s})`);
  }
  note(`recommended: ${result.recommendation}`);
  expect(await nothingLeft()).toEqual([]);
}, 690_000);

test('the same once more is as before, but for noise, and is kept as a page', async () => {
  const again = await bench(join(folder.path, 'out'));
  const { figures = 0, changes = [], node } = again.compared ?? {};
  note(
    `again: ${changes.length} of ${figures} figures are others; the node: ${node ?? 'as before'}`,
  );
  expect(figures).toBeGreaterThanOrEqual(10);
  if (node === undefined) expect(changes.length).toBeLessThanOrEqual(figures / 2);
  const page = await readFile(join(folder.path, 'out', HUB, 'report.html'), 'utf8');
  expect(page).toContain('<svg ');
  expect(await nothingLeft()).toEqual([]);
}, 690_000);
