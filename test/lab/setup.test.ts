import { cp, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { User } from '../support/github-sim/state.ts';
import { ROOT, commitAll, edit, git, temporary } from '../support/sample.ts';
import { Chromium } from './chromium.ts';
import { openDoor } from './door.ts';
import { openGh } from './gh.ts';
import type { Lab } from './lab.ts';
import { Newcomer, commandsOf } from './newcomer.ts';
import { Person } from './person.ts';
import { labImage, labValues } from './platform.ts';
import { CHARTS, removeNamespaces, theLab } from './support.ts';

/*
 * Somebody follows docs/setup.md from an empty folder to a kernel on a hub: each command of the page, as it stands there. What the lab
 * does not have is replaced, and this is the whole list:
 *  - `github:OWNER/REPO#COMMIT` is a repository of this machine. npx fetches it once; later calls run what it fetched, because npm
 *    clones such a repository for each call, and takes an archive from GitHub.
 *  - `git@github.com:ORGANISATION/hubs.git` is a bare repository of this machine, and GITHUB_REPOSITORY says what it stands for.
 *  - github.com is simulated: its API, the page of the login, and `gh`, which does what its commands would.
 *  - ADMINISTRATOR is the lab's kubeconfig; $EDITOR is a script.
 *  - The cluster is called as other tests have called it. Answers to `init` and the lines of `clusters/main.yaml` are the lab's; the hub is at plain http, without entry and certificates.
 *  - Images are those of the lab's registry, and charts come from a mirror on this machine.
 */
const HUB = 'hub';
/** As other tests have called it. */
const CLUSTER = 'lab';
const PORT = 18065;
const GITHUB = 18991;
const ADDRESS = `http://127.0.0.1:${PORT}`;
const ADMIN = 'admin';
const DEPLOYER = 'glaciocloud-deployer';

let lab: Lab;
let sim: GithubSim;
let folder: Awaited<ReturnType<typeof temporary>>;
let newcomer: Newcomer;
let root: string;
let ada: User;
let tool: string;
let gh: Awaited<ReturnType<typeof openGh>>;
let mirror: Server;
let door: Awaited<ReturnType<typeof openDoor>> | undefined;
let browser: Chromium | undefined;
/** What the page's commands have said, by the block. */
const said = new Map<string, string>();
const heard = (command: string): string =>
  [...said].find(([block]) => block.includes(command))?.[1] ?? `no block has "${command}"`;

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  sim = await startGithubSim(GITHUB, '10.200.0.1');
  const hubs = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  ada = sim.state.addUser('Ada');
  sim.state.addTeam('example', 'hub-users', [ada]);
  sim.state.addTeam('example', 'hub-admins', []);
  sim.state.tokens.set(ADMIN, { user: hubs.owner, write: ['settings'], members: true });
  tool = await commitTool(join(folder.path, 'tool'));
  await git(folder.path, 'init', '-q', '--bare', '-b', 'main', 'origin.git');
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  for (const name of ['helm', 'kubectl']) await symlink(unpackedTool(name), join(bin, name));
  for (const name of ['sops', 'age-keygen']) await symlink(join(lab.bin, name), join(bin, name));
  gh = await openGh(join(bin, 'gh.mjs'), ADMIN, hubs);
  await symlink('gh.mjs', join(bin, 'gh'));
  await writeFile(join(bin, 'editor'), EDITOR, { mode: 0o755 });
  mirror = await mirrorOf(join(CHARTS, 'jupyterhub'), join(folder.path, 'charts'));
  const desk = join(folder.path, 'desk');
  root = join(desk, 'hubs');
  await mkdir(desk);
  newcomer = new Newcomer(desk, {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
    HOME: folder.path,
    NO_COLOR: '1',
    EDITOR: join(bin, 'editor'),
    GITHUB_API_URL: sim.url,
    GITHUB_REPOSITORY: 'example/hubs',
    GIT_AUTHOR_NAME: 'newcomer',
    GIT_AUTHOR_EMAIL: 'newcomer@example.org',
    GIT_COMMITTER_NAME: 'newcomer',
    GIT_COMMITTER_EMAIL: 'newcomer@example.org',
    npm_config_cache: join(folder.path, 'npm'),
    npm_config_registry: 'http://127.0.0.1:9', // nobody answers there
    npm_config_update_notifier: 'false',
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  door?.close();
  gh.close();
  mirror.close();
  await sim.close();
  await removeNamespaces(lab, HUB);
  const kube = new Kube(lab.kubeconfig);
  for (const kind of ['clusterrolebinding', 'clusterrole']) await kube.delete(kind, DEPLOYER);
  for (const kind of ['secret', 'serviceaccount'])
    await kube.delete(kind, DEPLOYER, 'glaciocloud-system');
  await folder.remove();
}, 120_000);

/** As the page's words of its own. */
const replaced = (commands: string): string =>
  commands
    .replaceAll('github:OWNER/REPO#COMMIT', `git+file://${tool}`)
    .replace('git@github.com:ORGANISATION/hubs.git', join(folder.path, 'origin.git'))
    .replace('=ADMINISTRATOR', `=${lab.kubeconfig}`)
    // Ends with 1 as long as something is missing, and a shell goes on.
    .replace(/^glaciocloud doctor\b/mu, '$& ||:');

/** What `init` asks, in its order; an empty answer takes what it offers. */
const ANSWERS = [
  'example',
  '', // registry
  HUB,
  ADDRESS,
  CLUSTER,
  '', // provider
  `example/glaciocloud@${'1'.repeat(40)}`,
];

/** What follows a block of the page before its next one, by a command of it. */
const AFTER: Readonly<Record<string, () => Promise<void>>> = {
  'glaciocloud init': async () => {
    await newcomer.type(`alias glaciocloud='node ${await fetchedTool()}'`);
    await correctFiles();
  },
  'glaciocloud doctor': obeyDoctor,
  'glaciocloud deploy': async () => {
    const [line = 'nothing'] = /identity: [0-9a-f-]{36}/u.exec(heard('glaciocloud deploy')) ?? [];
    await edit(root, `clusters/${CLUSTER}.yaml`, 'identity: null', line);
  },
};

async function fetchedTool(): Promise<string> {
  const place = join(folder.path, 'npm/_npx');
  const [hash = ''] = await readdir(place);
  return join(place, hash, 'node_modules/glaciocloud/dist/cli.js');
}

/** Where the page says that `init` guesses, and where the lab has something of its own. */
async function correctFiles(): Promise<void> {
  const cluster = `clusters/${CLUSTER}.yaml`;
  await edit(root, cluster, 'class: standard ', 'class: local-path ');
  await edit(root, cluster, 'networkPolicy: enforced ', 'networkPolicy: none ');
  await edit(root, cluster, 'cpu: 8', 'cpu: 2');
  await edit(root, cluster, 'memory: 32Gi', 'memory: 16Gi');
  const [image = ''] = await readdir(join(root, 'images'));
  await writeFile(join(root, `images/${image}/image.yaml`), labImage(lab, 'oggm'));
  await mkdir(join(root, 'images/broken'));
  await writeFile(join(root, 'images/broken/image.yaml'), labImage(lab, 'oggm-broken'));
  const hub = join(root, `environments/${HUB}.yaml`);
  const text = await readFile(hub, 'utf8');
  await writeFile(hub, text + labValues(lab, { github: GITHUB }));
  const { port } = mirror.address() as AddressInfo;
  const settings = join(root, 'platform.yaml');
  const chart = /^ {2}jupyterhub: \{version: (\S+), .*\}/mu;
  const from = `{version: $1, repository: "http://127.0.0.1:${port}/", sha256: null}`;
  const platform = await readFile(settings, 'utf8');
  expect(platform).toMatch(chart);
  await writeFile(settings, platform.replace(chart, `  allowPrivate: true\n  jupyterhub: ${from}`));
}

/** Every command that doctor prints, until it misses nothing. */
async function obeyDoctor(): Promise<void> {
  let text = heard('glaciocloud doctor');
  for (let round = 0; round < 3; round += 1) {
    const commands = [...text.matchAll(/^ {2}✗ .*\n {6}(.+)$/gmu)].map(([, fix = '']) => fix);
    if (commands.length === 0) return;
    await newcomer.type(commands.join('\n'));
    text = await newcomer.type('glaciocloud doctor || true');
    said.set('doctor, in the end', text);
  }
}

const DONE = /^✓ hub +done in /mu;

test('each command of the page does what the page says', async () => {
  const blocks = await commandsOf(join(ROOT, 'docs/setup.md'));
  for (const block of blocks) {
    const began = performance.now();
    const answers = block.includes('glaciocloud init') ? ANSWERS : undefined;
    said.set(block, await newcomer.type(replaced(block), answers));
    for (const [command, next] of Object.entries(AFTER)) if (block.includes(command)) await next();
    note(`${((performance.now() - began) / 1000).toFixed(1)} s: ${block.split('\n')[0] ?? ''}`);
  }
  expect(heard('glaciocloud init')).toContain('✓ platform.yaml');
  expect(heard('glaciocloud check')).toMatch(/^\d+ warnings?$/mu);
  expect(heard('kubectl auth whoami')).toContain(`glaciocloud-system:${DEPLOYER}`);
  expect(heard('secrets audit').match(/^✓ github-client-/gmu)).toHaveLength(2);
  expect(heard('doctor, in the end')).toMatch(/^\d+ fine, (?:\d+ warnings?, )?0 missing$/mu);
  expect(heard('glaciocloud deploy')).toMatch(DONE);
  expect(heard('glaciocloud access')).toMatch(/^.*ada.*$/mu);
  expect(heard('glaciocloud status')).toMatch(/^✓ hub .*$/mu);
});

test('who is in the team signs in, and a kernel has OGGM', async () => {
  door = await openDoor(lab, HUB, PORT);
  browser = await Chromium.start(join(folder.path, 'browser'));
  sim.state.atBrowser = ada;
  const person = new Person(browser, ADDRESS, 'ada');
  expect(await person.signIn()).toMatchObject({ path: '/hub/home', status: 200 });
  await person.start();
  expect(await person.compute('import oggm; print(oggm.__version__)')).toBe('1.6.3\n');
});

test('the account of the page changes the hub, and finds the way back from a bad image', async () => {
  await edit(root, `environments/${HUB}.yaml`, 'memory: 4G', 'memory: 3G');
  expect(await newcomer.type('glaciocloud deploy')).toMatch(DONE);
  const images = /^images: .*$/mu;
  const file = join(root, `environments/${HUB}.yaml`);
  await writeFile(file, (await readFile(file, 'utf8')).replace(images, 'images: [broken]'));
  expect(await newcomer.type('glaciocloud deploy || echo "ended with $?"')).toMatch(
    /^↩ hub +rolled-back in [^]*^ended with 1$/mu,
  );
});

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);

/** What npm takes of this repository, at a commit of a repository of its own. */
async function commitTool(path: string): Promise<string> {
  const { files } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    files: string[];
  };
  await git(folder.path, 'init', '-q', path);
  for (const part of [...files, 'package.json'])
    await cp(join(ROOT, part), join(path, part), { recursive: true });
  return `${path}#${await commitAll(path, 'a release')}`;
}

/** Fills in what a template leaves open. */
const EDITOR = `#!/bin/sh
exec sed -i -e 's/^github-client-id: ""$/github-client-id: "an-id"/' \
  -e 's/^github-client-secret: ""$/github-client-secret: "a-secret"/' "$1"
`;

/** A repository of one chart. */
async function mirrorOf(chart: string, path: string): Promise<Server> {
  for (const args of [
    ['package', chart, '--destination', path],
    ['repo', 'index', path],
  ]) {
    const { code, stderr } = await exec(unpackedTool('helm'), args);
    if (code !== 0) throw new Error(stderr);
  }
  const server = createServer((request, response) => {
    readFile(join(path, request.url ?? '')).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
