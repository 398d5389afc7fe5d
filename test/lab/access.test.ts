import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Team, User } from '../support/github-sim/state.ts';
import { commitAll, edit, git, temporary } from '../support/sample.ts';
import { openDoor } from './door.ts';
import { HubObjects, runAccess } from './hub-access.ts';
import type { AccessRun } from './hub-access.ts';
import type { Lab } from './lab.ts';
import { pushToOrigin, writePlatform } from './platform.ts';
import { deploy, killer, removeNamespaces, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/* People come into a real hub by a file and by a team, and are put out of it. github.com is simulated. */
const HUB = 'lab-access';
const PORT = 18060;
const GITHUB = 18997;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const PROMISED_SECONDS = 120;

let lab: Lab;
let objects: HubObjects;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let team: Team;
let ada: User;
let bob: User;
let eva: User;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);

function access(verb: 'plan' | 'apply', env: Record<string, string> = {}): Promise<AccessRun> {
  return runAccess(verb, { lab, hub: HUB, root, api: sim.url }, { env });
}

/** Nothing that is owed is left: everybody who is to be out is seen to be, within what is promised. */
async function applied(steps: [string, number][]): Promise<void> {
  const done = await access('apply');
  expect({ ...done, results: [] }).toEqual({ code: 0, output: done.output, steps, results: [] });
  expect(done.results).toMatchObject([{ loaded: true, stuck: [] }]);
  const { out } = done.results[0]?.seconds ?? {};
  note(`${steps.map(([kind]) => kind).join(', ')}: ${out} s from the beginning to the last proof`);
  expect(out).toBeLessThan(PROMISED_SECONDS);
}

const member = ({ id }: User): string => join(root, `access/members/${id}.yaml`);
async function letInByFile(user: User): Promise<void> {
  const until = daysAfter(dayOf(Date.now()), 90);
  const text = `id: ${user.id}\nlogin: ${user.login}\ntier: researcher\nuntil: ${until}\n`;
  await writeFile(member(user), text);
}

/** Somebody with a session and a token of their own. */
async function enter(user: User, name: string): Promise<Visitor> {
  const visitor = new Visitor(ADDRESS);
  sim.state.atBrowser = user;
  expect([name, await visitor.logIn()]).toEqual([name, 200]);
  await visitor.takeToken(name);
  return visitor;
}

async function isOut(visitor: Visitor, user: User): Promise<void> {
  expect((await visitor.api('/hub/api/user')).status).toBe(403);
  expect(await visitor.look('/hub/home')).toBe(302);
  sim.state.atBrowser = user;
  expect(await visitor.logIn()).toBe(403);
}

beforeAll(async () => {
  lab = await theLab();
  objects = new HubObjects(lab, HUB);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  ada = sim.state.addUser('Ada');
  bob = sim.state.addUser('bob');
  eva = sim.state.addUser('eva');
  team = sim.state.addTeam('example', 'users', []);
  sim.state.addTeam('example', 'admins', []);
  const reader = sim.state.addUser('reader', 'Bot');
  sim.state.tokens.set('reader', { user: reader, write: [], members: true });
  root = join(folder.path, 'platform');
  const { env } = await writePlatform(root, lab, { [HUB]: { port: PORT, github: GITHUB } });
  const environment = `environments/${HUB}.yaml`;
  await edit(root, 'platform.yaml', 'waves:', 'tiers: {researcher: {until: 180d}}\nwaves:');
  await edit(root, environment, '[team:example/users]', '[team:example/users, tier:researcher]');
  await edit(root, 'clusters/lab.yaml', 'memory: 16Gi', 'memory: 900Gi');
  const vast = Math.floor(0.6 * (await objects.memoryOfNode()));
  await edit(root, environment, 'home: ', `  vast: {cpu: 1, memory: ${vast}G}\nhome: `);
  await mkdir(join(root, 'access/members'), { recursive: true });
  await letInByFile(ada);
  await commitAll(root, 'a platform');
  await pushToOrigin(root, folder.path);
  const first = await deploy(root, lab, env);
  if (first.code !== 0) throw new Error(first.output);
  door = await openDoor(lab, HUB, PORT);
}, 300_000);
afterAll(async () => {
  door?.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

const remembered = ({ id }: User): Promise<string> =>
  git(join(folder.path, 'origin.git'), 'show', `names:${id}.json`);

describe('who comes in', () => {
  test('is nobody at first', async () => {
    sim.state.atBrowser = ada;
    expect(await new Visitor(ADDRESS).logIn()).toBe(403);
  });

  test('by a file, under a name that is kept before the hub hears it', async () => {
    await applied([['grant', ada.id]]);
    await enter(ada, 'ada');
    expect(JSON.parse(await remembered(ada))).toEqual({ v: 1, name: 'ada', claims: {} });
  });

  test('by a team', async () => {
    team.members.add(bob.id);
    await applied([['grant', bob.id]]);
    await enter(bob, 'bob');
  });

  test('is not who has a login that somebody gave up', async () => {
    ada.login = 'ada-renamed';
    sim.state.atBrowser = sim.state.addUser('Ada');
    expect(await new Visitor(ADDRESS).logIn()).toBe(403);
    await enter(ada, 'ada');
  });

  test('stays: nothing to do writes nothing', async () => {
    const before = [await objects.secretVersion(), await remembered(ada)];
    const { code, steps, results } = await access('apply');
    expect([code, steps, results]).toMatchObject([0, [], [{ loaded: null, stuck: [] }]]);
    expect([await objects.secretVersion(), await remembered(ada)]).toEqual(before);
  });
});

test('who goes while the server starts: the start ends, and no other is held up by that', async () => {
  const visitor = await enter(bob, 'bob');
  await objects.fillNode();
  await visitor.askServer('bob', 'vast');
  expect(await visitor.server('bob')).toBe('spawn');
  team.members.delete(bob.id);
  await applied([['revoke', bob.id]]);
  await objects.emptyNode();
  expect(await objects.podsOf('bob')).toEqual([]);
  await isOut(visitor, bob);
});

/** One is taken out and the other let in, by their files. */
async function swap(from: User, to: User): Promise<void> {
  await rm(member(from));
  await letInByFile(to);
}

test('a killed run is finished by the next, wherever it was killed', async () => {
  let [inside, outside]: [User, User] = [ada, eva];
  const turn = async (): Promise<void> => {
    await enter(inside, inside === ada ? 'ada' : 'eva');
    await swap(inside, outside);
    [inside, outside] = [outside, inside];
  };
  await turn();
  const counter = await killer(folder.path, 0, 'before', {});
  expect((await access('apply', counter.env)).code).toBe(0);
  const calls = await counter.calls();
  note(`taking one out and letting one in makes ${calls} calls to kubectl`);
  for (let call = 1; call <= calls; call += 1) {
    await turn();
    const trap = await killer(folder.path, call, call % 2 === 0 ? 'before' : 'after', {});
    const killed = await access('apply', trap.env);
    const next = await access('apply');
    const found = { call, killed: killed.code, next: next.code, stuck: next.results[0]?.stuck };
    expect(found).toEqual({ call, killed: 128, next: 0, stuck: [] });
    expect([call, (await access('plan')).steps]).toEqual([call, []]);
    sim.state.atBrowser = outside;
    expect([call, await new Visitor(ADDRESS).logIn()]).toEqual([call, 403]);
  }
}, 900_000);
