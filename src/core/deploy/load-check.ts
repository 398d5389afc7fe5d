import { at, isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

const LABEL = 'glaciocloud.org/load-check';

/**
 * A throw-away pod that loads the new hub's configuration: the new Deployment's pod with the new Secret and ConfigMaps under
 * other names, its own scratch folder instead of the database, no hub labels, no probes, no service account.
 */
export function loadCheckObjects(objects: readonly JsonObject[], namespace: string, name: string, script: string): JsonObject[] {
  const metadata = (called: string): JsonObject => ({ name: called, namespace, labels: { [LABEL]: name } });
  const renamed = new Map<string, string>();
  const copies: JsonObject[] = [];
  for (const object of objects) {
    const kind = object['kind'];
    const own = at(object, '/metadata/name');
    if ((kind !== 'Secret' && kind !== 'ConfigMap') || typeof own !== 'string') continue;
    renamed.set(`${kind}/${own}`, `${name}-${own}`);
    copies.push({ ...object, metadata: metadata(`${name}-${own}`) });
  }
  copies.push({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(`${name}-script`), data: { 'load_check.py': script } });
  const deployment = objects.find((one) => one['kind'] === 'Deployment' && at(one, '/metadata/name') === 'hub');
  const spec = deployment === undefined ? undefined : at(deployment, '/spec/template/spec');
  if (!isObject(spec)) throw new Error('the chart renders no hub Deployment');
  return [...copies, { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name), spec: podSpec(spec, renamed, `${name}-script`, serviceEnv(objects)) }];
}

/** Kubernetes tells every pod its Services by variables; before the first installation there are none to tell. */
function serviceEnv(objects: readonly JsonObject[]): JsonObject[] {
  return objects.flatMap((object) => {
    const [name, port] = [at(object, '/metadata/name'), at(object, '/spec/ports/0/port')];
    if (object['kind'] !== 'Service' || typeof name !== 'string' || port === undefined) return [];
    const prefix = name.toUpperCase().replaceAll('-', '_');
    return [{ name: `${prefix}_SERVICE_HOST`, value: name }, { name: `${prefix}_SERVICE_PORT`, value: JSON.stringify(port) }];
  });
}

function podSpec(spec: JsonObject, renamed: ReadonlyMap<string, string>, script: string, services: readonly JsonObject[]): JsonObject {
  const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
  const container = list(spec['containers'])[0] ?? {};
  const kept = ['image', 'imagePullPolicy', 'env', 'envFrom', 'securityContext', 'resources'];
  const mounts = list(container['volumeMounts']).filter((mount) => mount['name'] !== 'pvc');
  const volumes = list(spec['volumes']).filter((volume) => volume['name'] !== 'pvc').map((volume) => rename(volume, renamed));
  return {
    restartPolicy: 'Never',
    activeDeadlineSeconds: 60,
    automountServiceAccountToken: false,
    ...pick(spec, ['securityContext', 'nodeSelector', 'tolerations', 'imagePullSecrets', 'affinity']),
    volumes: [...volumes, { name: 'scratch', emptyDir: {} }, { name: 'script', configMap: { name: script } }],
    containers: [
      {
        name: 'load-check',
        ...pick(container, kept),
        env: [...services, ...list(container['env']).map((variable) => rename(variable, renamed))],
        command: ['python3', '/load-check/load_check.py'],
        volumeMounts: [...mounts, { name: 'scratch', mountPath: '/srv/jupyterhub' }, { name: 'script', mountPath: '/load-check' }],
      },
    ],
  };
}

function pick(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.flatMap((key) => (object[key] === undefined ? [] : [[key, object[key]]])));
}

/** References to Secrets and ConfigMaps that the check has its own copies of. */
function rename(value: JsonObject, renamed: ReadonlyMap<string, string>): JsonObject {
  const visit = (here: Json, key: string): Json => {
    if (Array.isArray(here)) return here.map((item) => visit(item, key));
    if (!isObject(here)) return here;
    const kind = key === 'configMap' || key === 'configMapKeyRef' || key === 'configMapRef' ? 'ConfigMap' : key === 'secret' || key === 'secretKeyRef' || key === 'secretRef' ? 'Secret' : undefined;
    return Object.fromEntries(
      Object.entries(here).map(([name, item]) => {
        const isReference = kind !== undefined && (name === 'name' || name === 'secretName') && typeof item === 'string';
        return [name, isReference ? (renamed.get(`${kind}/${item}`) ?? item) : visit(item, name)];
      }),
    );
  };
  return visit(value, '') as JsonObject;
}
