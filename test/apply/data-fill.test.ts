import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { startFiller } from '../../src/apply/data/fill.ts';
import type { FillTask } from '../../src/apply/data/fill.ts';
import { untilStarted } from '../../src/apply/data/watch.ts';
import { dataWanted } from '../../src/core/data/order.ts';
import { at, objectOf, textAt } from '../../src/core/json.ts';
import { Bench } from '../support/apply-bench.ts';
import { DATA, SYSTEM } from '../support/data-bench.ts';

/** One set of so many files, whose names have nothing in common. */
function taskOf(bench: Bench, count: number): FillTask {
  const { data, dataLocks } = bench.platform;
  const files = Array.from({ length: count }, (_, n) => ({
    url: `https://data.example.org/${createHash('sha256').update(`${n}`).digest('hex')}.tif`,
    bytes: 1,
  }));
  const [set, lock] = [data.get('cru'), dataLocks.get('cru')];
  if (!set || !lock) throw new Error('the platform has no such set');
  const locked = { ...lock, data: { ...lock.data, files } };
  const wanted = dataWanted({ ...bench.platform, dataLocks: new Map([['cru', locked]]) }, 'main');
  if (!wanted) throw new Error('nothing is wanted');
  const nodes = { nodeSelector: {}, tolerations: [], affinity: {} };
  return { wanted, mode: 'fill', keep: [], image: 'hub:1', nodes };
}

test('an order of many files fits into its ConfigMap', async () => {
  const bench = new Bench(...DATA);
  await startFiller(taskOf(bench, 20_000), bench.world);
  const order = bench.kube.peek('ConfigMap', 'oggm-data-order', SYSTEM);
  const packed = Buffer.from(textAt(order, '/binaryData/order.json.gz'), 'base64');
  const text = gunzipSync(packed).toString();
  expect(at(objectOf(text), '/sets/0/files')).toHaveLength(20_000);
  expect(text.length).toBeGreaterThan(4 * 2 ** 20);
  expect(packed.length).toBeLessThan(2 ** 20);
});

test('what is too much for one is refused before anything is changed, with the ways out', async () => {
  const bench = new Bench(...DATA);
  await expect(startFiller(taskOf(bench, 40_000), bench.world)).rejects.toThrow(
    /a ConfigMap holds 1000000; offer files as archives, or name fewer \(cru has 40000\)$/u,
  );
  expect(bench.outside.made('apply', 'deleteBy')).toEqual([]);
});

test.each([
  [true, 3],
  [undefined, 1],
])('a claim grows where its class lets it (%s)', async (allowVolumeExpansion, gigabytes) => {
  const bench = new Bench(...DATA);
  const storageClass = bench.world.cluster.data.storage.data?.class ?? '';
  await bench.kube.apply([
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: storageClass },
      provisioner: 'example.org/disk',
      ...(allowVolumeExpansion && { allowVolumeExpansion }),
    },
  ]);
  const task = taskOf(bench, 1);
  for (const size of [2 ** 30, 3 * 2 ** 30])
    await startFiller({ ...task, wanted: { ...task.wanted, size } }, bench.world);
  const claim = bench.kube.peek('PersistentVolumeClaim', 'oggm-data', SYSTEM);
  expect(at(claim, '/spec/resources/requests/storage')).toBe(`${gigabytes * 2 ** 30}`);
});

test('two runs that start it at once do it one after the other', async () => {
  const bench = new Bench(...DATA);
  const both = [
    startFiller(taskOf(bench, 1), bench.world),
    startFiller(taskOf(bench, 1), bench.world),
  ];
  const last = (await Promise.all(both)).at(-1);
  const jobs = await bench.kube.list('jobs', { namespace: SYSTEM });
  expect(jobs.map((job) => at(job, '/metadata/name'))).toEqual([last]);
  const order = bench.kube.peek('ConfigMap', 'oggm-data-order', SYSTEM);
  expect(at(order, '/data/job')).toBe(last);
  expect(bench.outside.made('deleteBy')).toHaveLength(2);
});

test('a job whose pods the cluster refuses says why', async () => {
  const bench = new Bench(...DATA);
  const quota =
    'pods "x" is forbidden: exceeded quota: small, requested: pods=1, used: 5, limited: 5';
  bench.kube.refusesJobs = `Error creating: ${quota}`;
  const job = await startFiller(taskOf(bench, 1), bench.world);
  await expect(untilStarted(job, bench.world)).rejects.toThrow(
    'input data: the cluster takes no pod: pod x: quota small of the namespace has no room: asked pods=1, used 5, limit 5',
  );
  expect(bench.clock.elapsed()).toBeLessThan(10_000);
});
