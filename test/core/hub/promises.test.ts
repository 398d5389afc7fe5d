import { expect, test } from '@jest/globals';
import { promisesOf } from '../../../src/core/hub/promises.ts';
import { aRelease } from '../../support/shown.ts';

test.each([
  [{ extraVolumeMounts: [{ name: 'a', mountPath: '/a' }] }, ['/a']],
  [{ extraVolumeMounts: { b: { name: 'b', mountPath: '/b' } } }, ['/b']],
  [{}, []],
])('what servers are promised, by the values: %j', (more, mounts) => {
  const storage = { homeMountPath: '/home/jovyan', ...more };
  const values = { jupyterhub: { singleuser: { uid: 1100, fsGid: 100, storage } } };
  expect(promisesOf({ ...aRelease(), values })).toEqual({
    uid: 1100,
    gid: 100,
    home: '/home/jovyan',
    mounts,
  });
});
