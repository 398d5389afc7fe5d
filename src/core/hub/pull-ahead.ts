import { merge } from '../json.ts';
import type { JsonObject } from '../json.ts';

/** As Helm calls itself as owner of fields. */
export const HELM_MANAGER = 'helm';

/**
 * What pulls images to the nodes, as Helm would make it: a Helm that comes later takes over what
 * bears these names.
 */
export function pullersOf(
  objects: readonly JsonObject[],
  release: string,
  namespace: string,
): JsonObject[] {
  const metadata = {
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'Helm' },
    annotations: {
      'meta.helm.sh/release-name': release,
      'meta.helm.sh/release-namespace': namespace,
    },
  };
  return objects
    .filter((object) => object['kind'] === 'DaemonSet')
    .map((object) => merge(object, { metadata }));
}
