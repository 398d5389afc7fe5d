import type { HubContext, Part } from './part.ts';

/** Claims of others in servers: read by the hub with the profiles, so that a change restarts nothing. */
export function mountsPart({ hub }: HubContext): Part {
  const { mounts } = hub.data;
  if (mounts.length === 0) return {};
  return {
    glaciocloud: {
      profiles: {
        mounts: mounts.map(({ name, claim, path, at, for: who, readOnly }) => ({
          name,
          claim,
          at,
          for: who,
          readOnly,
          ...(path !== undefined && { path }),
        })),
      },
    },
  };
}
