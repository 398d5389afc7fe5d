import { VIEW_LABEL } from '../../core/hub/values/data.ts';
import type { States } from '../../core/hub/state.ts';
import { at, objectsIn } from '../../core/json.ts';
import type { Cluster } from '../../ports.ts';

/** Views that are still needed: of servers that are open, and of hubs as they run, whose change may come later. */
export async function viewsInUse(kube: Cluster, { known }: States): Promise<string[]> {
  const open = (await kube.list('pods', { selector: VIEW_LABEL })).map((pod) =>
    at(pod, `/metadata/labels/${VIEW_LABEL.replace('/', '~1')}`),
  );
  const running = [...known.values()].flatMap(({ healthy }) =>
    objectsIn(at(healthy?.release.values, '/glaciocloud/profiles/images')).map((image) =>
      at(image, `/labels/${VIEW_LABEL.replace('/', '~1')}`),
    ),
  );
  const views = [...open, ...running].filter(
    (view) => typeof view === 'string' && /^[0-9a-f]{40}$/u.test(view),
  );
  return [...new Set(views as string[])];
}
