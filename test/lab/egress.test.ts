import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { edit, temporary } from '../support/sample.ts';
import { CACHE } from './lab.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, inHub, removeNamespaces, theLab } from './support.ts';

/*
 * What a person's server reaches, asked of a kernel. Addresses that stand for a metadata service, a provider's network,
 * the cluster's own public one and the internet are on the lab's bridge. The lab's enforcer of policies is our own and
 * small: it watches this hub's namespace only.
 */
const HUB = 'lab-egress';
const BRIDGE = 'kube0';
const PORT = 18_077;
const FAR = {
  '198.51.100.77': 'open', // stands for the internet
  '169.254.77.1': 'shut', // the network of metadata services
  '100.64.77.1': 'shut', // shared by providers
  '203.0.113.77': 'shut', // the cluster’s own, by networks:
} as const;
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let server: Server;
let enforcer: ChildProcess;
let kernel: string;

const ip = (what: 'add' | 'del') =>
  Promise.all(
    Object.keys(FAR).map((one) => exec('ip', ['address', what, `${one}/32`, 'dev', BRIDGE])),
  );

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  await ip('add');
  server = createServer((_request, response) => response.end('reached')).listen(PORT, '0.0.0.0');
  folder = await temporary();
  const root = join(folder.path, 'platform');
  const { env } = await writePlatform(root, lab, { [HUB]: {} });
  await edit(
    root,
    'clusters/lab.yaml',
    'networkPolicy: none',
    'networkPolicy: enforced\nnetworks: [203.0.113.0/24]',
  );
  const first = await deploy(root, lab, env);
  if (first.code !== 0) throw new Error(first.output);
  const run = join(CACHE, 'run');
  const script = join(import.meta.dirname, 'cluster/netpol.py');
  enforcer = spawn('python3', [script, run, '10.200.0.1', '6443', '--only', HUB], {
    stdio: 'ignore',
  });
  kernel = String((await inHub(lab, HUB, 'start', 'probe_1'))['kernel']);
  await enforced();
}, 300_000);
afterAll(async () => {
  enforcer.kill('SIGKILL');
  await exec('bash', [join(import.meta.dirname, 'cluster/cluster.sh'), 'netpol_off'], {
    env: { LAB_CACHE: CACHE },
  });
  server.close();
  await ip('del');
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

/** Until the rules of the new pod are in the kernel. */
async function enforced(): Promise<void> {
  const pods = await new Kube(lab.kubeconfig).list('pods', {
    namespace: HUB,
    selector: 'component=singleuser-server',
  });
  const address = textAt(pods[0], '/status/podIP');
  for (let look = 0; look < 60; look += 1) {
    const rules = (await exec('iptables', ['-w', '-S', 'LABNP'])).stdout;
    if (rules.includes(`-s ${address}/32 -j LABNP-E`)) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`no rule for the pod ${address}`);
}

/** `open` where a connection comes about, else `shut`. */
async function reaches(host: string, port: number): Promise<string> {
  const code = `
import socket
try:
    socket.create_connection(("${host}", ${port}), 3).close()
    print("open")
except OSError:
    print("shut")
`;
  return String((await inHub(lab, HUB, 'set', 'probe_1', kernel, code))['said']);
}

test('the internet, and no network that is not people’s business', async () => {
  const found: Record<string, string> = {};
  for (const host of Object.keys(FAR)) found[host] = await reaches(host, PORT);
  expect(found).toEqual(FAR);
}, 120_000);

test('its hub and names, and neither the API server nor other pods', async () => {
  const kube = new Kube(lab.kubeconfig);
  const pods = await kube.list('pods', { namespace: 'kube-system', selector: 'k8s-app=kube-dns' });
  const dns = textAt(await kube.get('service', 'kube-dns', 'kube-system'), '/spec/clusterIP');
  const closed: [string, number][] = [
    ['10.200.0.1', 6443],
    ['10.96.0.1', 443],
    [textAt(pods[0], '/status/podIP'), 8080],
    ['10.200.0.1', PORT],
  ];
  // Somebody answers there: the node itself comes through.
  for (const [host, port] of [...closed, ...Object.keys(FAR).map((one) => [one, PORT] as const)])
    expect([host, port, await answers(host, port)]).toEqual([host, port, true]);
  for (const [host, port] of closed)
    expect([host, port, await reaches(host, port)]).toEqual([host, port, 'shut']);
  expect(await reaches('hub', 8081)).toBe('open');
  expect(await reaches(dns, 53)).toBe('open');
}, 180_000);

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 3000 }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false)).on('timeout', () => resolve(false));
  });
}
