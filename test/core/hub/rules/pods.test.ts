import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../../src/core/json.ts';
import { FAULTS, SOUND } from '../../../support/pods.ts';
import { saidOfHub } from '../../../support/written.ts';

const values = { values: { hub: { labels: { a: 'b' } } } };
const inObjects = (id: string, object: JsonObject, keys: object = {}) =>
  saidOfHub(id, { ...values, ...keys }, { objects: [object] });
const named = (kind: string, rest: JsonObject): JsonObject => ({
  kind,
  metadata: { name: 'thing' },
  ...rest,
});

describe('pod', () => {
  test.each(FAULTS)('%j', (spec, said) => {
    expect(inObjects('pod', named('Pod', { spec }))).toEqual([
      ['values:', `Pod thing: ${said}`, 'find it below values: and remove it'],
    ]);
  });

  test.each(SOUND)('%j is right', (spec) => {
    expect(inObjects('pod', named('Pod', { spec }))).toEqual([]);
  });

  test.each([
    ['Deployment', { template: { spec: { hostPID: true } } }],
    ['Job', { template: { spec: { hostPID: true } } }],
    ['CronJob', { jobTemplate: { spec: { template: { spec: { hostPID: true } } } } }],
  ])('the pods of a %s', (kind, spec) => {
    expect(inObjects('pod', named(kind, { spec }))).toEqual([
      ['values:', `${kind} thing: hostPID opens the node`, 'find it below values: and remove it'],
    ]);
  });

  test('only a Pod’s own specification is one', () => {
    expect(inObjects('pod', named('Service', { spec: { hostPID: true } }))).toEqual([]);
    expect(inObjects('pod', named('ConfigMap', {}))).toEqual([]);
  });
});

describe('user-pod', () => {
  const hint = 'remove it; what servers need belongs into the image or into storage';
  const server = (singleuser: JsonObject) => saidOfHub('user-pod', { values: { singleuser } });
  const privileged = { name: 'a', securityContext: { privileged: true } };

  test.each(FAULTS)('%j as extraPodConfig', (spec, said) => {
    expect(server({ extraPodConfig: spec }).map(([, ...rest]) => rest)).toEqual([
      [`${said} in every user server`, hint],
    ]);
  });

  test.each<[JsonObject, string, string]>([
    [
      { storage: { extraVolumes: [{ name: 'a', hostPath: { path: '/' } }] } },
      '- name: a',
      'a folder of the node is mounted',
    ],
    [
      { storage: { extraVolumes: { a: { hostPath: { path: '/' } } } } },
      'a:',
      'a folder of the node is mounted',
    ],
    [{ extraContainers: [privileged] }, '- name: a', 'the container "a" is privileged'],
    [{ initContainers: [privileged] }, '- name: a', 'the container "a" is privileged'],
    [{ extraPodConfig: { hostNetwork: true } }, 'hostNetwork: true', 'hostNetwork opens the node'],
  ])('%j', (singleuser, place, said) => {
    expect(server(singleuser)).toEqual([[place, `${said} in every user server`, hint]]);
  });

  test.each<[JsonObject]>([
    [{ storage: { extraVolumes: [{ name: 'a', emptyDir: {} }] } }],
    [{ extraContainers: [{ name: 'a' }] }],
    [{ initContainers: [{ name: 'a' }] }],
    [{ extraPodConfig: { hostNetwork: false } }],
    [{ extraPodConfig: ['hostNetwork'] }],
  ])('%j is right', (singleuser) => {
    expect(server(singleuser)).toEqual([]);
  });
});

describe('own-namespace', () => {
  const place = (kind: string, namespace: string | undefined, keys: object = {}) =>
    inObjects(
      'own-namespace',
      { kind, metadata: { name: 'thing', ...(namespace === undefined ? {} : { namespace }) } },
      keys,
    );
  const hint = 'remove what asks for it below values:';
  const probe = { probe: { api: '5m' } };

  test.each(['other', 'kube-system', 'hub-probe', 'hubs'])('an object in %s', (namespace) => {
    expect(place('ConfigMap', namespace)).toEqual([
      ['values:', `ConfigMap thing would go into the namespace ${namespace}`, hint],
    ]);
  });

  test('the hub’s own, none, and the probe’s where there is one', () => {
    expect(place('ConfigMap', 'hub')).toEqual([]);
    expect(place('ConfigMap', undefined)).toEqual([]);
    expect(place('ConfigMap', 'hub-probe', probe)).toEqual([]);
    expect(place('ConfigMap', 'other-probe', probe)).toHaveLength(1);
  });
});

describe('database-kept', () => {
  const volume = (kind: string, annotations: JsonObject | undefined) =>
    inObjects('database-kept', {
      kind,
      metadata: { name: 'hub-db-dir', ...(annotations && { annotations }) },
    });
  const lost = [
    [
      'values:',
      'the volume "hub-db-dir" would be deleted with the release',
      'do not change hub.db.pvc.annotations below values:',
    ],
  ];

  test('a volume is kept by its annotation', () => {
    expect(volume('PersistentVolumeClaim', { 'helm.sh/resource-policy': 'keep' })).toEqual([]);
    expect(volume('PersistentVolumeClaim', { 'helm.sh/resource-policy': 'delete' })).toEqual(lost);
    expect(volume('PersistentVolumeClaim', { other: 'keep' })).toEqual(lost);
    expect(volume('PersistentVolumeClaim', undefined)).toEqual(lost);
  });

  test('other objects go with their release', () => {
    expect(volume('ConfigMap', undefined)).toEqual([]);
  });
});

test('rules about objects see every object', () => {
  const objects = [named('ConfigMap', {}), named('Pod', { spec: { hostPID: true } })];
  expect(saidOfHub('pod', values, { objects })).toHaveLength(1);
  expect(saidOfHub('pod', values, { objects: [...objects, ...objects] })).toHaveLength(2);
});
