import { expect, test } from '@jest/globals';
import { promisesOf } from '../../../src/core/hub/promises.ts';
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
    mounts,
    namespace: 'one',
    labels: {},
  });
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
