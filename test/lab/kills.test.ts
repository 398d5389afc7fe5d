import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pMap from 'p-map';
import { exec } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { failingDisk } from '../support/failing-disk.ts';
import { CLI, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, deploy, inHub, killer, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/* Deployments that are killed with SIGKILL before or after a call to kubectl, Helm or sops. Two hubs at a time, each with a person in it. */
const HUBS = ['lab-kills-a', 'lab-kills-b'] as const;
const ALL = process.env['GLACIOCLOUD_LAB_ALL'] === '1';
/** A record's folder is filled, its journal is written, the old one is moved away, the new one is in its place. */
const DISK_CALLS = ALL ? [6, 13, 16, 17] : [16];
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;
let calls = 0;
const kernels = new Map<string, string>();

/** In the person's kernel, which runs all the time: its memory, a file of the home, and the token of the server, which the hub's database knows. */
const ALL_THERE = `import json, os, urllib.request
asked = urllib.request.Request(os.environ["JUPYTERHUB_API_URL"] + "/user", headers={"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]})
print(x + 1, open("kept").read(), json.load(urllib.request.urlopen(asked))["name"])`;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const outcomes = ({ json }: DeployRun): string[] => json.steps.map(({ outcome }) => outcome);
const run = (hub: string, more: Record<string, string> = {}): Promise<DeployRun> =>
  deploy(root, lab, { ...env, ...more }, [hub]);
const change = async (hub: string, hours: number): Promise<void> => {
  const path = join(root, `environments/${hub}.yaml`);
  await writeFile(path, (await readFile(path, 'utf8')).replace(/idle: \d+h/u, `idle: ${hours}h`));
};

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, ...HUBS);
  folder = await temporary();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, Object.fromEntries(HUBS.map((hub) => [hub, {}]))));
  for (const hub of HUBS) {
    const first = await run(hub);
    if (first.code !== 0) throw new Error(first.output);
    const { kernel } = await inHub(lab, hub, 'start', 'probe_1');
    kernels.set(hub, String(kernel));
    await inHub(
      lab,
      hub,
      'set',
      'probe_1',
      String(kernel),
      'open("kept", "w").write("ice"); x = 41',
    );
  }
  await change(HUBS[0], 99);
  const counter = await killer(folder.path, 0, 'before', env);
  expect(outcomes(await run(HUBS[0], counter.env))).toEqual(['done']);
  calls = await counter.calls();
}, 400_000);
afterAll(async () => {
  await removeNamespaces(lab, ...HUBS);
  await folder.remove();
}, 240_000);

test('a killed run is finished by the next, wherever it was killed, and nobody’s login, token, server or file is lost', async () => {
  note(`a change of values makes ${calls} calls to kubectl, Helm and sops`);
  const count = ALL ? calls : Number(process.env['GLACIOCLOUD_LAB_KILLS'] ?? 1);
  const points = Array.from({ length: count }, (_, index) =>
    Math.ceil(((index + 0.5) * calls) / count),
  );
  const wrong: string[] = [];
  const one = async (point: number, hub: string): Promise<void> => {
    await change(hub, point + 1);
    const when = points.indexOf(point) % 2 === 0 ? 'before' : 'after';
    const trap = await killer(folder.path, point, when, env);
    const killed = await run(hub, trap.env);
    const next = await run(hub);
    const again = await run(hub);
    const users = JSON.stringify(await inHub(lab, hub, 'users', '-'));
    const found = `killed ${outcomes(killed).join()}, next ${next.code} ${outcomes(next).join()}, then ${outcomes(again).join()}, ${users}`;
    // After the last calls everything was written already: the next run has nothing left to do. A run that waited less made fewer calls and ended.
    const fine = ['killed , next 0 done', 'killed , next 0 ', 'killed done, next 0 '].some(
      (begin) => found === `${begin}, then , {"users":["probe_1"]}`,
    );
    if (!fine)
      wrong.push(
        `call ${point}: ${found} ${next.json.steps[0]?.reason ?? next.output.slice(-300)}`,
      );
    note(
      `killed ${when} call ${point}, finished by the next run in ${next.seconds.toFixed(1)} s${fine ? '' : `: NOT AS IT SHOULD BE: ${found}`}`,
    );
  };
  await pMap(HUBS, async (hub, index) => {
    for (const point of points.filter((_, place) => place % 2 === index)) await one(point, hub);
  });
  expect(wrong).toEqual([]);
  for (const [hub, kernel] of kernels)
    expect([hub, await inHub(lab, hub, 'set', 'probe_1', kernel, ALL_THERE)]).toEqual([
      hub,
      { said: '42 ice probe_1' },
    ]);
}, 3_600_000);

/** Every file of the record with its text; what is being written too. */
async function filesOf(record: string): Promise<Record<string, string>> {
  const entries = await readdir(record, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [path, await readFile(path, 'utf8')] as const)),
  );
}

test('a record that was being written when the run was killed is as it was, and the next run completes it', async () => {
  const [hub] = HUBS;
  const record = join(folder.path, 'record');
  const recorded = (more: Record<string, string> = {}): Promise<DeployRun> =>
    deploy(root, lab, { ...env, ...more }, [hub, '--record', record]);
  const fails = await failingDisk(folder.path, record);
  expect((await recorded()).code).toBe(0);
  const ends: unknown[] = [];
  for (const [index, at] of DISK_CALLS.entries()) {
    const before = await filesOf(record);
    await change(hub, 200 + index);
    const killed = await recorded(fails(at, 'SIGKILL'));
    const look = ['plan', '--root', root, '--present', record, '--charts-from', CHARTS];
    await exec(process.execPath, [CLI, ...look], {
      env: { GLACIOCLOUD_HELM: unpackedTool('helm') },
    });
    const undone = JSON.stringify(await filesOf(record)) === JSON.stringify(before);
    const next = await recorded();
    const after = await filesOf(record);
    const isNew = (after[join(record, hub, 'values.json')] ?? '').includes(
      `${(200 + index) * 3600}`,
    );
    const left = Object.keys(after).some((path) => path.includes('.glaciocloud-'));
    ends.push([at, killed.code === 0, undone, next.code, isNew, left]);
  }
  expect(ends).toEqual(DISK_CALLS.map((at) => [at, false, true, 0, true, false]));
}, 1_200_000);
