import { HELM_MANAGER, pullersOf } from '../../core/hub/pull-ahead.ts';
import { textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/**
 * Does the work of a first installation while nodes pull the images already. Helm takes over what
 * pulls; where the work fails, it goes.
 */
export async function pullingAhead(
  { to: { unit, release } }: HubTask,
  objects: readonly JsonObject[],
  { kube }: ApplyWorld,
  work: () => Promise<void>,
): Promise<void> {
  const { namespace } = release;
  const pullers = pullersOf(objects, unit.name, namespace);
  if (pullers.length > 0) await kube.apply(pullers, HELM_MANAGER);
  try {
    await work();
  } catch (error) {
    for (const puller of pullers)
      await kube.delete('daemonset', textAt(puller, '/metadata/name'), namespace);
    throw error;
  }
}
