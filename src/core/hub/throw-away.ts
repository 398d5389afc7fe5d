import { at, isObject, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** On everything that is made for a throw-away pod; its value is the pod's name. */
export const THROW_AWAY = 'glaciocloud.org/throw-away';

/**
 * A throw-away pod that loads the new hub's configuration: the new Deployment's pod with the new Secret and ConfigMaps under
 * other names, its own scratch folder instead of the database, no hub labels, no probes, no service account.
 */
export function loadCheckObjects(
  objects: readonly JsonObject[],
  namespace: string,
  name: string,
  script: string,
): JsonObject[] {
  const metadata = metadataOf(name, namespace);
  const renamed = new Map<string, string>();
  const copies: JsonObject[] = [];
  for (const object of objects) {
    const kind = object['kind'];
    const own = at(object, '/metadata/name');
    if ((kind !== 'Secret' && kind !== 'ConfigMap') || typeof own !== 'string') continue;
    renamed.set(`${kind}/${own}`, `${name}-${own}`);
    copies.push({ ...object, metadata: metadata(`${name}-${own}`) });
  }
  copies.push({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(`${name}-script`),
    data: { 'load_check.py': script },
  });
  return [
    ...copies,
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(name),
      spec: loadCheckPod(hubPodSpec(objects), renamed, `${name}-script`, serviceEnv(objects)),
    },
  ];
}

/** A throw-away pod of a hub that is down: its image and its database's volume, and a script that puts a copy back. */
export function restoreObjects(
  objects: readonly JsonObject[],
  namespace: string,
  name: string,
  script: string,
  args: readonly string[],
): JsonObject[] {
  const metadata = metadataOf(name, namespace);
  const spec = hubPodSpec(objects);
  const container = objectsIn(spec['containers'])[0] ?? {};
  const pod: JsonObject = {
    ...frame(spec),
    activeDeadlineSeconds: 120,
    volumes: [
      ...objectsIn(spec['volumes']).filter((volume) => volume['name'] === DATABASE),
      { name: 'script', configMap: { name: `${name}-script` } },
    ],
    containers: [
      {
        name: 'restore',
        ...pick(container, ['image', 'imagePullPolicy', 'securityContext']),
        command: ['python3', '/script/restore.py', ...args],
        volumeMounts: [
          ...objectsIn(container['volumeMounts']).filter((mount) => mount['name'] === DATABASE),
          { name: 'script', mountPath: '/script' },
        ],
      },
    ],
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata(`${name}-script`),
      data: { 'restore.py': script },
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name), spec: pod },
  ];
}

/** Everything bears the pod's name as a label, by which it is taken away again. */
export function metadataOf(pod: string, namespace: string): (called: string) => JsonObject {
  return (called) => ({ name: called, namespace, labels: { [THROW_AWAY]: pod } });
}

/** Name of the database's volume in the chart's hub pod. */
const DATABASE = 'pvc';

export function hubPodSpec(objects: readonly JsonObject[]): JsonObject {
  const deployment = objects.find(
    (one) => one['kind'] === 'Deployment' && at(one, '/metadata/name') === 'hub',
  );
  const spec = deployment === undefined ? undefined : at(deployment, '/spec/template/spec');
  if (!isObject(spec)) throw new Error('the chart renders no hub Deployment');
  return spec;
}

/** What any throw-away pod takes from the hub's: where it may run, and as whom. It has no rights in the cluster. */
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

/** Kubernetes tells every pod its Services by variables; before the first installation there are none to tell. */
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
  services: readonly JsonObject[],
): JsonObject {
  const container = objectsIn(spec['containers'])[0] ?? {};
  const kept = ['image', 'imagePullPolicy', 'env', 'envFrom', 'securityContext', 'resources'];
  const mounts = objectsIn(container['volumeMounts']).filter((mount) => mount['name'] !== DATABASE);
  const volumes = objectsIn(spec['volumes'])
    .filter((volume) => volume['name'] !== DATABASE)
    .map((volume) => rename(volume, renamed));
  return {
    ...frame(spec),
    activeDeadlineSeconds: 60,
    volumes: [
      ...volumes,
      { name: 'scratch', emptyDir: {} },
      { name: 'script', configMap: { name: script } },
    ],
    containers: [
      {
        name: 'load-check',
        ...pick(container, kept),
        env: [
          ...services,
          ...objectsIn(container['env']).map((variable) => rename(variable, renamed)),
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

export function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]])),
  );
}

export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** References to Secrets and ConfigMaps that the check has its own copies of. */
function rename(value: JsonObject, renamed: ReadonlyMap<string, string>): JsonObject {
  const visit = (here: Json, key: string): Json => {
    if (Array.isArray(here)) return here.map((item) => visit(item, key));
    if (!isObject(here)) return here;
    const kind =
      key === 'configMap' || key === 'configMapKeyRef' || key === 'configMapRef'
        ? 'ConfigMap'
        : key === 'secret' || key === 'secretKeyRef' || key === 'secretRef'
          ? 'Secret'
          : undefined;
    return Object.fromEntries(
      Object.entries(here).map(([name, item]) => {
        const isReference =
          kind !== undefined &&
          (name === 'name' || name === 'secretName') &&
          typeof item === 'string';
        return [name, isReference ? (renamed.get(`${kind}/${item}`) ?? item) : visit(item, name)];
      }),
    );
  };
  return visit(value, '') as JsonObject;
}
