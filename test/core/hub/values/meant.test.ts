import { expect, test } from '@jest/globals';
import { meant } from '../../../../src/core/hub/values/meant.ts';
import type { JsonObject } from '../../../../src/core/json.ts';

test('settings of hub.config stand where the chart has its own values for them', () => {
  const config = {
    JupyterHub: { base_url: '/a/', concurrent_spawn_limit: 3, admin_access: true },
    Spawner: { cmd: ['a'], uid: 1 },
    KubeSpawner: { uid: 0, volumes: [{ name: 'host', hostPath: { path: '/' } }], constructor: 1 },
  };
  const hub = { config, concurrentSpawnLimit: 64 };
  const { values, written } = meant({ hub, singleuser: { uid: 1000, fsGid: 100 } });
  expect(values).toEqual({
    hub: { config, concurrentSpawnLimit: 3, baseUrl: '/a/' },
    singleuser: {
      uid: 0,
      fsGid: 100,
      cmd: ['a'],
      storage: { extraVolumes: config.KubeSpawner.volumes },
    },
  });
  expect(written('/singleuser/uid')).toBe('/hub/config/KubeSpawner/uid');
  expect(written('/singleuser/cmd/0')).toBe('/hub/config/Spawner/cmd/0');
  expect(written('/singleuser/storage/extraVolumes/0/hostPath')).toBe(
    '/hub/config/KubeSpawner/volumes/0/hostPath',
  );
  expect(written('/singleuser/fsGid')).toBe('/singleuser/fsGid');
  expect(written('/singleuser/uidx')).toBe('/singleuser/uidx');
});

test('a setting of another class means nothing here', () => {
  const values = { hub: { config: { GitHubOAuthenticator: { uid: 0 }, JupyterHub: { uid: 0 } } } };
  expect(meant(values).values).toEqual(values);
  expect(meant({ hub: { config: { Spawner: 'none' } } }).values).toEqual({
    hub: { config: { Spawner: 'none' } },
  });
});

test('a parent’s section says what its class reads; the nearest one counts', () => {
  const said = (config: JsonObject): JsonObject => meant({ hub: { config } }).values;
  expect(
    said({ Spawner: { env_keep: ['A'], args: ['b'] }, KubeSpawner: { args: ['c'] } }),
  ).toMatchObject({ hub: { config: { KubeSpawner: { env_keep: ['A'], args: ['c'] } } } });
  expect(said({ Application: { log_level: 10 } })).toMatchObject({
    hub: { config: { JupyterHub: { log_level: 10 } } },
  });
  const of = meant({ hub: { config: { LoggingConfigurable: { uid: 0, delete_pvc: true } } } });
  expect(of.values).toMatchObject({
    singleuser: { uid: 0 },
    hub: { config: { KubeSpawner: { delete_pvc: true } } },
  });
  expect(of.written('/singleuser/uid')).toBe('/hub/config/LoggingConfigurable/uid');
  expect(of.written('/hub/config/KubeSpawner/delete_pvc')).toBe(
    '/hub/config/LoggingConfigurable/delete_pvc',
  );
});
