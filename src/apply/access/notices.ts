import { at } from '../../core/json.ts';
import {
  KEPT_PATH,
  NOTICES_MANAGER,
  NOTICES_MAP,
  NOTICES_PATH,
  noticesMap,
} from '../../core/notices/notices.ts';
import type { Clock, Cluster } from '../../ports.ts';
import { touchHub } from '../touch.ts';

/** What a hub announces, and who may start servers there: written where it differs. The hub needs no restart. */
export async function writeNotices(
  hub: string,
  text: string,
  { kube, clock }: { kube: Cluster; clock: Clock },
): Promise<boolean> {
  const before = await kube.get('configmap', NOTICES_MAP, hub);
  if (at(before, NOTICES_PATH) === text && at(before, KEPT_PATH) === 'keep') return false;
  await kube.apply([noticesMap(hub, text)], NOTICES_MANAGER);
  await touchHub(hub, { kube, clock });
  return true;
}

/**
 * Before Helm runs: what an earlier release of the chart made is taken over, so that Helm does not take it away. What
 * is there already stays as it is.
 */
export async function takeOverNotices(hub: string, first: string, kube: Cluster): Promise<void> {
  const before = await kube.get('configmap', NOTICES_MAP, hub);
  if (at(before, KEPT_PATH) === 'keep') return;
  await kube.apply([noticesMap(hub, first)], NOTICES_MANAGER);
}
