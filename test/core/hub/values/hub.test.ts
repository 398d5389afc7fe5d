import { describe, expect, test } from '@jest/globals';
import { HUB_CODE, hubPart, machineScopes } from '../../../../src/core/hub/values/hub.ts';
import { MACHINES } from '../../../../src/core/access/door.ts';
import { at } from '../../../../src/core/json.ts';
import { MAIN, contextWith } from './context.ts';

const hub = (maxServers: number) => hubPart(contextWith({ capacity: { maxServers } })).jupyterhub;

test('scopes of a service: what it needs for each of its own users, and no more', () => {
  expect(machineScopes([])).toEqual(['read:hub']);
  expect(machineScopes(['a_1', 'b_2'])).toEqual([
    'read:hub',
    'delete:users!user=a_1',
    'servers!user=a_1',
    'access:servers!user=a_1',
    'delete:users!user=b_2',
    'servers!user=b_2',
    'access:servers!user=b_2',
  ]);
});

test('the hub itself', () => {
  const part = hubPart(contextWith({}, { [MAIN]: { storage: { homes: { class: 'fast' } } } }));
  const folder = '/usr/local/etc/jupyterhub';
  expect(HUB_CODE).toEqual([
    'glaciocloud_access.py',
    'glaciocloud_ended.py',
    'glaciocloud_homes.py',
    'glaciocloud_hosts.py',
    'glaciocloud_hub.py',
    'glaciocloud_leads.py',
    'glaciocloud_machines.py',
    'glaciocloud_mounts.py',
    'glaciocloud_pages.py',
    'glaciocloud_pods.py',
    'glaciocloud_sessions.py',
    'glaciocloud_start.py',
  ]);
  expect(part).toEqual({
    jupyterhub: {
      hub: {
        consecutiveFailureLimit: 0,
        concurrentSpawnLimit: 64,
        activeServerLimit: 40,
        annotations: { 'glaciocloud.org/code': 'digest-of-code' },
        config: { KubeSpawner: { delete_pvc: false } },
        extraConfig: { '~glaciocloud': 'import glaciocloud_hub\nglaciocloud_hub.configure(c)\n' },
        extraVolumes: [
          { name: 'hub-code', configMap: { name: 'hub-code' } },
          { name: 'hub-pages', configMap: { name: 'hub-pages' } },
          { name: 'hub-access', secret: { secretName: 'hub-access', optional: true } },
          { name: 'hub-profiles', configMap: { name: 'hub-profiles', optional: true } },
          { name: 'hub-notices', configMap: { name: 'hub-notices', optional: true } },
        ],
        extraVolumeMounts: [
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_access.py`,
            subPath: 'glaciocloud_access.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_ended.py`,
            subPath: 'glaciocloud_ended.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_homes.py`,
            subPath: 'glaciocloud_homes.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_hosts.py`,
            subPath: 'glaciocloud_hosts.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_hub.py`,
            subPath: 'glaciocloud_hub.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_leads.py`,
            subPath: 'glaciocloud_leads.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_machines.py`,
            subPath: 'glaciocloud_machines.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_mounts.py`,
            subPath: 'glaciocloud_mounts.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_pages.py`,
            subPath: 'glaciocloud_pages.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_pods.py`,
            subPath: 'glaciocloud_pods.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_sessions.py`,
            subPath: 'glaciocloud_sessions.py',
            readOnly: true,
          },
          {
            name: 'hub-code',
            mountPath: `${folder}/glaciocloud_start.py`,
            subPath: 'glaciocloud_start.py',
            readOnly: true,
          },
          { name: 'hub-pages', mountPath: `${folder}/pages`, readOnly: true },
          { name: 'hub-access', mountPath: '/etc/hub-access', readOnly: true },
          { name: 'hub-profiles', mountPath: '/etc/hub-profiles', readOnly: true },
          { name: 'hub-notices', mountPath: '/etc/hub-notices', readOnly: true },
        ],
        services: {
          'glaciocloud-health': { display: false },
          'glaciocloud-access': { display: false },
        },
        loadRoles: {
          'glaciocloud-health': {
            services: ['glaciocloud-health'],
            scopes: machineScopes(MACHINES),
          },
          'glaciocloud-access': {
            services: ['glaciocloud-access'],
            scopes: ['read:hub', 'list:users', 'read:servers', 'delete:servers', 'delete:users'],
          },
        },
        db: {
          type: 'sqlite-pvc',
          pvc: {
            storage: '1Gi',
            storageClassName: 'fast',
            annotations: { 'helm.sh/resource-policy': 'keep' },
          },
        },
        readinessProbe: { periodSeconds: 1 },
        resources: {
          requests: { cpu: '100m', memory: '336Mi' },
          limits: { memory: '672Mi' },
        },
      },
      proxy: {
        chp: {
          resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '208Mi' } },
        },
      },
      singleuser: { startTimeout: 900 },
    },
    from: {
      '/hub/activeServerLimit': '/capacity/maxServers',
      '/hub/resources': '/capacity/maxServers',
      '/proxy/chp/resources': '/capacity/maxServers',
    },
  });
});

describe('memory grows with the servers that a hub allows', () => {
  test.each([
    [1, '258Mi', '516Mi', '130Mi'],
    [100, '456Mi', '912Mi', '328Mi'],
    [400, '1056Mi', '2112Mi', '928Mi'],
  ])('%d servers', (servers, request, limit, proxy) => {
    const values = hub(servers);
    expect(at(values, '/hub/activeServerLimit')).toBe(servers);
    expect(at(values, '/hub/resources/requests/memory')).toBe(request);
    expect(at(values, '/hub/resources/limits/memory')).toBe(limit);
    expect(at(values, '/proxy/chp/resources/limits/memory')).toBe(proxy);
  });
});
