import { at, isObject, objectsIn, textAt, walk } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Release } from '../unit.ts';
import { meant } from './values/meant.ts';
import { namedEntries } from './values/named-lists.ts';
import { SECRETS_OF_HUB, isOfHub } from './values/secret-names.ts';
import { knownTexts } from './values/variables.ts';

const SERVERS = '/jupyterhub/singleuser';
/** As the chart and KubeSpawner call what a person's server is. */
const COMPONENT = 'singleuser-server';
const GITHUB = 'https://github.com';

/**
 * What a hub promises of each server, for load_promises.py: its owner, where home and mounts are,
 * where the servers are and by which labels the network policy of the rendered objects knows them,
 * what of the hub none of them has, and where people log in.
 */
export function promisesOf(
  { namespace, values }: Release,
  objects: readonly JsonObject[],
): JsonObject {
  const of = (path: string): Json => at(values, `${SERVERS}${path}`) ?? null;
  const mounts = namedEntries(of('/storage/extraVolumeMounts'));
  return {
    uid: of('/uid'),
    gid: of('/fsGid'),
    home: of('/storage/homeMountPath'),
    folder:
      of('/storage/type') === 'static'
        ? { claim: of('/storage/static/pvcName'), path: of('/storage/static/subPath') }
        : null,
    mounts: mounts.map((mount) => textAt(mount, '/mountPath')),
    readOnly: [...readOnlyClaims(of('/storage/extraVolumes')), ...readOnlyMounts(values)],
    namespace,
    labels: policyLabels(objects),
    // A rule refuses another one but for a hub on the machine of whoever tries it.
    login: knownTexts(values, '/jupyterhub/hub/extraEnv')['GITHUB_URL'] ?? GITHUB,
    claims: objects
      .filter((one) => one['kind'] === 'PersistentVolumeClaim')
      .map((one) => textAt(one, '/metadata/name')),
    secrets: SECRETS_OF_HUB,
    variables: secretVariables(objects),
    images: imagesBeside(values),
  };
}

/** Claims that no server may write to: data that others read. */
function readOnlyClaims(volumes: Json): string[] {
  return namedEntries(volumes)
    .map((volume) => volume['persistentVolumeClaim'])
    .filter((claim) => at(claim, '/readOnly') === true)
    .map((claim) => textAt(claim, '/claimName'));
}

/** Claims that every mount of the profiles has as read-only. */
function readOnlyMounts(values: JsonObject): string[] {
  const mounts = objectsIn(at(values, '/glaciocloud/profiles/mounts'));
  const writable = mounts.filter((one) => one['readOnly'] !== true);
  const open = writable.map((one) => textAt(one, '/claim'));
  return mounts.map((one) => textAt(one, '/claim')).filter((claim) => !open.includes(claim));
}

function policyLabels(objects: readonly JsonObject[]): JsonObject {
  const selected = objects
    .filter((one) => one['kind'] === 'NetworkPolicy')
    .map((one) => at(one, '/spec/podSelector/matchLabels'));
  return selected.filter(isObject).find((labels) => labels['component'] === COMPONENT) ?? {};
}

/** Variables that the hub gets from its own Secrets. */
function secretVariables(objects: readonly JsonObject[]): string[] {
  const hub = objects.filter(
    (one) => one['kind'] === 'Deployment' && at(one, '/metadata/name') === 'hub',
  );
  return hub
    .flatMap((one) => objectsIn(at(one, '/spec/template/spec/containers')))
    .flatMap((container) => objectsIn(container['env']))
    .filter((variable) => isOfHub(textAt(variable, '/valueFrom/secretKeyRef/name')))
    .map((variable) => textAt(variable, '/name'));
}

/** Images of containers that the values put beside a server. */
function imagesBeside(release: JsonObject): string[] {
  const jupyterhub = release['jupyterhub'];
  const { values } = meant(isObject(jupyterhub) ? jupyterhub : {});
  const places = ['/extraContainers', '/initContainers', '/extraPodConfig'];
  return places
    .flatMap((path) => [...walk(at(values, `/singleuser${path}`) ?? null)])
    .flatMap(({ path, value }) =>
      path.endsWith('/image') && typeof value === 'string' ? [value] : [],
    );
}
