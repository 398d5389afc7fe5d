import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { at } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { startGithubSim } from '../support/github-sim/server.ts';
import type { GithubSim } from '../support/github-sim/server.ts';
import type { Issue, Repository } from '../support/github-sim/state.ts';
import { CLI, edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy, removeNamespaces, theLab } from './support.ts';

/* The probe as a pod beside a real hub; only github.com is simulated. */
const HUB = 'probe-lab';
const SPACE = `${HUB}-probe`;
const TOKEN = 'github_pat_canary77c1';
let lab: Lab;
let kube: Kube;
let sim: GithubSim;
let repository: Repository;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;

interface Line {
  check: string;
  ok: boolean;
  detail: string;
}

const kubectl = async (...args: string[]): Promise<string> =>
  (
    await exec(unpackedTool('kubectl'), args, {
      env: { KUBECONFIG: lab.kubeconfig },
      timeoutMs: 120_000,
    })
  ).stdout;
const lines = async (): Promise<Line[]> =>
  (await kubectl('logs', 'deploy/glaciocloud-probe', '--namespace', SPACE))
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => JSON.parse(text) as Line);
const issues = (label: string, state: Issue['state']): Issue[] =>
  [...repository.issues.values()].filter(
    (issue) => issue.labels.includes(label) && issue.state === state,
  );

async function until<T>(
  what: string,
  seconds: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(
    `not within ${seconds} s: ${what}\n${(await lines())
      .slice(-20)
      .map((line) => JSON.stringify(line))
      .join('\n')}`,
  );
}

beforeAll(async () => {
  lab = await theLab();
  kube = new Kube(lab.kubeconfig);
  await removeNamespaces(lab, HUB, SPACE);
  folder = await temporary();
  sim = await startGithubSim(0, '10.200.0.1');
  const owner = sim.state.addUser('example');
  sim.state.addToken(TOKEN, owner, ['issues']);
  repository = sim.state.addRepository(owner, 'hubs');
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, {
    [HUB]: { probe: '{api: 8s, spawn: 10m, onlyWhenWarm: false}' },
  }));
  const result = await deploy(root, lab, env);
  if (result.code !== 0) throw new Error(result.output);
}, 300_000);
afterAll(async () => {
  await sim.close();
  await removeNamespaces(lab, HUB, SPACE);
  await folder.remove();
}, 240_000);

test('it watches hub, proxy and files, and starts a server with a kernel', async () => {
  const seen = await until('a server was started and is gone', 120, async () => {
    const all = await lines();
    return all.some(({ check }) => check === 'gone') ? all : undefined;
  });
  const passed = new Set(seen.filter(({ ok }) => ok).map(({ check }) => check));
  expect([...passed].sort()).toEqual([
    'access',
    'files',
    'gone',
    'hub',
    'kernel',
    'pods',
    'proxy',
    'server',
    'start',
    'stop',
    'user',
  ]);
  expect(seen.find(({ check }) => check === 'kernel')?.detail).toMatch(/^OGGM 1\.6\.3/u);
});

test('its pod may ask Kubernetes for nothing', async () => {
  const may = async (verb: string, what: string, namespace: string): Promise<boolean> =>
    (
      await kubectl(
        'auth',
        'can-i',
        verb,
        what,
        '--namespace',
        namespace,
        '--as',
        `system:serviceaccount:${SPACE}:glaciocloud-probe`,
      )
    ).trim() === 'yes';
  for (const [verb, what, namespace] of [
    ['list', 'pods', HUB],
    ['get', 'pods', HUB],
    ['get', 'secrets', HUB],
    ['delete', 'pods', HUB],
    ['create', 'pods/exec', HUB],
    ['list', 'pods', 'glaciocloud-system'],
    ['get', 'secrets', SPACE],
  ] as const)
    expect({ verb, what, namespace, may: await may(verb, what, namespace) }).toEqual({
      verb,
      what,
      namespace,
      may: false,
    });
});

test('a proxy that is gone is one issue, which closes itself; the heart beats on', async () => {
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'glaciocloud-probe-github', namespace: SPACE },
      stringData: { token: TOKEN, repository: 'example/hubs', api: sim.url },
    },
  ]);
  await kube.annotate(
    'pods',
    'app.kubernetes.io/component=probe',
    SPACE,
    `glaciocloud.org/touch=${Date.now()}`,
  );
  const [heart] = await until('a heartbeat', 60, () =>
    issues('glaciocloud-heartbeat', 'open').length > 0
      ? issues('glaciocloud-heartbeat', 'open')
      : undefined,
  );
  const first = heart?.body;
  await kube.scale('proxy', 0, HUB);
  const [issue] = await until('an issue about the proxy', 90, () =>
    issues('glaciocloud-probe', 'open').length > 0
      ? issues('glaciocloud-probe', 'open')
      : undefined,
  );
  expect(issue).toMatchObject({
    title: expect.stringMatching(/^probe-lab: proxy fails \(\w{12}\)$/u) as unknown,
    labels: ['glaciocloud-probe', `hub:${HUB}`],
  });
  expect((await lines()).filter(({ ok }) => !ok).map(({ check }) => check)).toContain('proxy');
  await new Promise((resolve) => setTimeout(resolve, 25_000));
  expect(issues('glaciocloud-probe', 'open')).toHaveLength(1);
  await kube.scale('proxy', 1, HUB);
  await until('the issue is closed', 90, () =>
    issues('glaciocloud-probe', 'open').length === 0 ? true : undefined,
  );
  expect(issue?.comments.map(({ body }) => body)).toEqual([
    expect.stringMatching(/^`proxy` works again/u),
  ]);
  expect(issues('glaciocloud-heartbeat', 'open')).toHaveLength(1);
  expect(heart?.body).not.toBe(first);
  expect(
    JSON.stringify([...repository.issues.values()]) + JSON.stringify(await lines()),
  ).not.toContain(TOKEN);
});

test('its heartbeat is heard from outside, and so is its silence', async () => {
  const outside = (...args: string[]) =>
    exec(process.execPath, [CLI, 'outside', '--root', root, ...args], {
      env: {
        GITHUB_ACTIONS: 'true',
        GITHUB_TOKEN: TOKEN,
        GITHUB_REPOSITORY: 'example/hubs',
        GITHUB_API_URL: sim.url,
      },
      timeoutMs: 60_000,
    });
  expect((await outside()).stdout).toMatch(
    /– http:\S+: not checked, its cluster has no public entry\n {2}✓ probe: the probe spoke 0 s ago/u,
  );
  expect(issues('glaciocloud-outside', 'open')).toEqual([]);
  await outside('--at', new Date(Date.now() + 600_000).toISOString());
  expect(issues('glaciocloud-outside', 'open').map(({ title }) => title)).toEqual([
    `${HUB}: not well, seen from outside`,
  ]);
  await outside();
  expect(issues('glaciocloud-outside', 'closed')).toHaveLength(1);
});

test('a hub that was restarted is seen', async () => {
  const pods = await kube.list('pods', {
    namespace: HUB,
    selector: 'app=jupyterhub,component=hub',
  });
  await kubectl(
    'exec',
    'deploy/hub',
    '--namespace',
    HUB,
    '--',
    'python3',
    '-c',
    'import os, signal; os.kill(1, signal.SIGTERM)',
  );
  const seen = await until('the restart of the hub', 120, async () =>
    (await lines()).find(({ check, ok }) => check === 'hub restart' && !ok),
  );
  expect(seen.detail).toMatch(/^the hub was restarted: \w+, exit code \d+$/u);
  expect(
    (await kube.list('pods', { namespace: HUB, selector: 'app=jupyterhub,component=hub' })).map(
      (pod: JsonObject) => at(pod, '/metadata/uid'),
    ),
  ).toEqual(pods.map((pod) => at(pod, '/metadata/uid')));
});

test('nothing of it has drifted, and without probe: it goes', async () => {
  const drift = await exec(process.execPath, [CLI, 'drift', HUB, '--kubeconfig', lab.kubeconfig], {
    env: { GLACIOCLOUD_HELM: unpackedTool('helm'), GLACIOCLOUD_KUBECTL: unpackedTool('kubectl') },
    timeoutMs: 120_000,
  });
  expect(drift.stdout).toContain(`${HUB}: as deployed`);
  await edit(
    root,
    `environments/${HUB}.yaml`,
    'probe: {api: 8s, spawn: 10m, onlyWhenWarm: false}\n',
    '',
  );
  const result = await deploy(root, lab, env);
  expect([result.code, result.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  expect(await kube.get('deployment', 'glaciocloud-probe', SPACE)).toBeUndefined();
});
