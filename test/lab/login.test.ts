import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import { temporary } from '../support/sample.ts';
import { browse, letIn, openDoor } from './door.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';

/* People log in to a real hub with a real browser; only github.com is simulated. */
const HUB = 'lab-door';
const PORT = 18000;
let lab: Lab;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let door: { close: () => void };

const page = (profile: string, path: string, more: string[] = []): Promise<string> => browse(join(folder.path, profile), `http://127.0.0.1:${PORT}${path}`, more);

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(18999, '10.200.0.1');
  const root = join(folder.path, 'platform');
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT } });
  const result = await deploy(root, lab, env);
  if (result.code !== 0) throw new Error(result.output);
  door = await openDoor(lab, HUB, PORT);
}, 300_000);
afterAll(async () => {
  door.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
});

test('who stands in the access file gets in, under the name that belongs to the id', async () => {
  const alice = sim.state.addUser('Alice-Renamed');
  await letIn(lab, HUB, { [alice.id]: { name: 'alice', groups: ['team:example/users'] } });
  sim.state.atBrowser = alice;
  await page('alice', '/hub/oauth_login?next=%2Fhub%2Fhome');
  const seen = await page('alice', '/hub/home', [`--screenshot=${join(folder.path, 'home.png')}`]);
  expect(seen).toContain('alice');
  expect(seen).toMatch(/Start My Server|My Server/u);
});

test('who does not is refused, even with the login of somebody who may', async () => {
  const thief = sim.state.addUser('alice');
  sim.state.atBrowser = thief;
  expect(await page('thief', '/hub/oauth_login?next=%2Fhub%2Fhome')).toMatch(/403/u);
});

test('whose access ends is out at once, whatever the browser remembers', async () => {
  await letIn(lab, HUB, {});
  expect(await page('alice', '/hub/home')).not.toContain('Start My Server');
});
