import { compareText } from '../json.ts';
import type { Doc, EnvironmentFile, ImageLockFile, Platform, Wave } from '../model/types.ts';
import { channelOf } from './resolve.ts';

/** A build that people of a hub had, and that was withdrawn. */
export interface Withdrawn {
  /** Title of its image. */
  title: string;
  build: string;
  why: string;
  /** Whether the hub offers another build of the image. */
  isOffered: boolean;
}

/**
 * Withdrawn builds that a hub's people should know of, at most one of each image: servers that run it go on. It is told
 * until the hub's channel names a newer one.
 */
export function withdrawnFor(platform: Platform, hub: Doc<EnvironmentFile>): Withdrawn[] {
  const channel = channelOf(platform, hub.data.wave);
  return hub.data.images.flatMap(({ name }): Withdrawn[] => {
    const title = platform.images.get(name)?.data.title;
    const lock = platform.locks.get(name)?.data;
    const last = lock && lastWithdrawn(lock, channel);
    return title !== undefined && last ? [{ title, ...last }] : [];
  });
}

function lastWithdrawn(
  { builds, channels }: ImageLockFile,
  channel: Wave['images'],
): Omit<Withdrawn, 'title'> | undefined {
  const named = channel === 'candidate' ? (channels.candidate ?? channels.stable) : channels.stable;
  // Hubs of stable waves had what was promoted, from then on.
  const since = (build: string): string | undefined =>
    channel === 'candidate' ? build : builds[build]?.promoted;
  const offered = (named === undefined ? undefined : since(named)) ?? '';
  const [last] = Object.entries(builds)
    .flatMap(([build, { yanked }]) => {
      const from = since(build);
      return yanked === undefined || from === undefined ? [] : [{ build, why: yanked, from }];
    })
    .filter(({ from }) => compareText(from, offered) > 0)
    .sort((a, b) => compareText(b.from, a.from));
  return last && { build: last.build, why: last.why, isOffered: named !== undefined };
}
