import { at, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Release } from '../unit.ts';
import { namedEntries } from './values/named-lists.ts';

const SERVERS = '/jupyterhub/singleuser';

/** What a hub's values promise of each server, for load_promises.py: its owner, and where home and mounts are. */
export function promisesOf({ values }: Release): JsonObject {
  const of = (path: string): Json => at(values, `${SERVERS}${path}`) ?? null;
  const mounts = namedEntries(of('/storage/extraVolumeMounts'));
  return {
    uid: of('/uid'),
    gid: of('/fsGid'),
    home: of('/storage/homeMountPath'),
    mounts: mounts.map((mount) => textAt(mount, '/mountPath')),
  };
}
