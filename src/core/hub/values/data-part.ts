import type { HubContext, Part } from './part.ts';

/** For whoever reads the plan; `core/hub/data-effects.ts` finds it in a release. */
export function dataPart({ data, cluster }: HubContext): Part {
  if (data === undefined) return {};
  const { sets } = data;
  return { glaciocloud: { data: { sets, room: cluster.storage.data?.size ?? '' } } };
}
