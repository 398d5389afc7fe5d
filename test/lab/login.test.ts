import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';

/* People log in to a real hub with a real browser; only github.com is simulated. */
const HUB = 'lab-door';
const PORT = 18000;
let lab: Lab;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let forward: ChildProcess;

/** Opens the hub's login in Chromium, which follows GitHub's pages there and back, and gives the page that people see. */
async function browse(profile: string, path: string, more: string[] = []): Promise<string> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--timeout=15000'];
  const { stdout } = await exec('chromium', [...flags, `--user-data-dir=${join(folder.path, profile)}`, ...more, '--dump-dom', `http://127.0.0.1:${PORT}${path}`], { timeoutMs: 60_000 });
  return stdout;
}

async function letIn(users: Record<string, object>): Promise<void> {
  const kube = new Kube(lab.kubeconfig);
  const content = { v: 1, users, machines: { deploy_0: [], probe_0: [] } };
  await kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hub-access', namespace: HUB }, stringData: { 'access.json': JSON.stringify(content) } }]);
  await kube.annotate('pods', 'app=jupyterhub,component=hub', HUB, `glaciocloud.org/touch=${Date.now()}`);
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(18999, '10.200.0.1');
  const root = join(folder.path, 'platform');
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT } });
  const result = await deploy(root, lab, env);
  if (result.code !== 0) throw new Error(result.output);
  forward = spawn(unpackedTool('kubectl'), ['port-forward', '--namespace', HUB, 'service/proxy-public', `${PORT}:80`], { env: { ...process.env, KUBECONFIG: lab.kubeconfig }, stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 2000));
}, 300_000);
afterAll(async () => {
  forward.kill();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
});

test('who stands in the access file gets in, under the name that belongs to the id', async () => {
  const alice = sim.state.addUser('Alice-Renamed');
  await letIn({ [alice.id]: { name: 'alice', groups: ['team:example/users'] } });
  sim.state.atBrowser = alice;
  await browse('alice', '/hub/oauth_login?next=%2Fhub%2Fhome');
  const page = await browse('alice', '/hub/home', [`--screenshot=${join(folder.path, 'home.png')}`]);
  expect(page).toContain('alice');
  expect(page).toMatch(/Start My Server|My Server/u);
});

test('who does not is refused, even with the login of somebody who may', async () => {
  const thief = sim.state.addUser('alice');
  sim.state.atBrowser = thief;
  expect(await browse('thief', '/hub/oauth_login?next=%2Fhub%2Fhome')).toMatch(/403/u);
});

test('whose access ends is out at once, whatever the browser remembers', async () => {
  await letIn({});
  expect(await browse('alice', '/hub/home')).not.toContain('Start My Server');
});
