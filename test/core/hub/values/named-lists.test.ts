import { describe, expect, test } from '@jest/globals';
import {
  asLists,
  byName,
  inFile,
  mergeNamed,
} from '../../../../src/core/hub/values/named-lists.ts';

const code = { name: 'code', configMap: { name: 'code' } };
const mount = { name: 'code', mountPath: '/code' };
const second = { name: 'code', mountPath: '/more' };

describe('lists of a hub, and of its servers, by name', () => {
  test('volumes, mounts and variables; what the chart takes as it is stays', () => {
    const values = {
      hub: {
        extraVolumes: [code],
        extraVolumeMounts: [mount, second],
        extraEnv: [
          { name: 'A', value: 'b' },
          { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'c' } } },
        ],
        tolerations: [{ key: 'x' }],
      },
      singleuser: {
        extraEnv: [{ name: 'D', value: '' }],
        storage: { extraVolumes: { mine: code }, extraVolumeMounts: [mount] },
      },
    };
    const named = {
      hub: {
        extraVolumes: { code },
        extraVolumeMounts: { '/code': mount, '/more': second },
        extraEnv: { A: 'b', C: { valueFrom: { secretKeyRef: { name: 's', key: 'c' } } } },
        tolerations: [{ key: 'x' }],
      },
      singleuser: {
        extraEnv: { D: '' },
        storage: { extraVolumes: { code }, extraVolumeMounts: { '/code': mount } },
      },
    };
    expect(byName(values)).toEqual(named);
    expect(byName(named)).toEqual(named);
    expect(asLists(named)).toEqual({
      hub: { ...named.hub, extraVolumes: [code], extraVolumeMounts: [mount, second] },
      singleuser: {
        ...named.singleuser,
        storage: { extraVolumes: [code], extraVolumeMounts: [mount] },
      },
    });
  });

  test.each([
    [{}],
    [{ hub: { extraVolumes: [{ emptyDir: {} }] } }],
    [{ hub: { extraVolumes: ['code'] } }],
    [{ hub: { extraVolumes: 'code' } }],
    [{ hub: { extraEnv: { A: { name: 'A' } } } }],
    [{ hub: { extraEnv: [{ value: 'b' }] } }],
  ])('what has no names stays what it is: %j', (values) => {
    expect(byName(values)).toEqual(values);
  });

  test('an entry takes the place of another as a whole, and stands beside the rest', () => {
    const ours = {
      hub: { extraVolumes: { code, data: { name: 'data' } }, db: { type: 'a', x: 1 } },
    };
    const own = {
      hub: { extraVolumes: { code: { name: 'code', emptyDir: {} } }, db: { type: 'b' } },
    };
    expect(mergeNamed(ours, own)).toEqual({
      hub: {
        extraVolumes: { code: { name: 'code', emptyDir: {} }, data: { name: 'data' } },
        db: { type: 'b', x: 1 },
      },
    });
  });

  test.each([
    ['/hub/extraVolumes/code', '/hub/extraVolumes/1'],
    ['/hub/extraVolumes/code/configMap/name', '/hub/extraVolumes/1'],
    ['/hub/extraVolumes/cod', '/hub/extraVolumes/cod'],
    ['/hub/extraVolumes/other', '/hub/extraVolumes/other'],
    ['/hub/extraVolumes', '/hub/extraVolumes'],
    ['/hub/extraVolumeMounts/~1more', '/hub/extraVolumeMounts/0'],
    ['/singleuser/storage/extraVolumes/code', '/singleuser/storage/extraVolumes/mi~1ne'],
    ['/hub/extraEnv/A', '/hub/extraEnv/A'],
  ])('%s stands in the file at %s', (path, place) => {
    const hub = {
      extraVolumes: [{ name: 'x' }, code],
      extraVolumeMounts: [second],
      extraEnv: { A: 'b' },
    };
    const singleuser = { storage: { extraVolumes: { 'mi/ne': code } } };
    expect(inFile({ hub, singleuser }, path)).toBe(place);
  });
});
