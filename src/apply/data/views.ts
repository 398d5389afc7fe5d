import { VIEW_LABEL, isView, viewsOf } from '../../core/hub/values/data.ts';
import type { States } from '../../core/hub/state.ts';
import { pointer, textAt } from '../../core/json.ts';
import type { Cluster } from '../../ports.ts';

/** Views that are still needed: of servers that are open, and of hubs as they run, whose change may come later. */
export async function viewsInUse(kube: Cluster, { known }: States): Promise<string[]> {
  const pods = await kube.list('pods', { selector: VIEW_LABEL });
  const open = pods.map((pod) => textAt(pod, pointer('metadata', 'labels', VIEW_LABEL)));
  const running = [...known.values()].flatMap(({ healthy }) =>
    healthy ? viewsOf(healthy.release) : [],
  );
  return [...new Set([...open.filter(isView), ...running])];
}
