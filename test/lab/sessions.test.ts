import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, hubPod, inHub, removeNamespaces, theLab } from './support.ts';

/* The lines of docs/sessions.md that need Kubernetes; those of the culler are in test/hub/test_busy.py. */
const HUB = 'lab-sessions';
const COMPUTES = 150;
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;

const kubectl = (...args: string[]): ReturnType<typeof exec> =>
  exec(unpackedTool('kubectl'), ['--namespace', HUB, ...args], {
    env: { KUBECONFIG: lab.kubeconfig },
    timeoutMs: 150_000,
  });
const run = (): ReturnType<typeof deploy> =>
  deploy(root, lab, env, ['--record', join(folder.path, 'record')]);
const start = async (user: string): Promise<string> =>
  String((await inHub(lab, HUB, 'start', user))['kernel']);

async function podOf(user: string): Promise<string | undefined> {
  const pods = await new Kube(lab.kubeconfig).list('pods', {
    namespace: HUB,
    selector: 'component=singleuser-server',
  });
  const own = pods.find(
    (pod) => textAt(pod, '/metadata/annotations/hub.jupyter.org~1username') === user,
  );
  return own && textAt(own, '/metadata/name');
}

async function imageOf(pod = ''): Promise<string> {
  const found = await new Kube(lab.kubeconfig).get('pod', pod, HUB);
  return textAt(found ?? {}, '/spec/containers/0/image');
}

/** The same image under another digest, as a new one has. */
async function anotherDigest(reference: string): Promise<string> {
  const [, name = '', digest = ''] = /^[^/]+\/(.*)@(.*)$/u.exec(reference) ?? [];
  const address = `http://${lab.registry}/v2/${name}/manifests/`;
  const accept = 'application/vnd.docker.distribution.manifest.v2+json';
  const manifest = await (await fetch(address + digest, { headers: { accept } })).text();
  const { headers } = await fetch(`${address}another`, {
    method: 'PUT',
    headers: { 'content-type': accept },
    body: `${manifest}\n`,
  });
  return headers.get('docker-content-digest') ?? '';
}

async function until(what: string, holds: () => Promise<boolean>, seconds: number): Promise<void> {
  for (let left = seconds; left > 0; left -= 2) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  root = join(folder.path, 'platform');
  const idle = '10m, keepBusy: {max: 30m, warn: [30s]}';
  ({ env } = await writePlatform(root, lab, { [HUB]: { idle } }));
  expect((await run()).code).toBe(0);
}, 400_000);
afterAll(async () => {
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

test('a command is there without rebuilding an image, in a terminal’s shell too', async () => {
  const kernel = await start('probe_0');
  const code =
    'import subprocess; print(subprocess.run(["bash", "-lc", "cd; echo pass > a.py; glaciocloud-run a.py"], capture_output=True, text=True).stdout)';
  const { said } = await inHub(lab, HUB, 'set', 'probe_0', kernel, code);
  expect(said).toMatch(/-a runs\. It keeps your server running for up to 30 minutes\./u);
  await inHub(lab, HUB, 'stop', 'probe_0');
}, 180_000);

test('what computes outlives hub, proxy and two deployments, and is not evicted', async () => {
  const kernel = await start('probe_1');
  const began = performance.now();
  const code = `import time; x = 41; time.sleep(${COMPUTES}); open("result", "w").write("done")`;
  await inHub(lab, HUB, 'leave', 'probe_1', kernel, code);
  const pod = await podOf('probe_1');
  const hub = await hubPod(lab, HUB);
  await kubectl('delete', 'pod', '--selector', 'component in (hub,proxy)', '--wait=false');
  const isNew = async (): Promise<boolean> => ![hub, undefined].includes(await hubPod(lab, HUB));
  await until('there is another hub', isNew, 120);
  for (const name of ['hub', 'proxy'])
    await kubectl('rollout', 'status', `deployment/${name}`, '--timeout=120s');
  // A minute after its start the hub knows again who computes.
  await new Promise((resolve) => setTimeout(resolve, 65_000));
  for (const [from, to] of [
    ['memory: 1G', 'memory: 1100M'],
    ['idle: 10m', 'idle: 11m'],
  ] as const) {
    await edit(root, `environments/${HUB}.yaml`, from, to);
    const result = await run();
    expect(result.code).toBe(0);
    expect(result.output).toMatch(/1 server computes, the longest until .* at the latest/u);
  }
  const eviction = JSON.stringify({
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name: pod, namespace: HUB },
  });
  const evicted = await exec(
    unpackedTool('kubectl'),
    ['create', '--raw', `/api/v1/namespaces/${HUB}/pods/${pod ?? ''}/eviction`, '-f', '-'],
    { env: { KUBECONFIG: lab.kubeconfig }, input: eviction, timeoutMs: 60_000 },
  );
  expect(evicted.stderr).toMatch(/disruption budget/u);
  await until(
    'it is done',
    () => Promise.resolve(performance.now() - began > COMPUTES * 1000),
    300,
  );
  expect(await podOf('probe_1')).toBe(pod);
  expect(
    await inHub(lab, HUB, 'set', 'probe_1', kernel, 'print(x + 1, open("result").read())'),
  ).toEqual({ said: '42 done' });
}, 600_000);

test('a new image leaves an open kernel alone, and who starts then gets it', async () => {
  const kernel = await start('probe_0');
  await inHub(lab, HUB, 'set', 'probe_0', kernel, 'x = 41');
  const pod = await podOf('probe_0');
  const image = lab.images['oggm'] ?? '';
  const [name = '', old = ''] = image.split('@');
  const fresh = await anotherDigest(image);
  await edit(root, 'images/oggm/image.yaml', old, fresh);
  expect((await run()).code).toBe(0);
  expect([await podOf('probe_0'), await imageOf(pod)]).toEqual([pod, image]);
  expect(await inHub(lab, HUB, 'set', 'probe_0', kernel, 'print(x + 1)')).toEqual({ said: '42' });
  await inHub(lab, HUB, 'stop', 'probe_0');
  await start('probe_0');
  expect(await imageOf(await podOf('probe_0'))).toBe(`${name}@${fresh}`);
}, 400_000);

test('the budget allows no eviction', async () => {
  const budget = await new Kube(lab.kubeconfig).get('poddisruptionbudget', 'servers', HUB);
  expect(at(budget ?? {}, '/status/disruptionsAllowed')).toBe(0);
}, 60_000);
