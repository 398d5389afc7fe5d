import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applyHub } from '../../src/apply/hub/hub.ts';
import { bench } from '../../src/commands/bench.ts';
import { podFault } from '../../src/core/hub/pod-security.ts';
import { at, isObject, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Failure, KubeFailure, UsageError } from '../../src/failure.ts';
import type { Outcome } from '../../src/outcome.ts';
import { Bench } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { benchLog } from '../support/bench-log.ts';
import { temporary } from '../support/sample.ts';

const NAME = 'glaciocloud-bench';
let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

/** A hub that runs, and what its pods say. */
async function running(log: string, ...edits: readonly Edit[]): Promise<Bench> {
  const here = new Bench(...edits);
  await applyHub(here.task('one'), here.world);
  here.pods = { [NAME]: { phase: 'Succeeded', log } };
  return here;
}

let count = 0;
const out = (): string => join(folder.path, String((count += 1)));

async function run(here: Bench, to: string = out(), ...hubs: string[]): Promise<Outcome> {
  const report = { progress: (text: string) => void here.said.push(text) };
  return bench({ hubs: hubs.length > 0 ? hubs : ['one'], out: to }, here.world, report);
}

const left = ({ kube }: Bench): string[] =>
  kube
    .names('Pod', 'ConfigMap', 'PersistentVolumeClaim', 'NetworkPolicy')
    .filter((name) => name.endsWith(NAME));

/** The pod as it was made. */
async function podOf(here: Bench): Promise<JsonObject> {
  let made: JsonObject = {};
  const usual = here.kube.podEnds;
  here.kube.podEnds = (pod) => {
    if (textAt(pod, '/metadata/name') === NAME) made = structuredClone(pod);
    return usual(pod);
  };
  await run(here);
  return made;
}

const orderIn = (pod: JsonObject): unknown => JSON.parse(textAt(pod, '/spec/containers/0/args/3'));

describe('bench', () => {
  test('measures, writes a report, keeps the figures and leaves nothing else', async () => {
    const here = await running(benchLog());
    const to = out();
    const { exit, json, text } = await run(here, to);
    expect(exit).toBe(0);
    expect(json).toMatchObject({
      schema_version: 1,
      hub: 'one',
      volumes: [
        {
          name: 'home',
          class: 'standard',
          stat_ms: 0.2,
          create_ms: 2,
          fsync_ms: 6,
          read_mb_s: 200,
          write_mb_s: 100,
          flock: true,
        },
        { name: 'scratch', class: 'emptyDir', create_ms: 1 },
      ],
      oggm: expect.arrayContaining([
        expect.objectContaining({ volume: 'home', cold_s: 2.1, warm_s: 1.7 }),
      ]),
      readers: expect.arrayContaining([expect.objectContaining({ readers: 8, mb_s: 188 })]),
      recommendation: expect.stringMatching(/^workdir on scratch: 1\.9 times faster/u),
      compared: null,
    });
    expect(text).toContain('recommended: workdir on scratch: 1.9 times faster');
    expect(await readdir(join(to, 'one'))).toEqual(
      expect.arrayContaining(['bench.json', 'report.html', 'report.md']),
    );
    expect(JSON.parse(await readFile(join(to, 'one/bench.json'), 'utf8'))).toEqual(json);
    expect(left(here)).toEqual([]);
    expect(here.kube.peek('ConfigMap', 'glaciocloud-bench-last', 'one')).toBeDefined();
  });

  test('its pod is as a server of the hub is, and passes the baseline of Kubernetes', async () => {
    const pod = await podOf(await running(benchLog()));
    expect(at(pod, '/metadata/labels')).toEqual({ 'glaciocloud.org/throw-away': NAME });
    const spec = at(pod, '/spec');
    expect(isObject(spec) && podFault(spec)).toBe(undefined);
    expect(spec).toMatchObject({
      activeDeadlineSeconds: 1500,
      automountServiceAccountToken: false,
      tolerations: expect.arrayContaining([expect.objectContaining({ value: 'user' })]),
      securityContext: { fsGroup: 100 },
      containers: [
        {
          image: `registry.example.org/science@sha256:${'a'.repeat(64)}`,
          env: expect.arrayContaining([{ name: 'OGGM_WORKDIR', value: '/home/jovyan/oggm-work' }]),
          resources: { limits: { cpu: '2', memory: '4294967296' }, requests: { cpu: '500m' } },
          securityContext: { runAsUser: 1100, allowPrivilegeEscalation: false },
        },
      ],
      volumes: [
        { name: 'home', persistentVolumeClaim: { claimName: NAME } },
        { name: 'scratch', emptyDir: { sizeLimit: '2Gi' } },
        { name: 'code', configMap: { name: NAME } },
      ],
    });
    expect(orderIn(pod)).toMatchObject({
      volumes: [
        { name: 'home', path: '/home/jovyan', writable: true },
        { name: 'scratch', path: '/scratch', writable: true, room: 2 ** 31 },
      ],
      readers: null,
      view: null,
    });
  });

  test('its home is a claim of its own of the class of homes, and it speaks to nobody', async () => {
    const here = await running(benchLog());
    const made: JsonObject[] = [];
    const apply = here.kube.apply.bind(here.kube);
    here.kube.apply = async (objects, manager) => {
      made.push(...objects);
      return apply(objects, manager);
    };
    await run(here);
    expect(made.find(({ kind }) => kind === 'PersistentVolumeClaim')).toMatchObject({
      metadata: { name: NAME },
      spec: { storageClassName: 'standard', resources: { requests: { storage: '20Gi' } } },
    });
    expect(made.find(({ kind }) => kind === 'NetworkPolicy')).toMatchObject({
      spec: {
        podSelector: { matchLabels: { 'glaciocloud.org/throw-away': NAME } },
        policyTypes: ['Ingress', 'Egress'],
      },
    });
    const kinds = made.map(({ kind }) => kind);
    expect(kinds.indexOf('NetworkPolicy')).toBeLessThan(kinds.indexOf('Pod'));
  });

  test('a run that was killed is cleaned up by the next', async () => {
    const here = await running(benchLog());
    const labels = { 'glaciocloud.org/throw-away': NAME };
    const metadata = { name: NAME, namespace: 'one', labels };
    here.kube.add(
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata, spec: { old: 'yes' } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata },
      { apiVersion: 'v1', kind: 'Pod', metadata, status: { phase: 'Running' } },
    );
    expect((await run(here)).exit).toBe(0);
    expect(left(here)).toEqual([]);
  });

  test.each([
    [
      'it ends early',
      'Traceback\nMemoryError\n',
      'the measurement ended early: its log says “MemoryError”',
    ],
    ['it says nothing', '', 'the measurement ended early: its log does not say why'],
  ])('where %s, it is told and nothing is kept', async (_what, log, message) => {
    const here = await running(log);
    await expect(run(here)).rejects.toThrow(new Failure(`one: ${message}`, { hint: '' }));
    expect([left(here), here.kube.peek('ConfigMap', 'glaciocloud-bench-last', 'one')]).toEqual([
      [],
      undefined,
    ]);
  });

  test('where the cluster refuses half way, nothing stays', async () => {
    const here = await running(benchLog());
    here.outside.fail({ call: 'logs', error: new KubeFailure('refused', { hint: '' }) });
    await expect(run(here)).rejects.toThrow('refused');
    expect(left(here)).toEqual([]);
  });

  test('a hub that is not there, and one that was never healthy, are named', async () => {
    const here = await running(benchLog());
    await expect(run(here, out(), 'none')).rejects.toThrow('there is no hub "none"');
    const failed = new Bench();
    failed.health = { lines: [], code: 1 };
    await applyHub(failed.task('one'), failed.world);
    await expect(run(failed)).rejects.toThrow('one has no servers that could be measured');
    await expect(
      bench({ hubs: [], out: 'x' }, here.world, { progress: () => undefined }),
    ).rejects.toThrow(UsageError);
  });

  test('without the rights to take away what it makes, nothing is made', async () => {
    const here = await running(benchLog());
    here.kube.allowed = ({ verb, resource }) => verb !== 'delete' || resource !== 'networkpolicies';
    await expect(run(here)).rejects.toThrow(
      'one cannot be measured: these credentials may not delete networkpolicies',
    );
    expect(here.outside.made('apply').filter((call) => call.includes(NAME))).toEqual([]);
  });

  test('a folder that is not ours is refused before anything is made', async () => {
    const here = await running(benchLog());
    const to = out();
    await mkdir(join(to, 'one'), { recursive: true });
    await writeFile(join(to, 'one/thesis.md'), 'mine');
    await expect(run(here, to)).rejects.toThrow('has no .glaciocloud');
    expect(here.outside.made('apply').filter((call) => call.includes(NAME))).toEqual([]);
  });
});
