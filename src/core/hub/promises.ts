import { at, isObject, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Release } from '../unit.ts';
import { namedEntries } from './values/named-lists.ts';

const SERVERS = '/jupyterhub/singleuser';
/** As the chart and KubeSpawner call what a person's server is. */
const COMPONENT = 'singleuser-server';

/**
 * What a hub promises of each server, for load_promises.py: its owner, where home and mounts are,
 * and where the servers are and by which labels the network policy of the rendered objects knows
 * them.
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
    mounts: mounts.map((mount) => textAt(mount, '/mountPath')),
    namespace,
    labels: policyLabels(objects),
  };
}

function policyLabels(objects: readonly JsonObject[]): JsonObject {
  const selected = objects
    .filter((one) => one['kind'] === 'NetworkPolicy')
    .map((one) => at(one, '/spec/podSelector/matchLabels'));
  return selected.filter(isObject).find((labels) => labels['component'] === COMPONENT) ?? {};
}
