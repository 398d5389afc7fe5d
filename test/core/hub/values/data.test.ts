import { describe, expect, test } from '@jest/globals';
import { dataEnv } from '../../../../src/core/hub/values/data.ts';
import { hubValues } from '../../../../src/core/hub/values/build.ts';
import { at } from '../../../../src/core/json.ts';
import type { LockedFile } from '../../../../src/core/model/data-types.ts';
import { MAIN, contextWith } from './context.ts';

const nc: LockedFile = { url: 'https://data.example.org/cru.nc', bytes: 5 };
const zip: LockedFile = { url: 'https://data.example.org/rgi62.zip', bytes: 5, unpack: 'RGIV62' };
const storage = { storage: { homes: { class: 'fast' }, data: { class: 'shared' } } };

/** The values of a hub whose set has these files. */
function valuesWith(files: readonly LockedFile[], cluster: Record<string, unknown> = storage) {
  const context = contextWith(
    { data: ['cru'], scratch: { size: '5Gi' } },
    {
      [MAIN]: cluster,
      'data/cru.yaml': { title: 'CRU', files: [nc.url], size: '1Gi' },
      'data/cru.lock.yaml': { recipe: '1'.repeat(40), files },
    },
  );
  const { values } = hubValues(context);
  const env = at(values, '/glaciocloud/profiles/images/0/env');
  const labels = at(values, '/glaciocloud/profiles/images/0/labels');
  return { values, env, labels, view: context.data?.view ?? '' };
}

describe('a hub with data', () => {
  test('its servers see all views, read-only, beside scratch', () => {
    const { values } = valuesWith([nc]);
    expect(at(values, '/jupyterhub/singleuser/storage/extraVolumes')).toEqual([
      expect.objectContaining({ name: 'server-code' }),
      { name: 'scratch', emptyDir: { sizeLimit: '5Gi' } },
      { name: 'oggm-data', persistentVolumeClaim: { claimName: 'oggm-data', readOnly: true } },
    ]);
    expect(at(values, '/jupyterhub/singleuser/storage/extraVolumeMounts/3')).toEqual({
      name: 'oggm-data',
      mountPath: '/data/oggm',
      subPath: 'oggm',
      readOnly: true,
    });
  });

  test('variables and label of a view stand in profiles, so that another one restarts no hub', () => {
    const before = valuesWith([nc]);
    const after = valuesWith([{ ...nc, bytes: 6 }]);
    expect(before.env).toMatchObject({
      OGGM_DOWNLOAD_CACHE: `/data/oggm/views/${before.view}/download_cache`,
      OGGM_DOWNLOAD_CACHE_RO: '1',
      HDF5_USE_FILE_LOCKING: 'FALSE',
      OGGM_WORKDIR: '/home/jovyan/oggm-work',
    });
    expect(before.labels).toEqual({ 'glaciocloud.org/data-view': before.view });
    expect(after.labels).toEqual({ 'glaciocloud.org/data-view': after.view });
    expect(after.view).not.toBe(before.view);
    expect(after.values.jupyterhub).toEqual(before.values.jupyterhub);
  });

  test('what they are stands in values that no template reads, for the plan', () => {
    const { values } = valuesWith([nc, zip], {
      storage: { homes: { class: 'fast' }, data: { class: 'shared', size: '2Ti' } },
    });
    expect(at(values, '/glaciocloud/data')).toEqual({
      sets: { cru: { files: 2, bytes: 10, digest: expect.stringMatching(/^[0-9a-f]{12}$/u) } },
      room: '2Ti',
    });
  });

  test('inventories are named only where there are any', () => {
    expect(valuesWith([nc]).env).not.toHaveProperty('OGGM_RGI_DIR');
    const { env, view } = valuesWith([nc, zip]);
    expect(env).toMatchObject({ OGGM_RGI_DIR: `/data/oggm/views/${view}/rgi` });
  });

  test('on one node files can be locked', () => {
    const { cluster, data } = contextWith({}, { [MAIN]: { ...storage, provider: 'k3s' } });
    expect(data).toBeUndefined();
    const view = { view: 'a'.repeat(40), rgi: false, sets: {} };
    expect(dataEnv(view, cluster)).not.toHaveProperty('HDF5_USE_FILE_LOCKING');
  });

  test('without a place on the cluster there is none', () => {
    const { values, env, labels } = valuesWith([nc], { storage: { homes: { class: 'fast' } } });
    expect(env).not.toHaveProperty('OGGM_DOWNLOAD_CACHE');
    expect(labels).toBeUndefined();
    expect(at(values, '/jupyterhub/singleuser/storage/extraVolumes')).toHaveLength(2);
  });
});
