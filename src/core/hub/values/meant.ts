import { at, isObject, isWithin, pointer } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { put } from './named-lists.ts';

/**
 * Settings below `hub.config` that say what values of the chart say, and win over them. Source: jupyterhub_config.py of
 * jupyterhub 4.4.0, which reads these values first and `hub.config` last.
 */
const OF_SERVERS: Readonly<Record<string, string>> = {
  allow_privilege_escalation: '/singleuser/allowPrivilegeEscalation',
  cmd: '/singleuser/cmd',
  consecutive_failure_limit: '/hub/consecutiveFailureLimit',
  default_url: '/singleuser/defaultUrl',
  environment: '/singleuser/extraEnv',
  extra_annotations: '/singleuser/extraAnnotations',
  extra_containers: '/singleuser/extraContainers',
  extra_labels: '/singleuser/extraLabels',
  extra_pod_config: '/singleuser/extraPodConfig',
  fs_gid: '/singleuser/fsGid',
  init_containers: '/singleuser/initContainers',
  lifecycle_hooks: '/singleuser/lifecycleHooks',
  node_affinity_preferred: '/singleuser/extraNodeAffinity/preferred',
  node_affinity_required: '/singleuser/extraNodeAffinity/required',
  node_selector: '/singleuser/nodeSelector',
  profile_list: '/singleuser/profileList',
  pvc_name_template: '/singleuser/storage/dynamic/pvcNameTemplate',
  service_account: '/singleuser/serviceAccountName',
  start_timeout: '/singleuser/startTimeout',
  storage_capacity: '/singleuser/storage/capacity',
  storage_class: '/singleuser/storage/dynamic/storageClass',
  uid: '/singleuser/uid',
  volume_mounts: '/singleuser/storage/extraVolumeMounts',
  volumes: '/singleuser/storage/extraVolumes',
};
const OF_HUBS: Readonly<Record<string, string>> = {
  active_server_limit: '/hub/activeServerLimit',
  allow_named_servers: '/hub/allowNamedServers',
  base_url: '/hub/baseUrl',
  concurrent_spawn_limit: '/hub/concurrentSpawnLimit',
  db_url: '/hub/db/url',
  shutdown_on_logout: '/hub/shutdownOnLogout',
};

interface Line {
  /** From the first parent on, the class itself at the end: it reads all these sections, and the last one wins. */
  sections: readonly string[];
  table: Readonly<Record<string, string>>;
}

const CONFIGURABLE = ['Configurable', 'LoggingConfigurable'];
const SPAWNER: Line = {
  sections: [...CONFIGURABLE, 'Spawner', 'KubeSpawner'],
  table: OF_SERVERS,
};
/** Source: classes of JupyterHub 5.5, KubeSpawner 7.0.0 and traitlets 5. */
const LINES: readonly Line[] = [
  {
    sections: [...CONFIGURABLE, 'SingletonConfigurable', 'Application', 'JupyterHub'],
    table: OF_HUBS,
  },
  SPAWNER,
];

/** Sections of `hub.config` that decide what servers are. */
export const SPAWNER_SECTIONS = SPAWNER.sections;

/** Values below `jupyterhub:` as they are meant, so that a rule finds a wish wherever it is written. */
export interface Meant {
  values: JsonObject;
  /** Where a path of these was written. */
  written: (path: string) => string;
}

/** Settings of `hub.config` where the chart's own values for them are; others where their class reads them last. */
export function meant(values: JsonObject): Meant {
  const moved = new Map<string, string>();
  const folded = settings(values).reduce((all, { from, to, value }) => {
    moved.set(to, from);
    return put(all, to, value);
  }, values);
  const written = (path: string): string => {
    for (const [to, from] of moved)
      if (isWithin(path, to)) return `${from}${path.slice(to.length)}`;
    return path;
  };
  return { values: folded, written };
}

interface Setting {
  from: string;
  to: string;
  value: Json;
}

function settings(values: JsonObject): Setting[] {
  return LINES.flatMap(({ sections, table }) =>
    sections.flatMap((section) => {
      const traits = at(values, pointer('hub', 'config', section));
      return Object.entries(isObject(traits) ? traits : {}).map(([trait, value]): Setting => {
        const from = pointer('hub', 'config', section, trait);
        const own = pointer('hub', 'config', sections.at(-1) ?? '', trait);
        return { from, to: Object.hasOwn(table, trait) ? (table[trait] ?? own) : own, value };
      });
    }),
  );
}
