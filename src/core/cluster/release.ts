import type { JsonObject } from '../json.ts';
import { wantedRelease } from '../plan/release.ts';
import type { WantedRelease } from '../unit.ts';
import { SYSTEM_NAMESPACE, clusterObjects } from './objects.ts';

/** What the hubs of a cluster share, as a release: its digest follows the objects. */
export function clusterRelease(
  name: string,
  objects: readonly JsonObject[] = clusterObjects(),
): WantedRelease {
  return wantedRelease('clusters', 0, {
    v: 1,
    unit: { kind: 'cluster', cluster: name, name },
    namespace: SYSTEM_NAMESPACE,
    charts: [],
    values: { objects: [...objects] },
    images: [],
    secrets: [],
  });
}
