import { describe, expect, test } from '@jest/globals';
import { applyCluster, confirmIdentity, digestKey } from '../../src/apply/cluster.ts';
import { clusterObjects } from '../../src/core/cluster/objects.ts';
import { at } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';
import type { ClusterFile, Doc } from '../../src/core/model/types.ts';
import { Failure, KubeFailure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';
import { secretText, uidOf } from '../support/cluster.ts';

const OURS = uidOf(2);
const THEIRS = uidOf(9);
const SYSTEM = 'glaciocloud-system';
const RECORD = 'glaciocloud-cluster';

const found = (bench: Bench): string => {
  const uid = at(bench.kube.peek('Namespace', 'kube-system'), '/metadata/uid');
  return typeof uid === 'string' ? uid : '';
};
const clusterOf = (bench: Bench, identity: string | null = null): Doc<ClusterFile> => {
  const { cluster } = bench.world;
  return { ...cluster, data: { ...cluster.data, identity } };
};
/** Some earlier run has written down whose cluster this is. */
const recorded = (bench: Bench, data: Record<string, string>): void =>
  bench.kube.add({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: RECORD, namespace: SYSTEM },
    data,
  });

describe('the identity of a cluster', () => {
  const HINT = 'look at the kubeconfig, or at clusters/main.yaml';

  test.each<[string, string | null, string | undefined, string | undefined]>([
    ['is taken as it is at first contact', null, undefined, undefined],
    ['is that of its file', OURS, undefined, undefined],
    ['is that of the public record', null, OURS, undefined],
    ['is that of its file, whatever the record says', OURS, THEIRS, undefined],
    [
      'is not another than that of its file',
      THEIRS,
      OURS,
      `this is not the cluster main: its identity is ${OURS}, and ${THEIRS} is recorded`,
    ],
    [
      'is not another than that of the record',
      null,
      THEIRS,
      `this is not the cluster main: its identity is ${OURS}, and ${THEIRS} is recorded`,
    ],
  ])('%s', async (_what, identity, known, wrong) => {
    const bench = new Bench();
    expect(found(bench)).toBe(OURS);
    const asked = confirmIdentity(bench.kube, clusterOf(bench, identity), known);
    if (wrong === undefined) expect(await asked).toBe(OURS);
    else await expect(asked).rejects.toMatchObject({ message: wrong, hint: HINT, exit: 1 });
  });

  test('is the one under whose name it is known in the cluster', async () => {
    const bench = new Bench();
    recorded(bench, { cluster: 'main' });
    expect(await confirmIdentity(bench.kube, clusterOf(bench), undefined)).toBe(OURS);
    const other = new Bench();
    recorded(other, { cluster: 'somebody-else' });
    await expect(confirmIdentity(other.kube, clusterOf(other), undefined)).rejects.toMatchObject({
      message: 'this is not the cluster main: it is known as somebody-else',
      hint: 'if it is the same cluster, its file is clusters/somebody-else.yaml; if the platform that named it so is gone, kubectl delete configmap glaciocloud-cluster --namespace glaciocloud-system takes the name back',
    });
  });

  test('is not taken as it is where the cluster has forgotten its name', async () => {
    const bench = new Bench();
    recorded(bench, { objects: '[]' });
    await expect(confirmIdentity(bench.kube, clusterOf(bench), undefined)).rejects.toMatchObject({
      message:
        'the cluster does not say whose it is: glaciocloud-system/glaciocloud-cluster has no `cluster`',
      hint: `if it is the right one, write \`identity: ${OURS}\` into clusters/main.yaml`,
    });
    expect(await confirmIdentity(bench.kube, clusterOf(bench, OURS), undefined)).toBe(OURS);
    expect(await confirmIdentity(bench.kube, clusterOf(bench), OURS)).toBe(OURS);
  });

  test('must be had at all', async () => {
    const bench = new Bench();
    await bench.kube.delete('namespace', 'kube-system');
    await expect(confirmIdentity(bench.kube, clusterOf(bench), undefined)).rejects.toMatchObject({
      message: 'the cluster does not say who it is',
      hint: 'look at the kubeconfig',
    });
  });

  test('is asked for without writing anything', async () => {
    const bench = new Bench();
    await confirmIdentity(bench.kube, clusterOf(bench), undefined);
    expect(bench.outside.calls.every((call) => call.startsWith('get: '))).toBe(true);
  });
});

describe('what the hubs of a cluster share', () => {
  test('is applied once, and written down', async () => {
    const bench = new Bench();
    const apply = (): Promise<boolean> => applyCluster(bench.kube, clusterOf(bench), OURS);
    expect(await apply()).toBe(true);
    expect(bench.kube.peek('PriorityClass', 'glaciocloud-placeholder')).toMatchObject({
      value: -10,
    });
    expect(at(bench.kube.peek('ConfigMap', RECORD, SYSTEM), '/data')).toEqual({
      cluster: 'main',
      identity: OURS,
      objects: JSON.stringify(clusterObjects()),
    });
    bench.outside.calls.length = 0;
    expect(await apply()).toBe(false);
    expect(bench.outside.made('apply')).toEqual([]);
  });

  test('is applied again where it differs', async () => {
    const bench = new Bench();
    recorded(bench, { objects: '[]' });
    expect(await applyCluster(bench.kube, clusterOf(bench), OURS)).toBe(true);
  });

  test('is written down last: what a killed run has not applied is applied by the next', async () => {
    const bench = new Bench();
    await applyCluster(bench.kube, clusterOf(bench), OURS);
    expect(bench.outside.made('apply').at(-1)).toBe(`apply: ConfigMap ${SYSTEM}/${RECORD}`);
  });
});

describe('the key of digests', () => {
  const kept = (bench: Bench): Json | undefined =>
    secretText(bench.kube.peek('Secret', 'glaciocloud-digest-key', SYSTEM), 'key');

  test('is made once, by chance, and cannot be changed', async () => {
    const bench = new Bench();
    await applyCluster(bench.kube, clusterOf(bench), OURS);
    const key = await digestKey(bench.world);
    expect(kept(bench)).toBe(`${'f'.repeat(63)}1`);
    expect([key, await digestKey(bench.world)]).toEqual(
      Array.from({ length: 2 }, () => Buffer.from(`${'f'.repeat(63)}1`).toString('base64')),
    );
    expect(bench.kube.peek('Secret', 'glaciocloud-digest-key', SYSTEM)).toMatchObject({
      immutable: true,
    });
  });

  test('is that of the run that was faster', async () => {
    const bench = new Bench();
    const conflict = new KubeFailure('exists', { hint: '', conflict: true });
    bench.outside.fail({ call: 'create', when: 'after', error: conflict });
    expect(await digestKey(bench.world)).not.toBe('');
  });

  test('is not empty where the Secret holds none', async () => {
    const bench = new Bench();
    bench.kube.add({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'glaciocloud-digest-key', namespace: SYSTEM },
    });
    await expect(digestKey(bench.world)).rejects.toMatchObject({
      fault: 'infrastructure',
      message:
        'the Secret glaciocloud-digest-key has no key; delete it: ' +
        'kubectl delete secret glaciocloud-digest-key --namespace glaciocloud-system',
    });
  });

  test('is not done without where it cannot be made', async () => {
    const bench = new Bench();
    bench.outside.fail({ call: 'create', error: new KubeFailure('forbidden', { hint: '' }) });
    await expect(digestKey(bench.world)).rejects.toThrow(Failure);
  });
});
