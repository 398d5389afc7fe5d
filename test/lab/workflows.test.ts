import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { zipSync } from 'fflate';
import { load } from 'js-yaml';
import { dayOf, daysAfter } from '../../src/core/access/days.ts';
import { textAt } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Repository } from '../support/github-sim/state.ts';
import { BUNDLE, ROOT, commitAll, edit, git, temporary } from '../support/sample.ts';
import { runAction } from '../support/workflow.ts';
import { act as runAct, note, serveChart } from './act.ts';
import type { Lab } from './lab.ts';
import { CANARIES, writePlatform } from './platform.ts';
import { removeNamespaces, theLab } from './support.ts';

/* The workflows as their files say, by nektos/act, on a real cluster and with a simulated GitHub. */
const HUBS = ['lab-first', 'lab-second'] as const;
const PARTS = [
  '.github',
  'action.yml',
  'charts',
  'dist',
  'package.json',
  'package-lock.json',
  '.npmrc',
  'schemas',
  'scripts',
  'src',
  'test/lab/charts',
];
let lab: Lab;
let sim: GithubSim;
let repository: Repository;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let charts: Awaited<ReturnType<typeof serveChart>>;
let secrets: Record<string, string>;

/** All that the workflows printed. */
const LOGS: string[] = [];

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, ...HUBS);
  folder = await temporary();
  root = join(folder.path, 'hubs');
  for (const part of PARTS) await cp(join(ROOT, part), join(root, part), { recursive: true });
  const { env } = await writePlatform(root, lab, {
    [HUBS[0]]: { wave: 'staging' },
    [HUBS[1]]: { wave: 'production' },
  });
  secrets = {
    SOPS_AGE_KEY: env['SOPS_AGE_KEY'] ?? '',
    KUBECONFIG: await readFile(lab.kubeconfig, 'utf8'),
  };
  charts = await serveChart(folder.path);
  await edit(root, 'platform.yaml', 'https://hub.jupyter.org/helm-chart/', charts.address);
  await edit(root, 'platform.yaml', 'charts:\n', 'charts:\n  allowPrivate: true\n');
  await writeFile(join(root, '.gitignore'), 'node_modules/\n');
  await git(root, 'init', '-q', '-b', 'main');
  await git(root, 'remote', 'add', 'origin', 'https://github.com/example/hubs.git');
  sim = await startGithubSim();
  repository = sim.state.addRepository(sim.state.addUser('example'), 'hubs');
  repository.environments.set('lab', { branches: [{ name: 'main' }], reviewers: undefined });
  sim.state.addToken('bot', sim.state.addUser('github-actions[bot]', 'Bot'), [
    'contents',
    'issues',
    'pull-requests',
    'deployments',
    'actions',
  ]);
  repository.disabled.add('catch-up.yml');
  await commit('The platform');
}, 300_000);
afterAll(async () => {
  charts.close();
  await sim.close();
  await removeNamespaces(lab, ...HUBS);
  await folder.remove();
}, 240_000);

/** Pushed, and checked out again with all branches, as `actions/checkout` does with `fetch-depth: 0`. */
async function commit(message: string): Promise<void> {
  repository.refs.set('refs/heads/main', await commitAll(root, message));
  await git(root, 'update-ref', 'refs/remotes/origin/main', 'HEAD');
}

async function act(workflow: string, event: string, payload: object): Promise<ExecResult> {
  const place = { bin: lab.bin, root, folder: folder.path, api: sim.url, secrets, programs: [] };
  const result = await runAct(place, workflow, event, payload);
  LOGS.push(result.stdout + result.stderr);
  return result;
}

const deployed = (): string[] => {
  const commitObject = repository.objects.get(repository.refs.get('refs/heads/deployed') ?? '');
  const tree =
    commitObject?.type === 'commit' ? repository.objects.get(commitObject.tree) : undefined;
  return tree?.type === 'tree'
    ? [...tree.entries.keys()]
        .filter((path) => path.endsWith('release.json') && !path.startsWith('clusters/'))
        .sort()
    : [];
};

test('a push that no pull request has shown reaches the first wave only', async () => {
  const { code, stdout } = await act('deploy.yml', 'push', { ref: 'refs/heads/main' });
  if (code !== 0) note(stdout.slice(-6000));
  expect(code).toBe(0);
  expect(deployed()).toEqual([`${HUBS[0]}/release.json`]);
  expect(stdout).toContain('this change is not the one that the reviewed plan showed');
  expect([...repository.disabled]).toEqual([]); // something waits
}, 400_000);

test('what waits goes on by the clock', async () => {
  const { code, stdout } = await act('catch-up.yml', 'schedule', {});
  if (code !== 0) note(stdout.slice(-6000));
  expect(repository.dispatches).toEqual([
    { workflow: 'deploy.yml', ref: 'main', inputs: { waiting: 'true' } },
  ]);
}, 400_000);

test('a merged pull request reaches every wave, and the record says so', async () => {
  await edit(root, `environments/${HUBS[0]}.yaml`, 'idle: 1h', 'idle: 2h');
  await commit('A change');
  const head = repository.refs.get('refs/heads/main') ?? '';
  const asked = sim.state.addPull(repository, {
    title: 'A change',
    user: repository.owner,
    head: { ref: 'change', sha: head },
    base: { ref: 'main', sha: head },
    mergeSha: head,
  });
  const env = {
    GITHUB_API_URL: sim.url,
    GITHUB_REPOSITORY: 'example/hubs',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_RUN_ID: '1',
    GITHUB_TOKEN: 'bot',
    GLACIOCLOUD_HELM: unpackedTool('helm'),
    GLACIOCLOUD_CACHE: join(folder.path, 'cache'),
  };
  const review = await runAction(
    { workspace: root, bundle: BUNDLE, event: {}, env },
    join(folder.path, 'review'),
    {
      command: 'review',
      root: '.',
      pull: String(asked.number),
      head,
      base: head,
      merge: head,
      reviewed: 'reviewed.json',
    },
  );
  repository.artifacts.push({
    id: sim.state.nextId(),
    name: `reviewed-${asked.number}`,
    run: {
      id: sim.state.nextId(),
      event: 'workflow_run',
      path: '.github/workflows/plan.yml',
      branch: 'main',
      headRepository: repository.id,
    },
    expired: false,
    zip: zipSync({ 'reviewed.json': await readFile(join(root, 'reviewed.json')) }),
  });
  await rm(join(root, 'reviewed.json'));
  expect({ code: review.code, comments: asked.comments.length }).toEqual({ code: 0, comments: 1 });
  if (asked.pull) asked.pull.merged = true;
  asked.state = 'closed';
  const { code, stdout } = await act('deploy.yml', 'push', { ref: 'refs/heads/main' });
  if (code !== 0) note(stdout.slice(-6000));
  expect(code).toBe(0);
  expect(deployed()).toEqual(HUBS.map((hub) => `${hub}/release.json`));
  const first = stdout.indexOf(`✓ ${HUBS[0]}  done`);
  const second = stdout.indexOf(`✓ ${HUBS[1]}  done`);
  expect([first > 0, second > first]).toEqual([true, true]);
  expect(
    repository.deployments.map(({ environment, statuses }) => [environment, statuses[0]?.state]),
  ).toEqual(
    HUBS.map((hub) => [`lab/${hub}`, 'success'])
      .reverse()
      .concat([[`lab/${HUBS[0]}`, 'success']]),
  );
  for (const value of Object.values(secrets)) expect(stdout).not.toContain(value);
}, 400_000);

test('people’s files let somebody in on every hub, and the log says numbers only', async () => {
  const origin = join(folder.path, 'origin.git');
  await git(folder.path, 'init', '-q', '--bare', origin);
  const pushes = `url.${origin}`;
  await git(root, 'config', `${pushes}.insteadOf`, 'https://github.com/example/hubs.git');
  await edit(root, 'platform.yaml', 'waves:', 'tiers: {researcher: {until: 180d}}\nwaves:');
  for (const hub of HUBS)
    await edit(root, `environments/${hub}.yaml`, '[team:example/users]', '[tier:researcher]');
  await mkdir(join(root, 'access/members'), { recursive: true });
  const until = daysAfter(dayOf(Date.now()), 90);
  await writeFile(
    join(root, 'access/members/7001234.yaml'),
    `id: 7001234\nlogin: canary-person\ntier: researcher\nuntil: ${until}\n`,
  );
  await commit('A researcher');
  const { code, stdout, stderr } = await act('access.yml', 'push', { ref: 'refs/heads/main' });
  await git(root, 'config', '--remove-section', pushes); // act asks it for the repository’s name
  if (code !== 0) note(stdout.slice(-6000));
  expect(code).toBe(0);
  expect(stdout).toContain(`${HUBS[0]}: 1 comes in`);
  for (const word of ['7001234', 'canary-person']) expect(stdout + stderr).not.toContain(word);
  for (const hub of HUBS) {
    const secret = await new Kube(lab.kubeconfig).get('secret', 'hub-access', hub);
    const access = Buffer.from(textAt(secret, '/data/access.json'), 'base64').toString();
    expect(JSON.parse(access)).toMatchObject({ users: { 7001234: { name: 'canary-person' } } });
  }
  expect(await git(origin, 'show', 'names:7001234.json')).toContain('canary-person');
}, 400_000);

test('a first wave that fails ends the run that goes on, and the second is not begun', async () => {
  await edit(
    root,
    `environments/${HUBS[0]}.yaml`,
    '    extraEnv:',
    '    extraConfig: {broken: "raise SystemExit(1)"}\n    extraEnv:',
  );
  await edit(root, `environments/${HUBS[1]}.yaml`, 'memory: 1G', 'memory: 1100M');
  await commit('A mistake');
  repository.disabled.add('catch-up.yml');
  const inputs = repository.dispatches[0]?.inputs;
  const { code, stdout } = await act('deploy.yml', 'workflow_dispatch', { inputs });
  expect([...repository.disabled]).toEqual(['catch-up.yml']); // it is what started this run
  expect(code).toBe(1);
  expect(stdout).toContain(`✗ ${HUBS[0]}  failed`);
  expect(stdout).not.toMatch(/wave-2.*Run Main/u);
  const issues = [...repository.issues.values()].filter(({ state }) => state === 'open');
  expect(issues.map(({ title, labels }) => [title, labels])).toEqual([
    [`${HUBS[0]}: the change did not reach the hub`, ['glaciocloud', `hub:${HUBS[0]}`]],
  ]);
}, 400_000);

test('a label on the tracking issue tries again what is quarantined', async () => {
  const issue = [...repository.issues.values()].find(({ state }) => state === 'open');
  const payload = {
    action: 'labeled',
    label: { name: 'glaciocloud:retry' },
    sender: { login: 'maintainer' },
    issue: { number: issue?.number, labels: issue?.labels.map((name) => ({ name })) },
  };
  const { stdout } = await act('order.yml', 'issues', payload);
  expect(stdout).toContain(`✗ ${HUBS[0]}  failed`);
  expect(stdout).not.toContain('quarantined since');
}, 400_000);

test('no secret is in a log, a request to GitHub, a comment, an issue, a deployment or the record', () => {
  const kept = [...repository.objects.values()].map((one) =>
    one.type === 'blob' ? one.content.toString('utf8') : JSON.stringify(one),
  );
  const asked = sim.log.map(({ path, body }) => path + JSON.stringify(body));
  const told = [...repository.issues.values(), ...repository.deployments].map((one) =>
    JSON.stringify(one),
  );
  const key = textAt(load(secrets['KUBECONFIG'] ?? '') as Json, '/users/0/user/client-key-data');
  expect([
    LOGS.length,
    kept.length > 10,
    asked.length > 20,
    told.length > 3,
    key.length > 100,
  ]).toEqual([6, true, true, true, true]);
  for (const secret of [...Object.values(CANARIES), secrets['SOPS_AGE_KEY'] ?? '', key])
    expect([...LOGS, ...kept, ...asked, ...told].filter((text) => text.includes(secret))).toEqual(
      [],
    );
});
