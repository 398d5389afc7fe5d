import { DATA_CLAIM } from '../../data/volume.ts';
import { at, isObject, objectsIn, pointer, textAt } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { podFault, podLevel } from '../pod-security.ts';
import { namedEntries } from '../values/named-lists.ts';
import { OF_A_PERSON } from './places.ts';
import { probeNamespace } from '../values/probe.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';

/** What volumes of servers may be; another one reaches the node, a driver's credentials or the cluster. */
const VOLUMES: readonly string[] = [
  'configMap',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'nfs',
  'persistentVolumeClaim',
  'projected',
  'secret',
];
/** Sources of a projected volume that are keys to something. */
const KEYS = ['serviceAccountToken', 'clusterTrustBundle', 'podCertificate'];
/** KubeSpawner's own name for homes. */
const HOMES = 'claim-{user_server}';
/** Where the chart keeps the hub's database. */
const DATABASE = 'hub-db-dir';

const ALIASES = 'hostAliases gives names to other machines';

/** Where people's homes are: claims called like this, or folders of one claim. */
interface Homes {
  template: string;
  claim: string;
}

function homesIn(values: JsonObject): Homes {
  return {
    template: textAt(values, '/singleuser/storage/dynamic/pvcNameTemplate') || HOMES,
    claim: textAt(values, '/singleuser/storage/static/pvcName'),
  };
}

/** What a server alone must not have: it runs what its user wants. */
function serverFault(spec: JsonObject, homes: Homes): string | undefined {
  for (const volume of namedEntries(spec['volumes'])) {
    const fault = volumeFault(volume, homes);
    if (fault !== undefined) return fault;
  }
  if (spec['nodeName'] !== undefined) return 'nodeName chooses the node';
  if (spec['hostAliases'] !== undefined) return ALIASES;
  return undefined;
}

function volumeFault(volume: JsonObject, homes: Homes): string | undefined {
  const kind = Object.keys(volume).find((key) => key !== 'name' && !VOLUMES.includes(key));
  if (kind !== undefined) return `a volume of the kind ${kind} is mounted`;
  const sources = objectsIn(at(volume, '/projected/sources'));
  if (sources.some((source) => KEYS.some((key) => source[key] !== undefined)))
    return 'a token of the cluster is mounted';
  const claim = textAt(volume, '/persistentVolumeClaim/claimName');
  if (claim === DATABASE) return `the hub’s database, ${DATABASE}, is mounted`;
  if (claim === '') return undefined;
  if (claim === homes.claim) return `the claim with everybody’s homes, ${claim}, is mounted`;
  if (OF_A_PERSON.test(claim) || claim.includes('{pvc_name}')) return undefined;
  return isHome(claim, homes.template) ? `somebody’s home, ${claim}, is mounted` : undefined;
}

/** Whether a claim is called as people's homes are. */
function isHome(claim: string, homes: string): boolean {
  const fixed = homes.split(/\{[^}]*\}/u);
  const pattern = fixed.map((text) => text.replaceAll(/[^\w-]/gu, '\\$&')).join('.+');
  return fixed.some((text) => text !== '') && new RegExp(`^${pattern}$`, 'u').test(claim);
}

/** A claim of the platform's, or called like one person's home, is none that others have made for everybody. */
export function ownClaim(
  claim: string,
  values: JsonObject,
): Pick<Problem, 'message' | 'hint'> | undefined {
  if ([DATA_CLAIM, DATABASE].includes(claim))
    return { message: `${claim} is the platform’s own`, hint: 'name a claim that you have made' };
  return isHome(claim, homesIn(values).template)
    ? {
        message: `${claim} holds homes: people would see what is another’s`,
        hint: 'name a claim that holds no home',
      }
    : undefined;
}

/** User pods are made by the hub from values, so they are not among the rendered objects. */
function* userPods({ values, place }: ValuesFacts): Generator<Problem> {
  const hint = 'remove it; what servers need belongs into the image or into storage';
  const homes = homesIn(values);
  for (const [path, toSpec] of OF_PODS) {
    const value = at(values, path);
    const spec = value === undefined ? undefined : toSpec(value);
    const fault = spec && (podFault(spec) ?? serverFault(spec, homes));
    if (fault) yield { at: place(path), message: `${fault} in every user server`, hint };
  }
}

const asContainer = (container: Json): JsonObject => ({
  containers: isObject(container) ? [{ name: 'notebook', ...container }] : [],
});
const asSecurity = (securityContext: Json): JsonObject => asContainer({ securityContext });

/** What of the values comes into the pod of a server, each as a part of the pod's specification. */
const OF_PODS: readonly (readonly [path: string, toSpec: (value: Json) => JsonObject])[] = [
  ['/singleuser/storage/extraVolumes', (volumes) => ({ volumes })],
  ['/singleuser/extraContainers', (containers) => ({ containers })],
  ['/singleuser/initContainers', (initContainers) => ({ initContainers })],
  ['/singleuser/extraPodConfig', (spec) => (isObject(spec) ? spec : {})],
  ['/hub/config/KubeSpawner/privileged', (privileged) => asSecurity({ privileged })],
  ['/hub/config/KubeSpawner/extra_container_config', asContainer],
  ['/hub/config/KubeSpawner/container_security_context', asSecurity],
  ['/hub/config/KubeSpawner/pod_security_context', (securityContext) => ({ securityContext })],
];

/** What of the values comes into the pods of the hub and its proxy. */
const OF_HUBS: typeof OF_PODS = [
  ...['/hub', '/proxy/chp'].flatMap((base): typeof OF_PODS => [
    [`${base}/containerSecurityContext`, asSecurity],
    [`${base}/podSecurityContext`, (securityContext) => ({ securityContext })],
    [`${base}/extraPodSpec`, (spec) => (isObject(spec) ? spec : {})],
  ]),
  ['/hub/extraContainers', (containers) => ({ containers })],
  ['/hub/initContainers', (initContainers) => ({ initContainers })],
  ['/hub/extraVolumes', (volumes) => ({ volumes })],
];

/** The same is found in the rendered objects, but not its line. */
function* hubPods({ values, place }: ValuesFacts): Generator<Problem> {
  for (const [path, toSpec] of OF_HUBS) {
    const value = at(values, path);
    const spec = value === undefined ? undefined : toSpec(value);
    const aliases = spec?.['hostAliases'] === undefined ? undefined : ALIASES;
    const fault = spec && (podFault(spec) ?? aliases);
    if (fault)
      yield { at: place(path), message: `${fault} in a pod of the hub`, hint: 'remove it' };
  }
}

export const userPodSafe: Rule = {
  id: 'user-pod',
  severity: 'error',
  title: 'User servers and the hub see nothing of their node.',
  why: 'A privileged container or a folder of the node gives whoever is in it the node, and with it everybody’s work.',
  on: 'values',
  *check(facts) {
    yield* userPods(facts);
    yield* hubPods(facts);
  },
};

export const namespacePrivileged: Rule = {
  id: 'namespace-privileged',
  severity: 'warning',
  title: 'Kubernetes holds the pods of a hub to its baseline.',
  why: 'Whatever code or values make of a server, Kubernetes itself refuses what opens the node, unless the namespace allows it.',
  on: 'values',
  *check({ cluster, hub, values }) {
    if (podLevel({ jupyterhub: values }) === 'privileged')
      yield {
        at: hub.keyAt('/cluster'),
        message: `the namespace lets privileged pods pass, because a container of the chart shuts the metadata service of ${cluster.name}`,
        hint: 'a cluster whose network enforces NetworkPolicies needs none: networkPolicy: enforced',
      };
  },
};

/** A pod's specification: its own, its controller's, or its CronJob's. */
function podSpec(object: JsonObject): Json | undefined {
  if (object['kind'] === 'Pod') return object['spec'];
  return at(object, '/spec/template/spec') ?? at(object, '/spec/jobTemplate/spec/template/spec');
}

export const podSafe: Rule = {
  id: 'pod',
  severity: 'error',
  title: 'No pod of a hub sees its node.',
  why: 'Looked at in the rendered objects, so that no value can get around it.',
  on: 'manifests',
  *check({ hub, objects }) {
    for (const object of objects) {
      const spec = podSpec(object);
      const fault = isObject(spec) ? podFault(spec) : undefined;
      if (fault) {
        yield {
          at: hub.keyAt('/values'),
          message: `${textAt(object, '/kind')} ${textAt(object, '/metadata/name')}: ${fault}`,
          hint: 'find it below values: and remove it',
        };
      }
    }
  },
};

export const ownNamespace: Rule = {
  id: 'own-namespace',
  severity: 'error',
  title: 'A hub stays in its namespace, and its probe in its own.',
  why: 'Objects elsewhere belong to other hubs.',
  on: 'manifests',
  *check({ hub, objects }) {
    const own = ['', hub.name, ...(hub.data.probe ? [probeNamespace(hub.name)] : [])];
    for (const object of objects) {
      const kind = textAt(object, '/kind');
      const name = textAt(object, '/metadata/name');
      const namespace = textAt(object, '/metadata/namespace');
      if (!own.includes(namespace)) {
        yield {
          at: hub.keyAt('/values'),
          message: `${kind} ${name} would go into the namespace ${namespace}`,
          hint: 'remove what asks for it below values:',
        };
      }
    }
  },
};

export const databaseKept: Rule = {
  id: 'database-kept',
  severity: 'error',
  title: 'The hub’s database outlives its release.',
  why: 'Helm deletes the volume with the release, and after a first installation that failed (helm --rollback-on-failure).',
  on: 'manifests',
  *check({ hub, objects }) {
    for (const object of objects) {
      const policy = at(object, pointer('metadata', 'annotations', 'helm.sh/resource-policy'));
      if (object['kind'] === 'PersistentVolumeClaim' && policy !== 'keep') {
        yield {
          at: hub.keyAt('/values'),
          message: `the volume ${JSON.stringify(at(object, '/metadata/name'))} would be deleted with the release`,
          hint: 'do not change hub.db.pvc.annotations below values:',
        };
      }
    }
  },
};
