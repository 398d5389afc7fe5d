import { mkdir, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { commitAll, edit, temporary } from '../support/sample.ts';
import { letIn, openDoor } from './door.ts';
import { runAccess } from './hub-access.ts';
import type { Lab } from './lab.ts';
import { pushToOrigin, writePlatform } from './platform.ts';
import { OUTPUTS, deploy, removeNamespaces, theLab } from './support.ts';
import { Visitor } from './visitor.ts';

/*
 * What hubs of others have, said by keys (the wishes of test/core/wishes) and deployed: machines by pool, a GPU, images and mounts for
 * some, supplied secrets, shared memory, a second name, staff; homes as folders of one claim. The node's labels, its taint (a
 * soft one, because others use the node too) and its "GPU" are made here. github.com is simulated.
 */
const HUB = 'lab-wishes';
const FOLDERS = 'lab-folders';
const [PORT, FOLDERS_PORT, GITHUB] = [18066, 18067, 18992];
const POOL = 'wishes.glaciocloud.org';
const GPU = `${POOL}/gpu`;
const KEY = 'canary-s3-5b0c77d1';
const LOGIN = Buffer.from('reader:canary-pull-90ac').toString('base64');
const REGISTRIES = JSON.stringify({ auths: { 'registry.example.org': { auth: LOGIN } } });

const CLUSTER = `nodes:
  user: {cpu: 2, memory: 16Gi, max: 1, selector: {${POOL}/users: "yes"}}
  core: {cpu: 2, memory: 16Gi, max: 1, selector: {${POOL}/core: "yes"}}
  gpu:
    cpu: 2
    memory: 16Gi
    max: 1
    selector: {${POOL}/accelerated: "yes"}
    taints: [{key: ${POOL}/only, value: gpu, effect: PreferNoSchedule}]
    gpu: {count: 1, resource: ${GPU}}`;
const SIZES = `, guarantee: {cpu: 0.1, memory: 300M}}
  gpu: {cpu: 1, memory: 1G, guarantee: {cpu: 0.1, memory: 300M}, nodes: gpu, gpu: 1, for: [team:example/gpu]}
shm: {size: 96Mi}
hosts: [hub.localhost]
mounts:
  - {name: archive, claim: archive, at: /archive, for: [team:example/gpu], readOnly: false}
  - {name: course, claim: course, at: /course}
home: `;
const ACCESS = `allow: [team:example/users, team:example/course, team:example/tutors]
  staff: {tutors: {who: [team:example/tutors], over: [team:example/course]}}`;

let lab: Lab;
let kube: Kube;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
const doors: { close: () => void }[] = [];
let ada: Visitor;
let bob: Visitor;

async function kubectl(...args: string[]): Promise<string> {
  const env = { KUBECONFIG: lab.kubeconfig };
  const { code, stdout, stderr } = await exec(unpackedTool('kubectl'), args, { env });
  if (code !== 0) throw new Error(stderr);
  return stdout.trim();
}

/** A shell in somebody's server: what it prints, and what it refuses. */
const shell = (name: string, script: string, hub = HUB): Promise<string> =>
  kubectl(
    ...['exec', '--namespace', hub, `jupyter-${name}`, '-c', 'notebook', '--'],
    ...['sh', '-c', `{ ${script}; } 2>&1 || true`],
  );

const podOf = async (name: string, hub = HUB): Promise<JsonObject> =>
  (await kube.get('pod', `jupyter-${name}`, hub)) ?? {};

const notebook = (pod: JsonObject): JsonObject => at(pod, '/spec/containers/0') as JsonObject;

async function enter(user: User, name: string, port = PORT): Promise<Visitor> {
  const visitor = new Visitor(`http://127.0.0.1:${port}`);
  sim.state.atBrowser = user;
  expect([name, await visitor.logIn()]).toEqual([name, 200]);
  await visitor.takeToken(name);
  return visitor;
}

const claim = (namespace: string, name: string): JsonObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
});

/** What others have: labels, a taint and accelerators of machines, namespaces with claims. */
async function prepareCluster(): Promise<void> {
  const labels = ['users', 'core', 'accelerated'].map((pool) => `${POOL}/${pool}=yes`);
  await kubectl('label', 'nodes', '--all', '--overwrite', ...labels);
  await kubectl('taint', 'nodes', '--all', '--overwrite', `${POOL}/only=gpu:PreferNoSchedule`);
  const node = textAt((await kube.list('nodes'))[0] ?? {}, '/metadata/name');
  const patch = JSON.stringify({ status: { capacity: { [GPU]: '1' } } });
  await kubectl('patch', 'node', node, '--subresource=status', '--type=merge', '--patch', patch);
  const spaces = [HUB, FOLDERS].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  const claims = [claim(HUB, 'archive'), claim(HUB, 'course'), claim(FOLDERS, 'homes')];
  await kube.apply([...spaces, ...claims]);
}

async function leaveCluster(): Promise<void> {
  const labels = ['users', 'core', 'accelerated'].map((pool) => `${POOL}/${pool}-`);
  await kubectl('label', 'nodes', '--all', ...labels);
  await kubectl('taint', 'nodes', '--all', `${POOL}/only-`);
}

async function writeWishes(root: string): Promise<Record<string, string>> {
  const s3: [string, string] = ['{use: results, for: servers, env: S3_KEY}', KEY];
  const pull: [string, string] = ['{use: private images, for: pull}', REGISTRIES];
  const { env } = await writePlatform(root, lab, {
    [HUB]: { port: PORT, github: GITHUB, secrets: { s3, pull } },
    [FOLDERS]: { port: FOLDERS_PORT, github: GITHUB },
  });
  await edit(root, 'clusters/lab.yaml', 'nodes: {user: {cpu: 2, memory: 16Gi, max: 1}}', CLUSTER);
  const wishes = `environments/${HUB}.yaml`;
  const igm = '{name: igm, for: [team:example/gpu], sizes: [gpu]}';
  await edit(root, wishes, 'images: [oggm]', `images: [oggm, ${igm}]`);
  await edit(root, wishes, '}\nhome: ', SIZES);
  await edit(root, wishes, 'allow: [team:example/users]', ACCESS);
  await mkdir(join(root, 'images/igm'));
  const [address = '', digest = ''] = (lab.images['oggm'] ?? '').split('@');
  const from = `{image: "${address}", digest: "${digest}"}`;
  await writeFile(join(root, 'images/igm/image.yaml'), `title: IGM\nfrom: ${from}\n`);
  const homes = '{claim: homes, path: "people/{username}"}';
  await edit(root, `environments/${FOLDERS}.yaml`, '{size: 5Gi}', homes);
  await commitAll(root, 'wishes');
  await pushToOrigin(root, folder.path);
  return env;
}

beforeAll(async () => {
  lab = await theLab();
  kube = new Kube(lab.kubeconfig);
  await removeNamespaces(lab, HUB, FOLDERS);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  await prepareCluster();
  const root = join(folder.path, 'platform');
  const env = await writeWishes(root);
  const [one, two, three] = ['ada', 'bob', 'cleo'].map((login) => sim.state.addUser(login)) as [
    User,
    User,
    User,
  ];
  const teams = { users: [one], gpu: [one], course: [three], tutors: [two], admins: [] };
  for (const [slug, members] of Object.entries(teams)) sim.state.addTeam('example', slug, members);
  const reader = sim.state.addUser('reader', 'Bot');
  sim.state.tokens.set('reader', { user: reader, write: [], members: true });
  const deployed = await deploy(root, lab, env);
  if (deployed.code !== 0) throw new Error(deployed.output);
  doors.push(await openDoor(lab, HUB, PORT), await openDoor(lab, FOLDERS, FOLDERS_PORT));
  const applied = await runAccess('apply', { lab, hub: HUB, root, api: sim.url });
  if (applied.code !== 0) throw new Error(applied.output);
  [ada, bob] = [await enter(one, 'ada'), await enter(two, 'bob')];
  const cleo = await enter(three, 'cleo');
  await ada.start('ada', { profile: 'igm', size: 'gpu' });
  await bob.start('bob');
  await cleo.start('cleo');
}, 480_000);
afterAll(async () => {
  for (const door of doors) door.close();
  await sim.close();
  await leaveCluster();
  await removeNamespaces(lab, HUB, FOLDERS);
  await folder.remove();
}, 240_000);

describe('machines', () => {
  test('hub and proxy go to their own, servers to those of people', async () => {
    const pods = await kube.list('pods', { namespace: HUB, selector: 'app=jupyterhub' });
    const wanted = pods
      .filter((pod) => /^(hub|proxy)-/u.test(textAt(pod, '/metadata/name')))
      .map((pod) => at(pod, '/spec/nodeSelector'));
    expect(wanted).toEqual([{ [`${POOL}/core`]: 'yes' }, { [`${POOL}/core`]: 'yes' }]);
    expect(at(await podOf('bob'), '/spec/nodeSelector')).toEqual({ [`${POOL}/users`]: 'yes' });
  });

  test('a size of others has its labels, tolerates its taint, and gets a GPU', async () => {
    const pod = await podOf('ada');
    expect(at(pod, '/spec/nodeSelector')).toEqual({ [`${POOL}/accelerated`]: 'yes' });
    expect(at(pod, '/spec/tolerations')).toContainEqual(
      expect.objectContaining({ key: `${POOL}/only`, value: 'gpu', effect: 'PreferNoSchedule' }),
    );
    expect(at(notebook(pod), '/resources/limits')).toMatchObject({ [GPU]: '1' });
  });

  test('less is guaranteed than allowed', async () => {
    expect(at(notebook(await podOf('bob')), '/resources')).toEqual({
      limits: { cpu: '1', memory: '1073741824' },
      requests: { cpu: '100m', memory: '314572800' },
    });
  });

  test('who may not have a size or an image does not get it, whoever asks', async () => {
    for (const body of [
      { profile: 'oggm', size: 'gpu' },
      { profile: 'igm', size: 'small' },
    ]) {
      await bob.stop('bob');
      const { status } = await bob.api('/hub/api/users/bob/server', { method: 'POST', body });
      expect([400, 403]).toContain(status);
    }
    await bob.start('bob');
  }, 120_000);
});

describe('supplied secrets', () => {
  test('one for servers is a variable of theirs and of nothing else', async () => {
    expect(await shell('bob', 'printenv S3_KEY')).toBe(KEY);
    const hub = await kubectl('exec', '--namespace', HUB, 'deploy/hub', '--', 'env');
    expect(hub).toContain('HELM_RELEASE_NAME');
    expect(hub).not.toContain(KEY);
  });

  test('one for pulling is the docker config that Kubernetes pulls by, and no container sees it', async () => {
    const name = textAt(await podOf('bob'), '/spec/imagePullSecrets/0/name');
    const secret = (await kube.get('secret', name, HUB)) ?? {};
    expect(textAt(secret, '/type')).toBe('kubernetes.io/dockerconfigjson');
    const held = Buffer.from(textAt(secret, '/data/.dockerconfigjson'), 'base64').toString();
    expect(JSON.parse(held)).toEqual(JSON.parse(REGISTRIES));
    expect(await shell('bob', 'env')).not.toContain(LOGIN);
  });

  test('nothing printed has either', () => {
    for (const output of OUTPUTS) {
      expect(output).not.toContain(KEY);
      expect(output).not.toContain(LOGIN);
    }
  });
});

describe('what servers see', () => {
  test('a mount is there for those whom it is for', async () => {
    expect(await shell('ada', 'echo found > /archive/file; cat /archive/file')).toBe('found');
    expect(await shell('bob', 'ls /archive')).toMatch(/No such file/u);
  });

  test('a mount for all can be read, and not written', async () => {
    expect(await shell('bob', 'ls /course && touch /course/x')).toMatch(/Read-only file system/u);
  });

  test('shared memory has the size that was asked for', async () => {
    expect(await shell('bob', 'df --output=size -m /dev/shm | tail -1')).toBe('96');
  });
});

test('a second name leads to the address of the hub', async () => {
  const answer = await new Promise<[number | undefined, string | undefined]>((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: PORT,
        path: '/hub/home?a=b',
        headers: { host: 'hub.localhost', 'sec-fetch-mode': 'navigate' },
      },
      (seen) => {
        seen.resume();
        resolve([seen.statusCode, seen.headers.location]);
      },
    );
    asked.once('error', reject).end();
  });
  expect(answer).toEqual([308, `http://127.0.0.1:${PORT}/hub/home?a=b`]);
});

test('staff open the servers of those whom they help, and no others', async () => {
  expect((await bob.open('/user/cleo/lab')).status).toBe(200);
  expect((await bob.open('/user/ada/lab')).status).toBe(403);
  expect((await ada.open('/user/cleo/lab')).status).toBe(403);
});

test('homes are folders of one claim: each has their own, and finds it again', async () => {
  const groups = ['team:example/users'];
  const [dave, erin] = [sim.state.addUser('dave'), sim.state.addUser('erin')];
  const names = { [dave.id]: { name: 'dave', groups }, [erin.id]: { name: 'erin', groups } };
  await letIn(lab, FOLDERS, names);
  const one = await enter(dave, 'dave', FOLDERS_PORT);
  const two = await enter(erin, 'erin', FOLDERS_PORT);
  await one.start('dave');
  await shell('dave', 'echo mine > ~/thesis', FOLDERS);
  await two.start('erin');
  expect(await shell('erin', 'ls ~', FOLDERS)).not.toContain('thesis');
  await one.stop('dave');
  await one.start('dave');
  expect(await shell('dave', 'cat ~/thesis', FOLDERS)).toBe('mine');
  const claims = await kube.list('persistentvolumeclaims', { namespace: FOLDERS });
  const homes = claims.map((each) => textAt(each, '/metadata/name'));
  expect(homes.filter((name) => name !== 'hub-db-dir')).toEqual(['homes']);
}, 240_000);
