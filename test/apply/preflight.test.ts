import { describe, expect, test } from '@jest/globals';
import { applyHub } from '../../src/apply/hub/hub.ts';
import {
  preflightAddress,
  preflightOutside,
  preflightCluster,
  preflightObjects,
  tellConflicts,
} from '../../src/apply/hub/preflight.ts';
import type { Prepared } from '../../src/apply/hub/prepare.ts';
import { Faulty } from '../../src/apply/types.ts';
import { at } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { Failure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';

const INGRESS: Edit = ['clusters/main.yaml', 'class: none', 'class: nginx, issuer: letsencrypt'];
const PREPARED: Prepared = { names: new Map(), values: {} };

async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof Faulty)) throw error;
      return [error.fault, error.message];
    },
  );
}

describe('a cluster', () => {
  test('that is as its file says is taken', async () => {
    const bench = new Bench();
    expect(await preflightCluster(bench.kube, bench.world.cluster)).toEqual([]);
  });

  test('is warned about where it differs in what can be lived with', async () => {
    const bench = new Bench();
    bench.kube.kubernetes = 'v1.36.0';
    expect(await preflightCluster(bench.kube, bench.world.cluster)).toEqual([
      'clusters/main.yaml says Kubernetes 1.35, and it is 1.36: plans are rendered for the wrong one',
    ]);
  });

  test('is refused with every reason at once, and nothing is written', async () => {
    const bench = new Bench(INGRESS);
    bench.kube.allowed = ({ resource }) => resource !== 'leases';
    await bench.kube.delete('storageclass', 'standard');
    bench.kube.add({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'traefik' },
    });
    await expect(preflightCluster(bench.kube, bench.world.cluster)).rejects.toMatchObject({
      message:
        'the cluster main is not ready: these credentials may not get/create/update leases; there is no storage class standard; there are: none; there is no ingress class nginx; there are: traefik',
      hint: 'correct clusters/main.yaml, or the cluster (`glaciocloud doctor` has the commands); nothing was changed',
    });
  });
});

describe('the name of a hub', () => {
  const entry: JsonObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'entry', namespace: 'default' },
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  };
  const ask = (bench: Bench): Promise<unknown> =>
    faultOf(preflightAddress(bench.task('one'), bench.world));

  test('that leads to the cluster is right', async () => {
    const bench = new Bench(INGRESS);
    bench.kube.add(entry);
    bench.addresses = { 'one.example.org': ['203.0.113.7'] };
    expect([await ask(bench), bench.said]).toEqual([undefined, []]);
  });

  test('that leads elsewhere is warned about', async () => {
    const bench = new Bench(INGRESS);
    bench.kube.add(entry);
    bench.addresses = { 'one.example.org': ['198.51.100.1'] };
    expect(await ask(bench)).toBeUndefined();
    expect(bench.said).toEqual([
      'one: ⚠ one.example.org leads to 198.51.100.1, and the entry of this cluster is 203.0.113.7: right only with a proxy in between',
    ]);
  });

  test('that leads nowhere is refused', async () => {
    const bench = new Bench(INGRESS);
    expect(await ask(bench)).toEqual([
      'infrastructure',
      'one.example.org does not resolve: make a DNS record that points to the entry of this cluster',
    ]);
  });

  test('is looked up with each further one', async () => {
    const further: Edit = [
      'environments/one.yaml',
      'cluster: main',
      'hosts: [old.example.org]\ncluster: main',
    ];
    const bench = new Bench(INGRESS, further);
    bench.kube.add(entry);
    bench.addresses = { 'one.example.org': ['203.0.113.7'] };
    expect(await ask(bench)).toEqual([
      'infrastructure',
      'old.example.org does not resolve: make a DNS record that points to 203.0.113.7',
    ]);
  });

  test('that cannot be looked up here is no fault of the change', async () => {
    const bench = new Bench(INGRESS);
    const unable = (error: Error): Promise<unknown> => {
      const internet = { ...bench.world.internet, resolve: () => Promise.reject(error) };
      return faultOf(preflightAddress(bench.task('one'), { ...bench.world, internet }));
    };
    const silent = new Failure('one.example.org cannot be looked up here', { hint: 'look' });
    expect(await unable(silent)).toEqual(['infrastructure', silent.message]);
    await expect(unable(new TypeError('ours'))).rejects.toThrow('ours');
  });

  test('does not matter to a cluster without an entry', async () => {
    expect(await ask(new Bench())).toBeUndefined();
  });
});

describe('what a hub needs outside of its chart', () => {
  const OF_OTHERS = ['environments/one.yaml', 'home: {size: 20Gi}', 'home: {claim: nfs}'] as const;
  const NO_CLAIM =
    'there is no claim nfs for homes in the namespace one: make it, and the namespace where it is not there yet';
  const ask = (bench: Bench): Promise<unknown> =>
    faultOf(preflightOutside(bench.task('one'), bench.world));

  test('is told at once', async () => {
    expect(await ask(new Bench(INGRESS, OF_OTHERS))).toEqual([
      'infrastructure',
      `one.example.org does not resolve: make a DNS record that points to the entry of this cluster; ${NO_CLAIM}`,
    ]);
  });

  test('is there', async () => {
    const bench = new Bench(OF_OTHERS);
    expect(await ask(bench)).toEqual(['infrastructure', NO_CLAIM]);
    bench.kube.add({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'nfs', namespace: 'one' },
      spec: { accessModes: ['ReadWriteMany'] },
    });
    expect(await ask(bench)).toBeUndefined();
    expect(await ask(new Bench())).toBeUndefined();
  });
});

describe('the objects of a hub', () => {
  const ask = (bench: Bench, prepared = PREPARED): Promise<JsonObject[]> =>
    preflightObjects(bench.task('one'), prepared, bench.world);
  const envOf = (objects: readonly JsonObject[]): unknown =>
    at(
      objects.find((one) => at(one, '/metadata/name') === 'hub' && one['kind'] === 'Deployment'),
      '/spec/template/spec/containers/0/env/0/valueFrom/secretKeyRef/name',
    );

  test('are those that Helm would apply', async () => {
    const objects = await ask(new Bench());
    expect(objects.map((one) => one['kind'])).toEqual([
      'ConfigMap',
      'ConfigMap',
      'Secret',
      'PersistentVolumeClaim',
      'Deployment',
      'Deployment',
    ]);
    expect(envOf(objects)).toBe('hub-secrets');
  });

  test('name the Secret that was made for this deployment', async () => {
    const objects = await ask(new Bench(), {
      names: new Map([['hub-secrets', 'hub-secrets-1']]),
      values: {},
    });
    expect(envOf(objects)).toBe('hub-secrets-1');
  });

  test('that break a rule are refused', async () => {
    const bench = new Bench();
    const render = bench.releases.render.bind(bench.releases);
    const releases = {
      ...bench.world.releases,
      render: async (request: Parameters<typeof render>[0]) =>
        (await render(request)).replace(
          'image: proxy:1',
          'image: proxy:1\n          securityContext: {privileged: true}',
        ),
    };
    const broken = preflightObjects(bench.task('one'), PREPARED, { ...bench.world, releases });
    expect(await faultOf(broken)).toEqual(['product', expect.stringMatching(/^pod: /u)]);
  });

  test.each([
    [
      'plain',
      'kind: ClusterRole\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: evil}\n',
    ],
    ['with its key in quotes', '"kind": ClusterRole\nmetadata: {name: evil}\n'],
    ['as JSON', '{"kind": "ClusterRole", "metadata": {"name": "evil"}}\n'],
    ['indented', '  kind: ClusterRole\n  metadata: {name: evil}\n'],
  ])('of a kind that no hub has are refused, however they are written: %s', async (_how, text) => {
    const bench = new Bench();
    const render = bench.releases.render.bind(bench.releases);
    const releases = {
      ...bench.world.releases,
      render: async (request: Parameters<typeof render>[0]) =>
        `# nothing\n---\n\n---\n${text}${await render(request)}`,
    };
    const broken = preflightObjects(bench.task('one'), PREPARED, { ...bench.world, releases });
    expect(await faultOf(broken)).toEqual([
      'product',
      'object-kind: ClusterRole evil: no hub has objects of this kind',
    ]);
  });

  test('that no node can take are refused', async () => {
    const bench = new Bench();
    bench.kube.setStatus('Node', 'node', undefined, { allocatable: { cpu: '8', memory: '128Mi' } });
    expect(await faultOf(ask(bench))).toEqual([
      'product',
      'hub asks for 0.3 GiB of memory, and the largest node has 0.1 GiB',
    ]);
  });

  test('are not held to servers where more nodes may come', async () => {
    const small = { allocatable: { cpu: '8', memory: '1Gi' } };
    const full = new Bench();
    full.kube.setStatus('Node', 'node', undefined, small);
    expect(await faultOf(ask(full))).toEqual([
      'product',
      expect.stringMatching(/^a server of size small asks for/u),
    ]);
    const growing = new Bench(['clusters/main.yaml', 'max: 1', 'max: 2']);
    growing.kube.setStatus('Node', 'node', undefined, small);
    expect(await faultOf(ask(growing))).toBeUndefined();
  });
});

describe('what others have changed', () => {
  async function conflicts(object: (image: string) => JsonObject, edit?: Edit): Promise<string[]> {
    const bench = new Bench();
    await applyHub(bench.task('one'), bench.world);
    bench.kube.serverSideApply(object('theirs:1'), 'kubectl-edit', true);
    if (edit) bench.change(edit);
    bench.said.length = 0;
    const objects = await preflightObjects(bench.task('one'), PREPARED, bench.world);
    await tellConflicts(bench.task('one'), objects, bench.world);
    return bench.said;
  }

  test('is named before it is overwritten: who, when and which field', async () => {
    const said = await conflicts((image) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'proxy', namespace: 'one' },
      spec: { template: { spec: { containers: [{ name: 'chp', image }] } } },
    }));
    expect(said).toEqual([
      'one: ⚠ Deployment proxy: what kubectl-edit changed at 2026-11-24T12:00:04.500Z is overwritten: /spec/template/spec/containers/chp/image',
    ]);
  });

  test('in a Secret is not told', async () => {
    const said = await conflicts(() => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hub', namespace: 'one' },
      stringData: { cookie: 'theirs' },
    }));
    expect(said).toEqual([]);
  });

  test('to what it is to be is no conflict', async () => {
    const said = await conflicts(() => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'proxy', namespace: 'one' },
      spec: { template: { spec: { containers: [{ name: 'chp', image: 'proxy:1' }] } } },
    }));
    expect(said).toEqual([]);
  });
});
