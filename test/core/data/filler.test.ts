import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { FILLER_CODE, fillerObjects } from '../../../src/core/data/job.ts';
import { dataWanted, orderText } from '../../../src/core/data/order.ts';
import { fillEnd } from '../../../src/core/data/report.ts';
import { doneOf } from '../../../src/core/data/words.ts';
import { clusterClaim, hubVolume } from '../../../src/core/data/volume.ts';
import { at } from '../../../src/core/json.ts';
import type { Json, JsonObject } from '../../../src/core/json.ts';
import { HUB, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const FILES = join(import.meta.dirname, '../../../charts/oggm-hub/files');
const CLUSTER = 'clusters/main.yaml';
const nc = { url: 'https://data.example.org/a/cru.nc?x=1', bytes: 5 };
const zip = { url: 'https://data.example.org/rgi62.zip', bytes: 7, unpack: 'RGIV62' };
const setOf = (name: string, files: readonly object[], more: object = {}): Written => ({
  [`data/${name}.yaml`]: { title: name, files: [nc.url], size: '1Gi', ...more },
  [`data/${name}.lock.yaml`]: { recipe: '1'.repeat(40), files },
});
const place = (data: object): Written => ({
  [CLUSTER]: { storage: { homes: { class: 'fast' }, data } },
});
const wanted = (changes: Written, data: object = { class: 'nfs', access: 'many' }) =>
  dataWanted(platformWith({ ...place(data), [HUB]: { data: ['cru'] }, ...changes }), 'main');

describe('an order', () => {
  const mirrors = { 'https://data.example.org/': ['https://mirror.example.org/d/'] };
  const both = { ...setOf('cru', [nc, zip], { mirrors }), ...setOf('other', [nc]) };

  test('is what the hubs of a cluster want, as the filler takes it', () => {
    const found = wanted(both);
    const view = at(found?.order, '/views/0/view');
    const text = found && orderText(found, 'fill', ['b'.repeat(40), 'a'.repeat(40)]);
    expect(JSON.parse(text ?? '')).toEqual({
      schema_version: 1,
      mode: 'fill',
      sets: [
        {
          set: 'cru',
          lock: expect.stringMatching(/^[0-9a-f]{64}$/u),
          files: [
            {
              path: 'data.example.org/a/cru.nc',
              urls: ['https://mirror.example.org/d/a/cru.nc?x=1', nc.url],
              bytes: 5,
              unpack: null,
            },
            {
              path: 'data.example.org/rgi62.zip',
              urls: ['https://mirror.example.org/d/rgi62.zip', zip.url],
              bytes: 7,
              unpack: 'RGIV62',
            },
          ],
        },
      ],
      views: [{ view, sets: ['cru'] }],
      keep: ['a'.repeat(40), 'b'.repeat(40)],
      parallel: 2,
    });
    expect(found?.size).toBe(2 ** 30);
  });

  test('is another where files, mirrors or the volume are, and not where a title is', () => {
    const digest = wanted(both)?.digest;
    expect(wanted({ ...both, ...setOf('cru', [nc], { mirrors }) })?.digest).not.toBe(digest);
    expect(wanted({ ...both, ...setOf('cru', [nc, zip]) })?.digest).not.toBe(digest);
    expect(wanted(both, { class: 'nfs', access: 'many', size: '9Gi' })?.digest).not.toBe(digest);
    const renamed = setOf('cru', [nc, zip], { mirrors, title: 'Another' });
    expect(wanted({ ...both, ...renamed })?.digest).toBe(digest);
  });

  test('there is none without a lock, a set or a place', () => {
    expect(wanted({ 'data/cru.yaml': { title: 'CRU', files: [nc.url], size: '1Gi' } })).toBe(
      undefined,
    );
    expect(wanted({ ...both, [HUB]: { data: [] } })).toBeUndefined();
    const nowhere = platformWith({ ...both, [HUB]: { data: ['cru'] } });
    expect(dataWanted(nowhere, 'main')).toBeUndefined();
  });
});

describe('a hub’s volume', () => {
  const bound = (source: JsonObject): JsonObject => ({
    metadata: { name: 'pvc-1' },
    spec: {
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteMany'],
      storageClassName: 'nfs',
      claimRef: { namespace: 'glaciocloud-system', name: 'oggm-data' },
      ...source,
    },
  });
  const nodeAffinity = { required: { nodeSelectorTerms: [] } };
  const csi = { driver: 'nfs.csi.k8s.io', volumeHandle: 'a#b', volumeAttributes: { share: '/' } };

  test.each<[string, JsonObject, JsonObject]>([
    [
      'NFS',
      { nfs: { server: 's', path: '/x' }, mountOptions: ['nfsvers=4.1'] },
      { nfs: { server: 's', path: '/x', readOnly: true }, mountOptions: ['nfsvers=4.1'] },
    ],
    ['CSI', { csi }, { csi }],
    [
      'a folder of a node',
      { hostPath: { path: '/opt/x', type: 'DirectoryOrCreate' }, nodeAffinity },
      { local: { path: '/opt/x' }, mountOptions: ['ro'], nodeAffinity },
    ],
    [
      'a folder of every node',
      { hostPath: { path: '/opt/x' } },
      { hostPath: { path: '/opt/x', type: 'Directory' } },
    ],
  ])('%s', (_what, source, expected) => {
    const found = hubVolume(bound(source), 'hub');
    const [volume, claim] = found.kind === 'volume' ? found.objects : [];
    expect(volume?.['spec']).toEqual({
      capacity: { storage: '5Gi' },
      accessModes: ['ReadWriteMany'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: '',
      volumeMode: 'Filesystem',
      claimRef: {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        namespace: 'hub',
        name: 'oggm-data',
      },
      ...expected,
    });
    expect(at(volume, '/metadata/name')).toBe('oggm-data-hub');
    expect(claim).toMatchObject({
      metadata: { name: 'oggm-data', namespace: 'hub' },
      spec: { volumeName: 'oggm-data-hub', storageClassName: '', accessModes: ['ReadWriteMany'] },
    });
  });

  test('of another kind there is none', () => {
    expect(hubVolume(bound({ awsElasticBlockStore: { volumeID: 'v' } }), 'hub')).toMatchObject({
      kind: 'refused',
      why: 'the volume pvc-1 is of a kind that cannot be shared with hubs',
    });
  });

  test('the cluster’s claim says how many nodes mount it', () => {
    const modes = (access: 'one' | 'many'): Json | undefined =>
      at(clusterClaim('system', { class: 'x', access }, 5), '/spec/accessModes');
    expect([modes('one'), modes('many')]).toEqual([['ReadWriteOnce'], ['ReadWriteMany']]);
  });
});

describe('the filler’s pod', () => {
  const nodes = { nodeSelector: { a: 'b' }, tolerations: [], affinity: {} };
  const [code, order, job] = fillerObjects({
    namespace: 'glaciocloud-system',
    name: 'oggm-data-fill-1',
    mode: 'fill',
    image: 'hub:1',
    nodes,
    code: { 'glaciocloud_data.py': 'x' },
    order: 'e30=',
    digest: 'd',
  });
  const pod = at(job, '/spec/template/spec');

  test('passes the restricted level of Kubernetes, and has no rights', () => {
    expect(pod).toMatchObject({
      automountServiceAccountToken: false,
      restartPolicy: 'Never',
      nodeSelector: { a: 'b' },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    for (const path of ['/containers/0', '/initContainers/0'])
      expect(at(pod, `${path}/securityContext`)).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });

  test('runs its code with its order', () => {
    expect(at(code, '/data')).toEqual({ 'glaciocloud_data.py': 'x' });
    expect(order).toMatchObject({
      data: { digest: 'd', job: 'oggm-data-fill-1' },
      binaryData: { 'order.json.gz': 'e30=' },
    });
    expect(at(pod, '/containers/0/command')).toContain('/order/order.json.gz');
    expect(at(pod, '/containers/0/image')).toBe('hub:1');
  });

  test('has every program of the filler, and they fit into a ConfigMap', () => {
    const there = readdirSync(FILES).filter((name) => /^(glaciocloud_)?data.*\.py$/u.test(name));
    expect([...FILLER_CODE].sort()).toEqual(there.sort());
    const bytes = there.map((name) => readFileSync(join(FILES, name)).length);
    expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(900_000);
  });
});

describe('how the filler ended', () => {
  const report = {
    event: 'report',
    schema_version: 1,
    sets: [
      {
        set: 'cru',
        state: 'ready',
        files: 1,
        bytes: 5,
        files_done: 1,
        bytes_done: 5,
        problems: [],
      },
    ],
    room: { free: 1, total: 2 },
    views: [],
  };

  test.each<[string, string, object]>([
    ['a report', `{"event":"progress"}\n${JSON.stringify(report)}\n`, { kind: 'report', report }],
    [
      'an error',
      '{"event":"error","cause":"full","cure":"enlarge"}',
      { kind: 'error', cause: 'full', cure: 'enlarge' },
    ],
    ['nothing', '', { kind: 'error', cause: 'the filler does not say why' }],
    [
      'a crash',
      'Traceback\nMemoryError',
      { kind: 'error', cause: 'the filler says “MemoryError”' },
    ],
    [
      'a report that is none',
      JSON.stringify({ ...report, sets: [{ set: 'cru' }] }),
      { kind: 'error', cause: expect.stringContaining('the filler says “{') },
    ],
  ])('%s', (_what, log, expected) => {
    expect(fillEnd(log)).toMatchObject(expected);
  });
});

test.each<[number, number, string]>([
  [0, 0, '0Mi'],
  [0, 5, '0 of 1Mi'],
  [3.9 * 2 ** 20, 14.1 * 2 ** 20, '3 of 15Mi'],
  [14 * 2 ** 20, 14 * 2 ** 20, '14Mi'],
  [2 ** 20, 12.33 * 2 ** 30, '0 of 12.4Gi'],
  [12.32 * 2 ** 30, 12.33 * 2 ** 30, '12.3 of 12.4Gi'],
])('%d of %d bytes are %s', (done, all, text) => {
  expect(doneOf(done, all)).toBe(text);
});
