import { describe, expect, test } from '@jest/globals';
import { removeHub } from '../../src/apply/removal/remove.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import { at, objectOf } from '../../src/core/json.ts';
import type { Removal } from '../../src/core/model/types.ts';
import { BucketFailure, KubeFailure } from '../../src/failure.ts';
import {
  ARCHIVE,
  ArchiveBench,
  DATABASE,
  HOMES,
  KEEP,
  MANIFEST,
  UNIT,
  claimed,
  counted,
  home,
  tarOf,
} from '../support/archive-bench.ts';
import type { Sent } from '../support/archive-bench.ts';
import { Killed } from '../support/outside.ts';

const USER = { name: 'jovyan', uid: 1100, gid: 100 };
const LEFT =
  'Left for you: its DNS name, its OAuth application, its GitHub environment if no other hub uses it, its entry in removals:';
const WRITES = ['apply', 'create', 'scale', 'delete', 'deleteBy', 'uninstall', 'writeText', 'send'];

const remove = (bench: ArchiveBench, removal: Removal): Promise<UnitResult> =>
  removeHub({ unit: UNIT, removal, user: USER }, bench.world);
const ended = ({ outcome, code, reason }: UnitResult): unknown => [outcome, code, reason];
/** What was written, but for Leases. */
const writes = (bench: ArchiveBench): string[] =>
  bench.outside
    .made(...WRITES)
    .filter((call) => !call.includes('Lease'))
    .map((call) => call.replace(/archive-\d+/u, 'archive-N'));
const archiving = (bench: ArchiveBench): string[] =>
  bench.kube.names('Pod').filter((name) => name.includes('glaciocloud'));
const manifest = (bench: ArchiveBench): unknown =>
  objectOf(bench.store.kept.get(MANIFEST)?.toString('utf8') ?? '');

describe('a removal', () => {
  test('tells whose computations it ends, as counts', async () => {
    const bench = await ArchiveBench.make([
      'environments/one.yaml',
      'idle: 1h',
      'idle: 1h, keepBusy: {max: 1d}',
    ]);
    bench.kube.scripts = (request) => {
      request.onLine('{"computing": {"v": 1, "computing": 2, "longest": null, "over": 0}}');
      return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    };
    expect((await remove(bench, KEEP)).outcome).toBe('done');
    expect(bench.said).toContain('one: 2 servers compute; this ends now');
  });

  test('that keeps everything takes hub and servers away, and what belongs to nobody', async () => {
    const bench = await ArchiveBench.make();
    const result = await remove(bench, KEEP);
    expect(result).toEqual({
      id: 'one',
      unit: UNIT,
      kind: 'remove',
      outcome: 'done',
      code: 'removed',
      reason: `removed; 1 volumes are deleted and 3 are kept in the namespace one. ${LEFT}`,
      seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 },
      health: [],
    });
    expect(writes(bench)).toEqual([
      'apply: ConfigMap one/glaciocloud-release',
      'deleteBy: namespaces glaciocloud.org/probe=one one',
      'scale: hub 0 one',
      'delete: pod jupyter-ada one',
      'deleteBy: pods glaciocloud.org/throw-away one',
      'uninstall: one',
      'delete: persistentvolumeclaim claim-machine one',
      'deleteBy: persistentvolumeclaims,networkpolicies glaciocloud.org/throw-away one',
      'delete: configmap glaciocloud-bench-last one',
      'delete: configmap glaciocloud-release one',
    ]);
    expect(bench.claims).toEqual([...HOMES, DATABASE].sort());
    expect(bench.state('one')).toBeUndefined();
    expect(bench.said).toEqual(['one: stopping hub and servers; homes and database: kept']);
  });

  test('takes what a killed measurement of its volumes has left, and counts it as nobody’s', async () => {
    const bench = await ArchiveBench.make();
    const labels = { 'glaciocloud.org/throw-away': 'glaciocloud-bench' };
    const metadata = { name: 'glaciocloud-bench', namespace: 'one', labels };
    bench.kube.add(
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata },
      { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata },
    );
    expect((await remove(bench, KEEP)).reason).toContain('3 are kept in the namespace one');
    expect(bench.claims).toEqual([...HOMES, DATABASE].sort());
    expect(bench.kube.names('NetworkPolicy')).not.toContain('NetworkPolicy one/glaciocloud-bench');
  });

  test('takes the hub’s view of input data away, the claim last: it is what says that there is one', async () => {
    const bench = await ArchiveBench.make();
    bench.kube.add(
      { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'oggm-data-one' } },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'oggm-data', namespace: 'one' },
      },
    );
    await remove(bench, KEEP);
    expect(writes(bench).filter((one) => one.includes('oggm-data'))).toEqual([
      'delete: persistentvolume oggm-data-one ',
      'delete: persistentvolumeclaim oggm-data one',
    ]);
    expect(bench.kube.names('PersistentVolume')).toEqual([]);
  });

  test('that deletes needs the number of homes', async () => {
    const bench = await ArchiveBench.make();
    const removal: Removal = { ...KEEP, homes: 'delete', database: 'delete', count: 2 };
    expect(ended(await remove(bench, removal))).toEqual([
      'done',
      'removed',
      `removed; 4 volumes are deleted and 0 are kept in the namespace one. ${LEFT}`,
    ]);
    expect(bench.claims).toEqual([]);
  });

  test.each<[number | undefined, string]>([
    [3, '2 people have homes in this hub, and removals: says "count: 3"; nothing was touched'],
    [1, '2 people have homes in this hub, and removals: says "count: 1"; nothing was touched'],
    [
      undefined,
      '2 people have homes in this hub, and removals: says "count: 0"; nothing was touched',
    ],
  ])('with the count %s touches nothing', async (count, reason) => {
    const bench = await ArchiveBench.make();
    const removal: Removal = { ...KEEP, homes: 'delete', ...(count ? { count } : {}) };
    expect(ended(await remove(bench, removal))).toEqual(['blocked', 'miscounted', reason]);
    expect(writes(bench)).toEqual([]);
  });

  test('touches nothing where the state cannot be read', async () => {
    const bench = await ArchiveBench.make();
    bench.kube.serverSideApply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'glaciocloud-release', namespace: 'one' },
        data: { 'state.json': '{"v": 2}' },
      },
      'somebody',
      true,
    );
    expect(ended(await remove(bench, { ...KEEP, homes: 'delete', count: 2 }))).toEqual([
      'blocked',
      'state-unreadable',
      'its state cannot be read: it is of format 2, which this version of glaciocloud does not ' +
        'know; use the version that deployed it last',
    ]);
    expect(writes(bench)).toEqual([]);
  });

  test('does not count homes that are going already', async () => {
    const bench = await ArchiveBench.make();
    const [ada] = bench.kube
      .objectsIn('PersistentVolumeClaim', 'one')
      .filter((one) => JSON.stringify(one).includes('claim-ada'));
    const metadata = { ...(ada?.['metadata'] as object), deletionTimestamp: 'now' };
    bench.kube.add({ ...ada, metadata });
    const removal: Removal = { ...KEEP, homes: 'delete', count: 2 };
    const { reason } = await remove(bench, removal);
    expect(reason).toBe(
      '1 person has a home in this hub, and removals: says "count: 2"; nothing was touched',
    );
  });

  test('that another run has finished is done', async () => {
    const bench = await ArchiveBench.make();
    await remove(bench, KEEP);
    expect(ended(await remove(bench, KEEP))).toEqual([
      'done',
      'removed-by-another',
      'another run has removed it',
    ]);
  });

  test('that another run works on is left to it', async () => {
    const bench = await ArchiveBench.make();
    const hold = (): void =>
      bench.kube.add({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'hub-one', namespace: 'glaciocloud-system' },
        spec: { holderIdentity: 'other', renewTime: bench.clock.now().toISOString() },
      });
    hold();
    bench.clock.after(500, hold);
    expect(ended(await remove(bench, KEEP))).toEqual([
      'blocked',
      'lease-held',
      'another deployment holds hub-one (other); wait for it; what it leaves is caught up by the next run',
    ]);
    expect(writes(bench)).toEqual([]);
    expect(bench.said).toEqual(['one: ✗ another deployment holds hub-one (other)']);
  });

  test('that the cluster refuses fails, and says what to do', async () => {
    const bench = await ArchiveBench.make();
    const error = new KubeFailure('forbidden', { hint: 'ask somebody' });
    bench.outside.fail({ call: 'scale', error });
    expect(ended(await remove(bench, KEEP))).toEqual([
      'failed',
      'refused',
      'forbidden; ask somebody',
    ]);
    expect(bench.state('one')).toMatchObject({ removing: { homes: 2 } });
  });
});

describe('an archive', () => {
  test('holds every home and the database, whole, before anything is deleted', async () => {
    const bench = await ArchiveBench.make();
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'done',
      'removed',
      `removed; 3 volumes are archived in s3://archive/hubs/one/, 4 volumes are deleted and 0 are kept in the namespace one. ${LEFT}`,
    ]);
    expect([...bench.store.kept.keys()].sort()).toEqual([
      'hubs/one/database.tar.gz',
      'hubs/one/homes/claim-ada.tar.gz',
      'hubs/one/homes/claim-bo.tar.gz',
      MANIFEST,
    ]);
    expect(bench.store.kept.get('hubs/one/homes/claim-bo.tar.gz')).toEqual(tarOf('claim-bo'));
    expect(manifest(bench)).toEqual({
      v: 1,
      hub: 'one',
      cluster: 'main',
      removal: expect.stringMatching(/^\d+-uuid$/u),
      complete: expect.stringMatching(/^2026-11-24T12:00:/u),
      objects: expect.arrayContaining(
        [...HOMES, DATABASE].map((claim) =>
          expect.objectContaining({ claim, ...counted(tarOf(claim)) }),
        ),
      ),
    });
    const made = writes(bench);
    const complete = made.lastIndexOf(`writeText: archive ${MANIFEST}`);
    const gone = made.findIndex((call) => /uninstall|persistentvolumeclaim/u.test(call));
    expect(made.filter((call) => call.startsWith('send: '))).toHaveLength(3);
    expect(complete).toBeGreaterThan(made.findLastIndex((call) => call.startsWith('send: ')));
    expect(gone).toBeGreaterThan(complete);
    expect([bench.store.opened, bench.killed]).toEqual([0, 3]);
    expect(archiving(bench)).toEqual([]);
    expect(bench.saidOf(/read back: 3 of 3, 0\.0 MB, 1 files$/u)).toHaveLength(1);
  });

  test('of homes alone leaves the database where it is', async () => {
    const bench = await ArchiveBench.make();
    await remove(bench, { ...ARCHIVE, database: 'keep' });
    expect(bench.claims).toEqual([DATABASE]);
    expect(bench.store.kept.has('hubs/one/database.tar.gz')).toBe(false);
  });

  test('of the database alone leaves homes where they are', async () => {
    const bench = await ArchiveBench.make();
    await remove(bench, { ...ARCHIVE, homes: 'keep' });
    expect(bench.claims).toEqual(HOMES);
    expect([...bench.store.kept.keys()].sort()).toEqual(['hubs/one/database.tar.gz', MANIFEST]);
  });

  const whole = tarOf('claim-bo');
  const flipped = Buffer.from(whole.map((byte, index) => (index === 40 ? byte ^ 1 : byte)));
  const count = (more: object): string => JSON.stringify({ ...counted(whole), ...more });

  test.each<[string, Sent, RegExp]>([
    [
      'breaks off',
      { content: whole.subarray(0, 50) },
      /^the line to the pod broke after 0\.0 MB: /u,
    ],
    [
      'says no count',
      { stderr: 'Killed' },
      /^the line to the pod broke after 0\.0 MB: kubectl says “said before Killed”$/u,
    ],
    ['ends with a code', { code: 137 }, /^the line to the pod broke/u],
    ['counts otherwise', { stderr: count({ bytes: 1 }) }, /^the line to the pod broke/u],
    [
      'cannot read one file',
      { stderr: '{"unreadable": 1, "why": "Permission denied"}', code: 3 },
      /^1 file cannot be read: Permission denied$/u,
    ],
    [
      'cannot read files',
      { stderr: '{"unreadable": 2, "why": "Permission denied"}', code: 3 },
      /^2 files cannot be read: Permission denied$/u,
    ],
    ['has another hash', { stderr: count({ sha256: 'x' }) }, /has another SHA-256/u],
    ['has more files', { stderr: count({ files: 2 }) }, /^1 files came back, and 2 were sent$/u],
  ])('of a volume whose pod %s is none, and nothing is deleted', async (_what, sent, why) => {
    const bench = await ArchiveBench.make();
    bench.sent = { 'claim-bo': sent };
    const { outcome, code, reason } = await remove(bench, ARCHIVE);
    const begin =
      /^1 of 3 volumes cannot be archived, so nothing is deleted: the home pvc-[0-9-]+: /u;
    expect([outcome, code]).toEqual(['failed', 'infrastructure']);
    expect(reason).toMatch(begin);
    expect(reason.replace(begin, '')).toMatch(why);
    expect(bench.claims).toHaveLength(4);
    expect(bench.releases.kept('one', 'one')).toHaveLength(1);
    expect(manifest(bench)).toMatchObject({ complete: null, objects: [{}, {}] });
    expect([bench.store.opened, archiving(bench)]).toEqual([0, []]);
  });

  test.each<[string, (content: Buffer) => Buffer, RegExp]>([
    ['another byte', () => flipped, /cannot be read back|another SHA-256/u],
    ['fewer bytes', (content) => content.subarray(0, -8), /cannot be read back|bytes came back/u],
    ['nothing', () => Buffer.alloc(0), /cannot be read back/u],
  ])('that is damaged on its way into the bucket (%s) is none', async (_what, damage, why) => {
    const bench = await ArchiveBench.make();
    bench.store.onTheWay = (key, content) => (key.includes('claim-bo') ? damage(content) : content);
    const { code, reason } = await remove(bench, ARCHIVE);
    expect(code).toBe('infrastructure');
    expect(reason).toMatch(why);
    expect(bench.claims).toHaveLength(4);
    // The next run sends that one again, and no other.
    bench.store.onTheWay = (_key, content) => content;
    bench.outside.calls.length = 0;
    bench.said.length = 0;
    expect((await remove(bench, ARCHIVE)).code).toBe('removed');
    expect(bench.outside.made('send')).toEqual(['send: archive hubs/one/homes/claim-bo.tar.gz']);
    expect(bench.said).toContain('one: 2 of 3 volumes are archived already');
  });

  test('that somebody has touched since is not relied on', async () => {
    const bench = await ArchiveBench.make();
    bench.sent = { 'claim-bo': { code: 1 } };
    await remove(bench, ARCHIVE);
    bench.sent = {};
    bench.store.kept.set('hubs/one/homes/claim-ada.tar.gz', Buffer.from('else'));
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'failed',
      'infrastructure',
      's3://archive/hubs/one/homes/claim-ada.tar.gz is not there any more as it was; nothing is deleted',
    ]);
    expect(bench.claims).toHaveLength(4);
  });

  test.each<[string, string, string]>([
    ['of others', '{"v": 2}', 'holds a manifest.json that is not ours'],
    [
      'of an earlier hub',
      '{"v": 1, "hub": "one", "cluster": "main", "removal": "other", "complete": "2025-01-01T00:00:00Z", "objects": []}',
      'holds the archive of an earlier hub of this name, of 2025-01-01T00:00:00Z',
    ],
  ])('does not go where one lies %s', async (_what, text, why) => {
    const bench = await ArchiveBench.make();
    bench.store.kept.set(MANIFEST, Buffer.from(text));
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'blocked',
      'archive-refused',
      `s3://archive/hubs/one/ ${why}; write another bucket or prefix: what lies there stays; nothing was touched`,
    ]);
    expect(writes(bench)).toEqual([]);
    expect(bench.store.opened).toBe(0);
  });

  test('goes over one that was never finished', async () => {
    const bench = await ArchiveBench.make();
    bench.store.kept.set(
      MANIFEST,
      Buffer.from(
        '{"v": 1, "hub": "one", "cluster": "main", "removal": "other", "complete": null, "objects": []}',
      ),
    );
    expect((await remove(bench, ARCHIVE)).code).toBe('removed');
  });

  test('does not begin in a bucket that gives back something else, and says so before and after it began', async () => {
    const bench = await ArchiveBench.make();
    bench.store.onTheWay = (_key, content) => Buffer.concat([content, Buffer.from(' ')]);
    const reason =
      's3://archive/hubs/one/manifest.json is not what was written; look at the bucket; the next run goes on from here; nothing was touched';
    expect(ended(await remove(bench, ARCHIVE))).toEqual(['blocked', 'archive-refused', reason]);
    bench.store.onTheWay = (_key, content) => content;
    bench.sent = { 'claim-bo': { code: 1 } };
    await remove(bench, ARCHIVE);
    bench.outside.fail({ call: 'readText', error: new BucketFailure('refused', { hint: 'ask' }) });
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'blocked',
      'archive-refused',
      'refused; ask; nothing is deleted',
    ]);
  });

  test('of a hub whose database is elsewhere is refused', async () => {
    const bench = await ArchiveBench.make();
    await bench.kube.delete('persistentvolumeclaim', DATABASE, 'one');
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'failed',
      'product',
      'this hub has no volume with a database that could be archived; nothing is deleted',
    ]);
  });

  test('of a hub without a Deployment has no image to read with', async () => {
    const bench = await ArchiveBench.make();
    await bench.kube.delete('deployment', 'hub', 'one');
    expect(ended(await remove(bench, ARCHIVE))).toEqual([
      'failed',
      'infrastructure',
      'the hub’s Deployment is gone, so there is no image to read its volumes with; nothing is deleted',
    ]);
  });

  const busy = (phase: string): object => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'dask-worker', namespace: 'one' },
    spec: { volumes: [claimed('claim-bo')] },
    status: { phase },
  });

  test('waits until nobody writes to a volume, and not for ever', async () => {
    const bench = await ArchiveBench.make();
    bench.kube.add({ ...busy('Running') });
    bench.clock.after(60_000, () =>
      bench.kube.setStatus('Pod', 'dask-worker', 'one', { phase: 'Succeeded' }),
    );
    expect((await remove(bench, ARCHIVE)).code).toBe('removed');
    const other = await ArchiveBench.make();
    other.kube.add({ ...busy('Running') });
    expect(ended(await remove(other, ARCHIVE))).toEqual([
      'failed',
      'infrastructure',
      'the pod dask-worker does not stop, so that its volume cannot be archived; nothing is deleted',
    ]);
    expect(other.clock.elapsed()).toBeGreaterThanOrEqual(93_500);
    expect(other.clock.elapsed()).toBeLessThan(95_000);
  });

  test('says how far it is from the second on at which people begin to wonder', async () => {
    const bench = await ArchiveBench.make();
    bench.sent = { 'claim-bo': { afterMs: 33_000 } };
    await remove(bench, ARCHIVE);
    expect(bench.saidOf(/so far$/u)).toHaveLength(3); // after 2, 17 and 32 seconds
    expect(bench.saidOf(/archiving the home pvc-[0-9-]+: 0\.0 MB so far$/u)).toHaveLength(3);
    expect(bench.clock.waiting).toBe(0);
  });
});

test('an archive that is read back slowly says how far it is', async () => {
  const bench = await ArchiveBench.make();
  bench.store.readMs = 3000;
  await remove(bench, ARCHIVE);
  expect(bench.saidOf(/reading the database back: 0\.0 MB of 0\.0 MB$/u)).toHaveLength(1);
  expect(bench.clock.waiting).toBe(0);
});

test('of many volumes that cannot be archived, three are named', async () => {
  const bench = await ArchiveBench.make();
  const claims = [...HOMES, 'claim-cy', 'claim-di'];
  bench.kube.add(home('claim-cy', 'cy'), home('claim-di', 'di'));
  bench.sent = Object.fromEntries(claims.map((claim) => [claim, { code: 1 }]));
  const { reason } = await remove(bench, ARCHIVE);
  expect(reason).toMatch(/^4 of 5 volumes cannot be archived, so nothing is deleted: /u);
  expect(reason.match(/the home pvc-/gu)).toHaveLength(3);
});

describe('a removal that has lost its Lease', () => {
  test('writes nothing into the manifest, and deletes nothing', async () => {
    const bench = await ArchiveBench.make();
    bench.store.readMs = 40_000;
    const taken = (): void =>
      bench.kube.add({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'hub-one', namespace: 'glaciocloud-system' },
        spec: { holderIdentity: 'other', renewTime: bench.clock.now().toISOString() },
      });
    bench.clock.after(5000, taken);
    expect((await remove(bench, ARCHIVE)).outcome).toBe('failed');
    expect(manifest(bench)).toMatchObject({ complete: null, objects: [] });
    expect(bench.claims).toHaveLength(4);
    expect(bench.outside.made('uninstall')).toEqual([]);
  });

  test('does not call an archive complete that it has no right to any more', async () => {
    const bench = await ArchiveBench.make();
    bench.store.onTheWay = (key, content) => {
      if (key !== MANIFEST || !content.includes('"claim": "hub-db-dir"')) return content;
      bench.outside.fail({
        call: 'replace',
        times: 99,
        error: new KubeFailure('down', { hint: '' }),
      });
      return content;
    };
    bench.store.sizeMs = 40_000;
    const result = await remove(bench, ARCHIVE);
    expect([result.outcome, result.code]).toEqual(['blocked', 'lease-lost']);
    expect(manifest(bench)).toMatchObject({ complete: null, objects: [{}, {}, {}] });
    expect(bench.claims).toHaveLength(4);
  });
});

describe('a removal that is killed', () => {
  test.each(['before', 'after'] as const)(
    '%s any of its calls has lost nothing, and the next run finishes it',
    async (when) => {
      for (let call = 1; ; call += 1) {
        const bench = await ArchiveBench.make();
        bench.outside.killAt(call, when);
        const killed = await remove(bench, ARCHIVE).then(
          () => false,
          (error: unknown) => error instanceof Killed,
        );
        if (!killed) {
          expect(call).toBeGreaterThan(40);
          break;
        }
        const kept = manifest(bench) as { complete: string | null } | undefined;
        if (kept?.complete == null) expect([call, bench.claims.length]).toEqual([call, 4]);
        bench.outside.revive();
        expect([call, (await remove(bench, ARCHIVE)).outcome]).toEqual([call, 'done']);
        expect(bench.claims).toEqual([]);
        expect(manifest(bench)).toMatchObject({
          complete: expect.stringMatching(/^2026/u),
          objects: [{}, {}, {}],
        });
        expect(bench.state('one')).toBeUndefined();
      }
    },
  );
});

test('homes are read where servers could be: on nodes that these tolerate', async () => {
  const bench = await ArchiveBench.make();
  const spot = { key: 'spot', operator: 'Exists' };
  const state = bench.state('one');
  if (!state?.healthy) throw new Error('the hub does not run');
  const { release } = state.healthy;
  const jupyterhub = { hub: { config: { KubeSpawner: { tolerations: [spot] } } } };
  const ran = { ...release, values: { ...release.values, jupyterhub } };
  bench.setState('one', { ...state, healthy: { ...state.healthy, release: ran } });
  const tolerated: unknown[] = [];
  const { streams } = bench.kube;
  bench.kube.streams = (pod, script, args) => {
    const spec = bench.kube
      .objectsIn('Pod', 'one')
      .find((one) => at(one, '/metadata/name') === pod);
    tolerated.push(at(spec, '/spec/tolerations'));
    return streams(pod, script, args);
  };
  expect((await remove(bench, { ...ARCHIVE, database: 'keep' })).outcome).toBe('done');
  expect(tolerated).toEqual([[spot], [spot]]);
});
