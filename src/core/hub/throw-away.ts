import { at, canonical, isObject, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** On everything that is made for a throw-away pod; its value is the pod's name. */
export const THROW_AWAY = 'glaciocloud.org/throw-away';

/**
 * Seconds after which a pod ends by itself, where nobody is left to end it; the pull of its image
 * counts.
 */
const LOAD_CHECK_SECONDS = 300;
const RESTORE_SECONDS = 300;

/** Name of the database's volume in the chart's hub pod. */
const DATABASE = 'pvc';

/** Where a configuration is loaded, and what it is held against. */
export interface LoadCheckPod {
  namespace: string;
  name: string;
  scripts: Readonly<Record<string, string>>;
  /** As `promisesOf` gives them. */
  promises: JsonObject;
}

/**
 * A throw-away pod that loads the new hub's configuration: the new Deployment's pod with the new
 * Secret and ConfigMaps under other names, its own scratch folder instead of the database, no hub
 * labels, no probes, no service account.
 */
export function loadCheckObjects(
  objects: readonly JsonObject[],
  { namespace, name, scripts, promises }: LoadCheckPod,
): JsonObject[] {
  const metadata = metadataOf(name, namespace);
  const { copies, renamed } = copiesOf(objects, name, metadata);
  const env = { services: serviceEnv(objects), promises };
  const spec = loadCheckPod(hubPodSpec(objects), renamed, `${name}-script`, env);
  return [
    ...copies,
    scriptObject(metadata(`${name}-script`), scripts),
    { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name), spec },
  ];
}

/** Secrets and ConfigMaps under names of the pod's own, and the new names by `KIND/NAME`. */
function copiesOf(
  objects: readonly JsonObject[],
  pod: string,
  metadata: (called: string) => JsonObject,
): { copies: JsonObject[]; renamed: Map<string, string> } {
  const renamed = new Map<string, string>();
  const copies: JsonObject[] = [];
  for (const object of objects) {
    const kind = object['kind'];
    const own = at(object, '/metadata/name');
    if ((kind !== 'Secret' && kind !== 'ConfigMap') || typeof own !== 'string') continue;
    const called = `${pod}-${own}`;
    renamed.set(`${kind}/${own}`, called);
    copies.push({ ...object, metadata: metadata(called) });
  }
  return { copies, renamed };
}

/** Scripts by their names. */
function scriptObject(metadata: JsonObject, scripts: Readonly<Record<string, string>>): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { ...scripts } };
}

/** Where a throw-away pod is made, and the script that it runs. */
export interface ScriptedPod {
  namespace: string;
  name: string;
  script: string;
  args: readonly string[];
}

/**
 * A throw-away pod of a hub that is down, with its image and its database's volume: puts a copy
 * back.
 */
export function restoreObjects(
  objects: readonly JsonObject[],
  { namespace, name, script, args }: ScriptedPod,
): JsonObject[] {
  const metadata = metadataOf(name, namespace);
  const spec = hubPodSpec(objects);
  const container = objectsIn(spec['containers'])[0] ?? {};
  const volumes = objectsIn(spec['volumes']).filter((volume) => volume['name'] === DATABASE);
  const mounts = objectsIn(container['volumeMounts']).filter((mount) => mount['name'] === DATABASE);
  const pod: JsonObject = {
    ...frame(spec),
    activeDeadlineSeconds: RESTORE_SECONDS,
    volumes: [...volumes, { name: 'script', configMap: { name: `${name}-script` } }],
    containers: [
      {
        name: 'restore',
        ...pick(container, ['image', 'imagePullPolicy', 'securityContext']),
        command: ['python3', '/script/restore.py', ...args],
        volumeMounts: [...mounts, { name: 'script', mountPath: '/script' }],
      },
    ],
  };
  return [
    scriptObject(metadata(`${name}-script`), { 'restore.py': script }),
    { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name), spec: pod },
  ];
}

/** Everything bears the pod's name as a label, by which it is taken away again. */
export function metadataOf(pod: string, namespace: string): (called: string) => JsonObject {
  return (called) => ({ name: called, namespace, labels: { [THROW_AWAY]: pod } });
}

/** The pod of the chart's hub Deployment. */
export function hubPodSpec(objects: readonly JsonObject[]): JsonObject {
  const deployment = objects.find(
    (one) => one['kind'] === 'Deployment' && at(one, '/metadata/name') === 'hub',
  );
  const spec = deployment === undefined ? undefined : at(deployment, '/spec/template/spec');
  if (!isObject(spec)) throw new Error('the chart renders no hub Deployment');
  return spec;
}

/**
 * What any throw-away pod takes from the hub's: where it may run, and as whom. It has no rights in
 * the cluster.
 */
export function frame(spec: JsonObject): JsonObject {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    ...pick(spec, [
      'securityContext',
      'nodeSelector',
      'tolerations',
      'imagePullSecrets',
      'affinity',
    ]),
  };
}

/**
 * Kubernetes tells every pod its Services by variables; before the first installation there are
 * none to tell.
 */
function serviceEnv(objects: readonly JsonObject[]): JsonObject[] {
  return objects.flatMap((object) => {
    const [name, port] = [at(object, '/metadata/name'), at(object, '/spec/ports/0/port')];
    if (object['kind'] !== 'Service' || typeof name !== 'string' || port === undefined) return [];
    const prefix = name.toUpperCase().replaceAll('-', '_');
    return [
      { name: `${prefix}_SERVICE_HOST`, value: name },
      { name: `${prefix}_SERVICE_PORT`, value: JSON.stringify(port) },
    ];
  });
}

function loadCheckPod(
  spec: JsonObject,
  renamed: ReadonlyMap<string, string>,
  script: string,
  { services, promises }: { services: readonly JsonObject[]; promises: JsonObject },
): JsonObject {
  const container = objectsIn(spec['containers'])[0] ?? {};
  const kept = ['image', 'imagePullPolicy', 'env', 'envFrom', 'securityContext', 'resources'];
  const own = rename(pick(container, kept), renamed);
  const mounts = objectsIn(container['volumeMounts']).filter((mount) => mount['name'] !== DATABASE);
  const volumes = objectsIn(spec['volumes'])
    .filter((volume) => volume['name'] !== DATABASE)
    .map((volume) => rename(volume, renamed));
  return {
    ...frame(spec),
    activeDeadlineSeconds: LOAD_CHECK_SECONDS,
    volumes: [
      ...volumes,
      { name: 'scratch', emptyDir: {} },
      { name: 'script', configMap: { name: script } },
    ],
    containers: [
      {
        name: 'load-check',
        ...own,
        // The last one counts, whatever the hub's own variables are.
        env: [
          ...services,
          ...objectsIn(own['env']),
          { name: 'GLACIOCLOUD_PROMISES', value: canonical(promises) },
        ],
        command: ['python3', '/load-check/load_check.py'],
        volumeMounts: [
          ...mounts,
          { name: 'scratch', mountPath: '/srv/jupyterhub' },
          { name: 'script', mountPath: '/load-check' },
        ],
      },
    ],
  };
}

/** These fields of an object, those that it has. */
export function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key)));
}

/** An object but for these fields. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Fields of a pod that hold a reference, and the kind of what they refer to. */
const REFERENCES = new Map([
  ['configMap', 'ConfigMap'],
  ['configMapKeyRef', 'ConfigMap'],
  ['configMapRef', 'ConfigMap'],
  ['secret', 'Secret'],
  ['secretKeyRef', 'Secret'],
  ['secretRef', 'Secret'],
]);

/** References to Secrets and ConfigMaps that the check has its own copies of. */
function rename(object: JsonObject, renamed: ReadonlyMap<string, string>): JsonObject {
  return renamedIn(object, undefined, renamed);
}

/** `kind`: what this object refers to, where it is a reference. */
function renamedIn(
  object: JsonObject,
  kind: string | undefined,
  renamed: ReadonlyMap<string, string>,
): JsonObject {
  const entries = Object.entries(object).map(([key, value]): [string, Json] => {
    if (typeof value === 'string' && (key === 'name' || key === 'secretName'))
      return [key, renamed.get(`${kind ?? ''}/${value}`) ?? value];
    return [key, renamedBelow(value, REFERENCES.get(key), renamed)];
  });
  return Object.fromEntries(entries);
}

function renamedBelow(
  value: Json,
  kind: string | undefined,
  renamed: ReadonlyMap<string, string>,
): Json {
  if (Array.isArray(value)) return value.map((item) => renamedBelow(item, kind, renamed));
  return isObject(value) ? renamedIn(value, kind, renamed) : value;
}
