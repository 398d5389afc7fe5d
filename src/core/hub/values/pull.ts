import { pointer } from '../../json.ts';
import type { HubContext, Part } from './part.ts';
import { SUPPLIED, suppliedFor } from './supplied.ts';

/** Credentials of registries, for every pod of the hub. Kubernetes reads them, and no container. */
export function pullPart({ hub }: HubContext): Part {
  const [first] = suppliedFor(hub.data, 'pull');
  if (first === undefined) return {};
  return {
    jupyterhub: { imagePullSecrets: [{ name: SUPPLIED.pull }] },
    from: { '/imagePullSecrets': pointer('secrets', first) },
  };
}
