import { expect, test } from '@jest/globals';
import { promisesOf } from '../../../src/core/hub/promises.ts';
import { textAt } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { aRelease } from '../../support/shown.ts';

test.each([
  [{ extraVolumeMounts: [{ name: 'a', mountPath: '/a' }] }, ['/a']],
  [{ extraVolumeMounts: { b: { name: 'b', mountPath: '/b' } } }, ['/b']],
  [{}, []],
])('what servers are promised, by the values: %j', (more, mounts) => {
  const storage = { homeMountPath: '/home/jovyan', ...more };
  const values = { jupyterhub: { singleuser: { uid: 1100, fsGid: 100, storage } } };
  expect(promisesOf({ ...aRelease(), namespace: 'one', values }, [])).toEqual({
    uid: 1100,
    gid: 100,
    home: '/home/jovyan',
    folder: null,
    mounts,
    readOnly: [],
    namespace: 'one',
    labels: {},
    login: 'https://github.com',
    claims: [],
    secrets: expect.any(String),
    variables: [],
    images: [],
  });
});

test('claims that are read only stay so; of others nothing is promised', () => {
  const claim = (claimName: string, readOnly?: boolean): JsonObject => ({
    name: claimName,
    persistentVolumeClaim: { claimName, ...(readOnly !== undefined && { readOnly }) },
  });
  const extraVolumes = [
    { name: 'x', emptyDir: {} },
    claim('a', true),
    claim('b', false),
    claim('c'),
  ];
  const values = { jupyterhub: { singleuser: { storage: { extraVolumes } } } };
  expect(promisesOf({ ...aRelease(), values }, [])).toMatchObject({ readOnly: ['a'] });
});

test('servers bear the labels by which their network policy knows them', () => {
  const policy = (component: string): JsonObject => ({
    kind: 'NetworkPolicy',
    spec: { podSelector: { matchLabels: { app: 'jupyterhub', component } } },
  });
  const objects = [
    { kind: 'NetworkPolicy', spec: { podSelector: {} } },
    policy('hub'),
    { ...policy('singleuser-server'), kind: 'Other' },
    policy('singleuser-server'),
  ];
  expect(promisesOf(aRelease(), objects)).toMatchObject({
    labels: { app: 'jupyterhub', component: 'singleuser-server' },
  });
});

test('what of the hub no server has, and what its file puts beside them', () => {
  const secret = (name: string, from: string): JsonObject => ({
    name,
    valueFrom: { secretKeyRef: { name: from, key: 'a' } },
  });
  const env = [secret('A', 'hub-secrets-1'), secret('B', 'ours'), { name: 'C', value: 'c' }];
  const objects = [
    { kind: 'PersistentVolumeClaim', metadata: { name: 'hub-db-dir' } },
    {
      kind: 'Deployment',
      metadata: { name: 'hub' },
      spec: { template: { spec: { containers: [{ name: 'hub', env }] } } },
    },
  ];
  const values = {
    jupyterhub: {
      hub: {
        extraEnv: { GITHUB_URL: 'http://10.0.0.1:80' },
        config: { Spawner: { extra_containers: [{ name: 'a', image: 'a:1' }] } },
      },
      singleuser: { initContainers: [{ name: 'b', image: 'b:1' }] },
    },
  };
  const promises = promisesOf({ ...aRelease(), values }, objects);
  expect(promises).toMatchObject({
    login: 'http://10.0.0.1:80',
    claims: ['hub-db-dir'],
    variables: ['A'],
    images: ['a:1', 'b:1'],
  });
  const ofHub = new RegExp(`^(?:${textAt(promises, '/secrets')})$`, 'u');
  expect(
    ['hub', 'hub-access', 'hub-secrets-1', 'hub-ours', 'ours'].map((name) => ofHub.test(name)),
  ).toEqual([true, true, true, false, false]);
});

test('homes that are folders of one claim are promised as such', () => {
  const storage = { type: 'static', static: { pvcName: 'nfs', subPath: '{username}' } };
  const values = { jupyterhub: { singleuser: { storage } } };
  expect(promisesOf({ ...aRelease(), values }, [])['folder']).toEqual({
    claim: 'nfs',
    path: '{username}',
  });
});

test('claims that the profiles mount to be read are promised as such', () => {
  const mounts = [
    { claim: 'a', readOnly: true },
    { claim: 'b', readOnly: true },
    { claim: 'b', readOnly: false },
  ];
  const values = { glaciocloud: { profiles: { mounts } } };
  expect(promisesOf({ ...aRelease(), values }, [])['readOnly']).toEqual(['a']);
});
