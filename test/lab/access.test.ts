import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Team, User } from '../support/github-sim/state.ts';
import { CLI, commitAll, edit, git, temporary } from '../support/sample.ts';
import { openDoor } from './door.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, killer, removeNamespaces, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/* People come into a real hub by a file and by a team, and are put out of it. github.com is simulated. */
const HUB = 'lab-access';
const PORT = 18060;
const GITHUB = 18997;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const SERVERS = 'component=singleuser-server';
const HOMES = 'component=singleuser-storage';
const PROMISED_SECONDS = 120;

interface AccessJson {
  steps: { kind: string; id: number | null }[];
  results: {
    loaded: boolean | null;
    seconds: { out: number | null };
    stuck: { id: number | null; reason: string }[];
  }[];
}

let lab: Lab;
let kube: Kube;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let team: Team;
let ada: User;
let bob: User;
let eva: User;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);

async function access(verb: 'plan' | 'apply', more: Record<string, string> = {}) {
  const tools = { GLACIOCLOUD_KUBECTL: unpackedTool('kubectl') };
  const env = { GITHUB_TOKEN: 'reader', GITHUB_API_URL: sim.url, ...tools, ...more };
  const args = ['access', verb, HUB, '--root', root, '--kubeconfig', lab.kubeconfig, '--json'];
  const { code, stdout, stderr } = await exec(process.execPath, [CLI, ...args], {
    env,
    cwd: root,
    timeoutMs: 300_000,
  });
  const json = (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as Partial<AccessJson>;
  const { steps = [], results = [] } = json;
  return { code, output: stdout + stderr, steps: steps.map(({ kind, id }) => [kind, id]), results };
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

const podsOf = (name: string) => objectsOf('pods', SERVERS, name);
const homesOf = (name: string) => objectsOf('persistentvolumeclaims', HOMES, name);
async function objectsOf(kind: string, selector: string, name: string): Promise<string[]> {
  const all = await kube.list(kind, { namespace: HUB, selector });
  return all
    .filter((one) => textAt(one, '/metadata/annotations/hub.jupyter.org~1username') === name)
    .map((one) => textAt(one, '/metadata/uid'));
}

/** GiB that pods may ask for. */
async function memoryOfNode(): Promise<number> {
  const [node = {}] = await kube.list('nodes', {});
  return Number.parseInt(textAt(node, '/status/allocatable/memory'), 10) / 1024 ** 2;
}

/** A pod that asks for half of the node: beside it a vast server finds no room, and starts for as long as it may. */
async function fillNode(): Promise<void> {
  const half = `${Math.floor(0.5 * (await memoryOfNode()) * 1024)}Mi`;
  const container = {
    name: 'filler',
    image: `${lab.pause.name}:${lab.pause.tag}`,
    resources: { requests: { memory: half } },
  };
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'filler', namespace: HUB },
      spec: { containers: [container], terminationGracePeriodSeconds: 0 },
    },
  ]);
}

async function secretVersion(): Promise<string> {
  return textAt(await kube.get('secret', 'hub-access', HUB), '/metadata/resourceVersion');
}

async function isOut(visitor: Visitor, user: User): Promise<void> {
  expect((await visitor.api('/hub/api/user')).status).toBe(403);
  expect(await visitor.look('/hub/home')).toBe(302);
  sim.state.atBrowser = user;
  expect(await visitor.logIn()).toBe(403);
}

beforeAll(async () => {
  lab = await theLab();
  kube = new Kube(lab.kubeconfig);
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
  const vast = Math.floor(0.6 * (await memoryOfNode()));
  await edit(root, environment, 'home: ', `  vast: {cpu: 1, memory: ${vast}G}\nhome: `);
  await mkdir(join(root, 'access/members'), { recursive: true });
  await letInByFile(ada);
  await commitAll(root, 'a platform');
  const origin = join(folder.path, 'origin.git');
  await git(folder.path, 'init', '-q', '--bare', '-b', 'main', origin);
  await git(root, 'remote', 'add', 'origin', origin);
  await git(root, 'push', '-q', 'origin', 'main');
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
    const before = [await secretVersion(), await remembered(ada)];
    const { code, steps, results } = await access('apply');
    expect([code, steps, results]).toMatchObject([0, [], [{ loaded: null, stuck: [] }]]);
    expect([await secretVersion(), await remembered(ada)]).toEqual(before);
  });
});

describe('who goes', () => {
  const KEPT = '/user/ada/api/contents/kept.txt';
  const PAGE = '/user/ada/files/kept.txt';
  let homes: string[];

  test('while the server runs: server, token and cookie end, open connections too; the home stays', async () => {
    const visitor = await enter(ada, 'ada');
    await visitor.start('ada');
    const body = { type: 'file', format: 'text', content: 'ice' };
    expect((await visitor.api(KEPT, { method: 'PUT', body })).status).toBe(201);
    const { closed } = await visitor.kernel('ada');
    expect(await visitor.open(PAGE)).toMatchObject({ status: 200, path: PAGE, text: 'ice' });
    homes = await homesOf('ada');
    expect([homes.length, (await podsOf('ada')).length]).toEqual([1, 1]);

    await rm(member(ada));
    await applied([['revoke', ada.id]]);
    expect(await podsOf('ada')).toEqual([]);
    await closed;
    await isOut(visitor, ada);
    expect(await visitor.open(PAGE)).toMatchObject({ path: '/hub/login' });
    expect(await homesOf('ada')).toEqual(homes);
    expect(JSON.parse(await remembered(ada))).toMatchObject({
      name: 'ada',
      claims: { [HUB]: expect.stringMatching(/^claim-ada/u) },
    });
  });

  test('while the server starts: the start ends, and no other is held up by that', async () => {
    const visitor = await enter(bob, 'bob');
    await fillNode();
    await visitor.askServer('bob', 'vast');
    expect(await visitor.server('bob')).toBe('spawn');
    team.members.delete(bob.id);
    await applied([['revoke', bob.id]]);
    await kube.delete('pod', 'filler', HUB);
    expect(await podsOf('bob')).toEqual([]);
    await isOut(visitor, bob);
  });

  test('and comes back finds the home', async () => {
    await letInByFile(ada);
    await applied([['grant', ada.id]]);
    const visitor = await enter(ada, 'ada');
    await visitor.start('ada');
    expect((await visitor.api(KEPT)).json).toMatchObject({ content: 'ice' });
    expect(await homesOf('ada')).toEqual(homes);
  });
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
