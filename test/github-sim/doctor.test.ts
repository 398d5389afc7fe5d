import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { doctor } from '../../src/commands/doctor.ts';
import { at, objectsIn, textAt } from '../../src/core/json.ts';
import { GithubClient } from '../../src/edges/github/client.ts';
import { GithubSetup } from '../../src/edges/github/setup.ts';
import type { DoctorPorts } from '../../src/flow/doctor.ts';
import type { Outcome } from '../../src/outcome.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble } from '../support/cluster.ts';
import { answered } from '../support/doctor.ts';
import { githubStage } from '../support/github-sim/stage.ts';
import type { GithubStage } from '../support/github-sim/stage.ts';
import { ROOT, copyPlatform, edit, temporary } from '../support/sample.ts';

const NOW = Date.parse('2026-11-24T12:00Z');
const HUBS = ['classroom', 'hub', 'hub-staging'];
const KEY = `age1${'q'.repeat(58)}`;
let stage: GithubStage;
let folder: Awaited<ReturnType<typeof temporary>>;
let kube: ClusterDouble;
let resolved: string[];
beforeEach(async () => {
  stage = await githubStage();
  folder = await temporary();
  kube = new ClusterDouble(new FakeClock());
  resolved = [];
  await copyPlatform(folder.path);
});
afterEach(async () => {
  await stage.sim.close();
  await folder.remove();
});

function run(token = 'admin'): Promise<Outcome> {
  const settings = { api: stage.sim.url, token, owner: 'example', repo: 'hubs' };
  const setup = new GithubSetup(new GithubClient(settings, 1));
  const ports: DoctorPorts = {
    github: answered({ repository: 'example/hubs', setup, beside: () => setup }),
    cluster: answered({
      kube,
      login: () => Promise.resolve({ kind: 'helper', program: 'aws' }),
    }),
    secrets: {
      lacking: () => Promise.resolve(undefined),
      opened: () =>
        Promise.resolve({
          secrets: new Map([
            ['github-client-id', 'id'],
            ['github-client-secret', 'canary'],
          ]),
          changed: NOW,
        }),
    },
    internet: { resolve: () => Promise.resolve(resolved) },
  };
  const report = { progress: () => undefined };
  return doctor({ root: folder.path, cluster: undefined, now: NOW }, ports, report);
}
const states = ({ json }: Outcome): string[] =>
  objectsIn(at(json, '/checks')).map((one) => `${textAt(one, '/state')} ${textAt(one, '/id')}`);
const count = (outcome: Outcome, state: string): number =>
  states(outcome).filter((one) => one.startsWith(state)).length;

/** All that somebody sets up who has read what is missing. */
async function setUp(): Promise<void> {
  const main = [{ name: 'main', type: 'branch' as const }];
  stage.repository.environments.set('bremen', {
    branches: main,
    reviewers: undefined,
    secrets: ['KUBECONFIG', 'SOPS_AGE_KEY', 'MEMBERS_TOKEN'],
  });
  stage.repository.environments.set('bremen-approval', {
    branches: main,
    reviewers: [stage.owner],
  });
  stage.repository.labels = [
    'glaciocloud',
    'glaciocloud-drift',
    'glaciocloud-outside',
    'glaciocloud:retry',
    'glaciocloud:apply-again',
    ...HUBS.map((hub) => `hub:${hub}`),
  ];
  stage.repository.rules.set('deployed', ['deletion', 'non_fast_forward']);
  stage.repository.actions = { enabled: true, allowed: 'all', mayOpenPulls: true };
  await cp(join(ROOT, '.github/workflows'), join(folder.path, '.github/workflows'), {
    recursive: true,
  });
  kube.add(
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local-path' },
      reclaimPolicy: 'Retain',
    },
    { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'traefik' } },
    {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: 'letsencrypt' },
      status: { conditions: [{ type: 'Ready', status: 'True' }] },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'entry', namespace: 'default' },
      status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
    },
  );
  resolved = ['192.0.2.7'];
  await writeFile(join(folder.path, '.sops.yaml'), `creation_rules: [{age: ${KEY}}]\n`);
  await mkdir(join(folder.path, 'secrets'));
  const encrypted = `a: ENC[AES256_GCM,data:x]\nsops:\n  age: [{recipient: ${KEY}}]\n  mac: ENC[AES256_GCM,data:x]\n`;
  for (const hub of HUBS) await writeFile(join(folder.path, `secrets/${hub}.sops.yaml`), encrypted);
}

test('a new repository lacks much, all of it is said at once, and each has a command', async () => {
  const outcome = await run();
  expect(outcome.exit).toBe(1);
  expect(states(outcome).filter((one) => one.startsWith('missing'))).toEqual([
    'missing github/environment',
    'missing github/environment',
    'missing github/branch-rules',
    'missing github/labels',
    'missing github/pull-requests',
    ...Array.from({ length: 14 }, () => 'missing github/workflow'),
    'missing cluster/storage',
    'missing cluster/ingress',
    'missing cluster/issuer',
    ...HUBS.map(() => 'missing cluster/dns'),
    'missing secrets/recipients',
    ...HUBS.map(() => 'missing secrets/file'),
  ]);
  const missing = objectsIn(at(outcome.json, '/checks')).filter(({ state }) => state === 'missing');
  for (const one of missing) {
    const fix = textAt(one, '/fix');
    expect(fix).not.toBe('');
    expect(outcome.text).toContain(`\n      ${fix}\n`);
  }
});

test('a repository that has it all is well', async () => {
  await setUp();
  const outcome = await run();
  expect(outcome.text).not.toContain('✗');
  expect([outcome.exit, count(outcome, 'missing'), count(outcome, 'unknown')]).toEqual([0, 0, 0]);
  expect(outcome.json).toMatchObject({ schema_version: 1 });
  expect(outcome.text + JSON.stringify(outcome.json)).not.toContain('canary');
  expect(stage.writes()).toEqual([]);
  expect(kube.outside.made('apply', 'create', 'replace', 'delete', 'annotate')).toEqual([]);
});

test('what a token may not ask is unknown, and no failure by itself', async () => {
  await setUp();
  const outcome = await run('weak');
  expect(states(outcome).filter((one) => one.startsWith('unknown'))).toEqual([
    'unknown github/secrets',
    'unknown github/shared-secrets',
    'unknown github/actions',
  ]);
  expect(outcome.exit).toBe(0);
  expect(outcome.text).toContain(', 0 missing, 3 not asked: this is no word on those\n');
});

test('an environment of any branch is missing something, though all the rest is there', async () => {
  await setUp();
  stage.repository.environments.set('bremen', {
    branches: undefined,
    reviewers: undefined,
    secrets: ['KUBECONFIG', 'SOPS_AGE_KEY', 'MEMBERS_TOKEN'],
  });
  const outcome = await run();
  expect(states(outcome).filter((one) => one.startsWith('missing'))).toEqual([
    'missing github/environment-branches',
  ]);
  expect(outcome.exit).toBe(1);
});

test('secrets in clear are missing encryption, beside all the rest', async () => {
  await setUp();
  await writeFile(join(folder.path, 'secrets/hub.sops.yaml'), 'a: canary\n');
  const outcome = await run();
  expect(states(outcome).filter((one) => one.startsWith('missing'))).toEqual([
    'missing secrets/file',
  ]);
  expect(outcome.exit).toBe(1);
  expect(outcome.text + JSON.stringify(outcome.json)).not.toContain('canary');
});

test('files with errors are corrected first', async () => {
  await edit(folder.path, 'environments/hub.yaml', 'cluster: bremen', 'cluster: nowhere');
  const outcome = await run();
  expect(outcome.exit).toBe(2);
  expect(outcome.findings.map(({ rule }) => rule)).toContain('unknown-reference');
  expect(stage.sim.log).toEqual([]);
});

test('without a readable platform there is nothing to look at', async () => {
  await writeFile(join(folder.path, 'platform.yaml'), 'nothing: {');
  expect((await run()).exit).toBe(2);
  expect(await readFile(join(folder.path, 'platform.yaml'), 'utf8')).toBe('nothing: {');
});
