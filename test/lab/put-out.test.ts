import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { temporary } from '../support/sample.ts';
import { letIn, openDoor } from './door.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/* Servers that Kubernetes ends say to their owner why, and start again at once. github.com is simulated. */
const HUB = 'lab-put-out';
const PORT = 18063;
const GITHUB = 18994;
let lab: Lab;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let ada: Visitor;
let bob: Visitor;

/** A shell in somebody's server: what it prints. */
async function shell(name: string, script: string): Promise<string> {
  const { stdout } = await exec(
    unpackedTool('kubectl'),
    ['exec', '--namespace', HUB, `jupyter-${name}`, '-c', 'notebook', '--', 'sh', '-c', script],
    { env: { KUBECONFIG: lab.kubeconfig }, timeoutMs: 60_000 },
  );
  return stdout.trim();
}

/** What a page of the hub says, announcements first. */
function main(text: string): string {
  return text
    .replaceAll(/\s+/gu, ' ')
    .replace(/^.*<\/nav>/u, '')
    .replace(/<\/main>.*$/u, '');
}

/** The hub's own page, once it says this. */
async function told(visitor: Visitor, said: RegExp, seconds: number): Promise<string> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const page = main((await visitor.open('/hub/home')).text);
    if (said.test(page)) return page;
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${said.source}\n${page}`);
    await sleep(1000);
  }
}

async function enter(user: User, name: string): Promise<Visitor> {
  const visitor = new Visitor(`http://127.0.0.1:${PORT}`);
  sim.state.atBrowser = user;
  expect([name, await visitor.logIn()]).toEqual([name, 200]);
  await visitor.takeToken(name);
  return visitor;
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  const root = join(folder.path, 'platform');
  const hub = { port: PORT, github: GITHUB, scratch: '64Mi', memory: '512M' };
  const { env } = await writePlatform(root, lab, { [HUB]: hub });
  const deployed = await deploy(root, lab, env);
  if (deployed.code !== 0) throw new Error(deployed.output);
  door = await openDoor(lab, HUB, PORT);
  const [one, two] = [sim.state.addUser('ada'), sim.state.addUser('bob')];
  const groups = ['team:example/users'];
  await letIn(lab, HUB, { [one.id]: { name: 'ada', groups }, [two.id]: { name: 'bob', groups } });
  ada = await enter(one, 'ada');
  bob = await enter(two, 'bob');
}, 400_000);
afterAll(async () => {
  door?.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

test('whose /scratch was full reads that, and starts again with an empty one and the same home', async () => {
  await ada.start('ada');
  await shell('ada', 'echo kept > work; dd if=/dev/zero of=/scratch/full bs=1M count=100');
  const page = await told(ada, /scratch was full.*It is not running/u, 90);
  expect(page).toMatch(
    /Your server was stopped, on [^:]+:\d\d UTC: \/scratch was full \(64 MB\)\./u,
  );
  expect(page).not.toContain('EmptyDir');
  expect((await bob.open('/hub/home')).text).not.toContain('/scratch');
  await ada.start('ada');
  expect(await shell('ada', 'cat work; ls /scratch')).toBe('kept');
  expect((await ada.open('/hub/home')).text).not.toContain('/scratch was full');
}, 180_000);

test('whose memory was full reads that, whether the hub or Kubernetes was first, and has the home', async () => {
  await bob.start('bob');
  // Opening a file reads it as a whole into the server's memory.
  await shell('bob', 'truncate --size=4G vast');
  const opened = bob.api('/user/bob/api/contents/vast?format=base64').catch(() => undefined);
  const page = await told(bob, /memory was full/u, 60);
  await opened;
  expect(page).toMatch(
    /Your server (was stopped|has been started anew by itself), on .*: its memory was full \(512 MB\)\./u,
  );
  if (page.includes('was stopped')) await bob.start('bob');
  expect(await shell('bob', 'ls')).toContain('vast');
}, 120_000);
