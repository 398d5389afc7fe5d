import {
  CONCURRENT_SPAWN_LIMIT,
  SPAWN_TIMEOUT_SECONDS,
  hubMemoryMiB,
  proxyMemoryMiB,
} from '../../model/limits.ts';
import { MACHINES } from '../../access/door.ts';
import type { JsonObject } from '../../json.ts';
import type { HubContext, Part } from './part.ts';

/** Code of ours that runs in the hub: a change of it restarts the hub. */
export const HUB_CODE = [
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
] as const;

/** Folder of the chart with the hub's own pages, which belong to its code. */
export const HUB_PAGES = 'files/pages/';

/**
 * Entries of `hub.extraConfig` run in the order of their names, each over what was before it: ours runs last. Source:
 * jupyterhub_config.py of jupyterhub 4.4.0.
 */
export const LAST_CONFIG = '~glaciocloud';

/** Folder on the hub's sys.path: the chart's own configuration lies there too. */
const CODE_FOLDER = '/usr/local/etc/jupyterhub';

/**
 * Scopes of a service that proves a hub healthy: it starts servers of throw-away users and talks to
 * their kernels, no more. It makes them by glaciocloud_machines.py: `admin:users` would let it give
 * one the name of a person.
 */
export function machineScopes(users: readonly string[]): string[] {
  return [
    'read:hub',
    ...users.flatMap((user) => [
      `delete:users!user=${user}`,
      `servers!user=${user}`,
      `access:servers!user=${user}`,
    ]),
  ];
}

/** The hub itself: its code, what it mounts, its database and how much it may do at once. */
export function hubPart({ hub, cluster, codeDigest }: HubContext): Part {
  const { maxServers } = hub.data.capacity;
  return {
    jupyterhub: {
      hub: {
        // Any user could restart the hub with a few requests that fail: JupyterHub's own limit
        // ends the process.
        consecutiveFailureLimit: 0,
        concurrentSpawnLimit: CONCURRENT_SPAWN_LIMIT,
        activeServerLimit: maxServers,
        annotations: { 'glaciocloud.org/code': codeDigest },
        // Deleting a user must never delete a home.
        config: { KubeSpawner: { delete_pvc: false } },
        extraConfig: { [LAST_CONFIG]: 'import glaciocloud_hub\nglaciocloud_hub.configure(c)\n' },
        ...mounts(),
        ...ourServices(),
        db: database(cluster.storage.homes.class),
        // People wait for a hub that restarts: one second of it is the interval at which
        // Kubernetes looks.
        readinessProbe: { periodSeconds: 1 },
        resources: hubResources(maxServers),
      },
      proxy: { chp: { resources: proxyResources(maxServers) } },
      singleuser: { startTimeout: SPAWN_TIMEOUT_SECONDS },
    },
    from: {
      '/hub/activeServerLimit': '/capacity/maxServers',
      '/hub/resources': '/capacity/maxServers',
      '/proxy/chp/resources': '/capacity/maxServers',
    },
  };
}

/** Code comes with the release; access, profiles and notices change without a restart. */
function mounts(): JsonObject {
  return {
    extraVolumes: [
      { name: 'hub-code', configMap: { name: 'hub-code' } },
      { name: 'hub-pages', configMap: { name: 'hub-pages' } },
      { name: 'hub-access', secret: { secretName: 'hub-access', optional: true } },
      { name: 'hub-profiles', configMap: { name: 'hub-profiles', optional: true } },
      { name: 'hub-notices', configMap: { name: 'hub-notices', optional: true } },
    ],
    extraVolumeMounts: [
      ...HUB_CODE.map((file) => ({
        name: 'hub-code',
        mountPath: `${CODE_FOLDER}/${file}`,
        subPath: file,
        readOnly: true,
      })),
      { name: 'hub-pages', mountPath: `${CODE_FOLDER}/pages`, readOnly: true },
      { name: 'hub-access', mountPath: '/etc/hub-access', readOnly: true },
      { name: 'hub-profiles', mountPath: '/etc/hub-profiles', readOnly: true },
      { name: 'hub-notices', mountPath: '/etc/hub-notices', readOnly: true },
    ],
  };
}

/** What ends access: it can start nothing, enter nothing, and make nobody a token. */
const ACCESS_SCOPES = ['read:hub', 'list:users', 'read:servers', 'delete:servers', 'delete:users'];

/** Who proves the hub healthy after each deployment, and who puts people out. */
function ourServices(): JsonObject {
  return {
    services: {
      'glaciocloud-health': { display: false },
      'glaciocloud-access': { display: false },
    },
    loadRoles: {
      'glaciocloud-health': { services: ['glaciocloud-health'], scopes: machineScopes(MACHINES) },
      'glaciocloud-access': { services: ['glaciocloud-access'], scopes: [...ACCESS_SCOPES] },
    },
  };
}

function database(storageClass: string): JsonObject {
  return {
    type: 'sqlite-pvc',
    pvc: {
      storage: '1Gi',
      storageClassName: storageClass,
      // A failed first install or an uninstall must not take the database along.
      annotations: { 'helm.sh/resource-policy': 'keep' },
    },
  };
}

function hubResources(maxServers: number): JsonObject {
  const memory = hubMemoryMiB(maxServers);
  return {
    requests: { cpu: '100m', memory: `${Math.round(memory / 2)}Mi` },
    limits: { memory: `${memory}Mi` },
  };
}

function proxyResources(maxServers: number): JsonObject {
  return {
    requests: { cpu: '50m', memory: '64Mi' },
    limits: { memory: `${proxyMemoryMiB(maxServers)}Mi` },
  };
}
