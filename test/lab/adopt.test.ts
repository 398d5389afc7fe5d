import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { fileText } from '../../src/edges/files.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { CLI, commitAll, edit, temporary } from '../support/sample.ts';
import { openDoor } from './door.ts';
import { runAccess } from './hub-access.ts';
import { kernelSays, newKernel } from './kernel.ts';
import type { Lab } from './lab.ts';
import { CANARIES, asTag, pushToOrigin, writePlatform } from './platform.ts';
import { CHARTS, deploy, removeNamespaces, secondsBack, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/*
 * A hub that others have made with Helm, with people, homes and a kernel that computes, is taken over as docs/move.md says. The
 * tests build on one another. github.com is simulated.
 */
const HUB = 'lab-adopt';
const PORT = 18070;
const GITHUB = 18990;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const FILE = `environments/${HUB}.yaml`;
const NOTE = 'what Anna wrote before';

let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let sim: GithubSim;
let root: string;
let env: Record<string, string>;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let anna: User;
let ben: User;
let bens: Visitor;
let kernel: string;
let claims: Record<string, string>;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const kube = (): Kube => new Kube(lab.kubeconfig);
const run = (): ReturnType<typeof deploy> =>
  deploy(root, lab, env, ['--record', join(folder.path, 'record')]);

async function program(
  name: 'helm' | 'kubectl',
  ...args: string[]
): Promise<{ stdout: string; stderr: string }> {
  const { code, ...said } = await exec(unpackedTool(name), ['--namespace', HUB, ...args], {
    env: { KUBECONFIG: lab.kubeconfig },
    timeoutMs: 150_000,
  });
  if (code !== 0) throw new Error(said.stderr);
  return said;
}

/** This tool, from the platform's folder. */
async function tool(...args: string[]): Promise<string> {
  const charts = args[0] === 'access' ? [] : ['--charts-from', CHARTS];
  const { code, stdout, stderr } = await exec(
    process.execPath,
    [CLI, ...args, '--root', root, ...charts],
    { cwd: root, env: { GLACIOCLOUD_HELM: unpackedTool('helm') } },
  );
  if (code !== 0) throw new Error(stdout + stderr);
  return stdout;
}

/** What an operator gives to Helm by -f. KubeSpawner before version 7 named claims so, and remembered none. */
function operatorsValues({ images }: Lab): string {
  return `hub:
  image: ${asTag(images['hub'] ?? '')}
  config:
    JupyterHub: {authenticator_class: github}
    GitHubOAuthenticator:
      client_id: ${CANARIES['github-client-id']}
      client_secret: ${CANARIES['github-client-secret']}
      oauth_callback_url: ${ADDRESS}/hub/oauth_callback
      allow_all: true
  extraEnv: {GITHUB_URL: "http://10.200.0.1:${GITHUB}"}
  extraConfig:
    old: |
      from kubespawner import KubeSpawner

      class Old(KubeSpawner):
          def get_state(self):
              state = super().get_state()
              for key in ("pvc_name", "kubespawner_version"):
                  state.pop(key, None)
              return state

      c.JupyterHub.spawner_class = Old
      c.KubeSpawner.slug_scheme = "escape"
      c.KubeSpawner.pvc_name_template = "claim-{username}{servername}"
proxy:
  service: {type: ClusterIP}
  chp: {image: ${asTag(images['proxy'] ?? '')}}
prePuller: {hook: {enabled: false}, continuous: {enabled: false}}
scheduling: {userScheduler: {enabled: false}, userPlaceholder: {enabled: false}}
singleuser:
  image: ${asTag(images['oggm'] ?? '')}
  uid: 1100
  cloudMetadata: {blockWithIptables: false}
  cpu: {limit: 1, guarantee: 0.1}
  memory: {limit: 1G, guarantee: 256M}
  storage: {capacity: 1Gi, dynamic: {storageClass: local-path}}
`;
}

async function enter(user: User, name: string): Promise<Visitor> {
  const visitor = new Visitor(ADDRESS);
  sim.state.atBrowser = user;
  expect([name, await visitor.logIn()]).toEqual([name, 200]);
  await visitor.takeToken(name);
  return visitor;
}

/** UID of each home, by its claim. */
async function homes(): Promise<Record<string, string>> {
  const all = await kube().list('persistentvolumeclaims', { namespace: HUB });
  return Object.fromEntries(
    all.map((one) => [textAt(one, '/metadata/name'), textAt(one, '/metadata/uid')]),
  );
}

async function usersInDatabase(): Promise<string> {
  const script =
    'import sqlite3; print(sorted(row[0] for row in sqlite3.connect("/srv/jupyterhub/jupyterhub.sqlite").execute("select name from users")))';
  return (await program('kubectl', 'exec', 'deploy/hub', '--', 'python3', '-c', script)).stdout;
}

async function imageOf(deployment: string): Promise<string> {
  const found = await kube().get('deployment', deployment, HUB);
  return textAt(found, '/spec/template/spec/containers/0/image');
}

const asksKernel = (code: string): Promise<string> =>
  kernelSays(`${ADDRESS}/user/ben`, bens.token, kernel, code);

async function reopen(): Promise<void> {
  door?.close();
  door = await openDoor(lab, HUB, PORT);
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  anna = sim.state.addUser('Anna-B');
  ben = sim.state.addUser('ben');
  sim.state.addTeam('example', 'users', [anna, ben]);
  const reader = sim.state.addUser('reader', 'Bot');
  sim.state.tokens.set('reader', { user: reader, write: [], members: true });
  const values = join(folder.path, 'values.yaml');
  await writeFile(values, operatorsValues(lab));
  const chart = join(CHARTS, 'jupyterhub');
  // As Helm 3 applied.
  const how = ['--create-namespace', '--server-side=false', '--wait', '--timeout', '120s'];
  await program('helm', 'install', HUB, chart, '--values', values, ...how);
  await reopen();
  const annas = await enter(anna, 'anna-b');
  await annas.start('anna-b', {});
  const content = { type: 'file', format: 'text', content: NOTE };
  const path = '/user/anna-b/api/contents/note.txt';
  expect((await annas.api(path, { method: 'PUT', body: content })).status).toBe(201);
  await annas.api('/hub/api/users/anna-b/server', { method: 'DELETE' });
  bens = await enter(ben, 'ben');
  await bens.start('ben', {});
  kernel = await newKernel(`${ADDRESS}/user/ben`, bens.token);
  await asksKernel('x = 41');
  claims = await homes();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  await rm(join(root, FILE));
  note(await tool('import', 'values', values, '--hub', HUB, '--cluster', 'lab'));
  const draft = await fileText(join(root, FILE));
  await writeFile(join(root, FILE), completed(draft));
  await commitAll(root, 'a platform');
  await pushToOrigin(root, folder.path);
}, 300_000);
afterAll(async () => {
  door?.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  await folder.remove();
}, 240_000);

/** What the draft leaves to a person, and what is particular to the lab. */
function completed(draft: string): string {
  const own = `    image: ${asTag(lab.images['hub'] ?? '')}
  proxy:
    chp: {image: ${asTag(lab.images['proxy'] ?? '')}}
  prePuller:
    pause: {image: {name: ${lab.pause.name}, tag: "${lab.pause.tag}"}}
`;
  return draft
    .replace(/^url: .*$/mu, `url: ${ADDRESS}`)
    .replace(/team:\S+/u, 'team:example/users')
    .replace(/^ {4}extraConfig:[^]*$/mu, own);
}

test('a hub that others have made is left alone', async () => {
  expect(Object.keys(claims).sort()).toEqual(['claim-anna-2db', 'claim-ben', 'hub-db-dir']);
  await tool('check');
  const before = (await program('kubectl', 'get', 'all,configmaps,secrets', '-o', 'name')).stdout;
  const { code, json, output } = await run();
  expect([code, json.steps[0]?.outcome]).toEqual([1, 'failed']);
  expect(output).toMatch(`holds what this platform has not made: the Helm release ${HUB}`);
  const after = (await program('kubectl', 'get', 'all,configmaps,secrets', '-o', 'name')).stdout;
  expect(after).toBe(before);
});

test('a plan says that it is taken over', async () => {
  await edit(root, FILE, 'values:\n', `adopt: {release: ${HUB}}\nvalues:\n`);
  expect(await tool('plan')).toMatch(`takes over release ${HUB} in namespace ${HUB}`);
});

test('what fails goes back to the hub of others, with its database', async () => {
  const [proxy, users] = [await imageOf('proxy'), await usersInDatabase()];
  await edit(root, FILE, '/proxy"', '/no-proxy"');
  const { code, json, ...result } = await run();
  expect([code, json.steps[0]?.outcome, json.steps[0]?.reason]).toEqual([
    1,
    'rolled-back',
    expect.stringMatching(/proxy.*cannot be pulled/u),
  ]);
  note(`back after ${secondsBack({ code, json, ...result })} s`);
  expect([await imageOf('proxy'), await homes()]).toEqual([proxy, claims]);
  expect(await usersInDatabase()).toBe(users);
  await reopen();
  expect(await asksKernel('print(x)')).toBe('41');
  expect(await bens.look('/hub/home')).toBe(200);
  await edit(root, FILE, '/no-proxy"', '/proxy"');
});

test('it is taken over: homes, database and kernels stay, and people stay logged in', async () => {
  const users = await usersInDatabase();
  const result = await run();
  expect([result.code, result.json.steps[0]?.outcome, result.output]).toEqual([
    0,
    'done',
    expect.stringMatching(/the hub’s database is copied/u),
  ]);
  note(
    `taken over in ${result.seconds.toFixed(1)} s ${JSON.stringify(result.json.steps[0]?.seconds)}`,
  );
  expect([await homes(), await usersInDatabase()]).toEqual([claims, users]);
  await reopen();
  expect(await asksKernel('print(x + 1)')).toBe('42');
  expect(await bens.look('/hub/home')).toBe(200);
  expect(await new Visitor(ADDRESS).logIn()).toBe(403);
});

test('people come as they came, and find their files', async () => {
  const { code, steps, results } = await runAccess('apply', { lab, hub: HUB, root, api: sim.url });
  expect({ code, steps, results }).toMatchObject({
    code: 0,
    steps: [
      ['grant', anna.id],
      ['grant', ben.id],
    ],
    results: [{ loaded: true, stuck: [] }],
  });
  expect(await bens.look('/hub/home')).toBe(200);
  expect(await asksKernel('print(x + 1)')).toBe('42');
  const annas = await enter(anna, 'anna-b');
  await annas.start('anna-b', {});
  const { json } = await annas.api('/user/anna-b/api/contents/note.txt');
  expect(at(json as object as never, '/content')).toBe(NOTE);
  expect(await homes()).toEqual(claims);
});

test('a second deployment does nothing, and nothing of the old release is left', async () => {
  const { code, json } = await run();
  expect([code, json.steps]).toEqual([0, []]);
  const wanted = (await program('helm', 'get', 'manifest', HUB)).stdout;
  const all = (await program('kubectl', 'get', 'deploy,svc,cm,netpol,role,sa,ds,sts', '-o', 'json'))
    .stdout;
  const ofHelm = (JSON.parse(all) as { items: never[] }).items.filter(
    (one) => textAt(one, '/metadata/labels/app.kubernetes.io~1managed-by') === 'Helm',
  );
  const strays = ofHelm.filter(
    (one) => !wanted.includes(`name: ${textAt(one, '/metadata/name')}\n`),
  );
  expect(strays).toEqual([]);
});
