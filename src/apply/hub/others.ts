import { standingOf } from '../../core/hub/adoption.ts';
import { textAt } from '../../core/json.ts';
import type { WantedRelease } from '../../core/unit.ts';
import type { Cluster } from '../../ports.ts';

/** Kinds by which a hub of others is known. */
export const OF_OTHERS = 'deployments,services,persistentvolumeclaims';

/**
 * Of hubs that were never deployed to this cluster: what of others keeps one from it, as its deployment would say,
 * by name. A hub that is to be taken over is none of them.
 */
export async function heldByOthers(
  kube: Pick<Cluster, 'list'>,
  hubs: readonly WantedRelease[],
): Promise<Map<string, string>> {
  const held = new Map<string, string>();
  if (hubs.length === 0) return held;
  const all = await kube.list('namespaces');
  const there = new Map(all.map((one) => [textAt(one, '/metadata/name'), one]));
  for (const { unit, release } of hubs) {
    const namespace = there.get(release.namespace);
    if (!namespace) continue;
    const objects = await kube.list(OF_OTHERS, { namespace: release.namespace });
    const found = { hub: unit.name, adopt: undefined, namespace, releases: [], objects };
    const standing = standingOf(found);
    if (standing.kind === 'refused') held.set(unit.name, standing.reason);
  }
  return held;
}
