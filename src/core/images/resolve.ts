import type {
  Doc,
  EnvironmentFile,
  ImageFile,
  ImageName,
  ImageLockFile,
  Platform,
  Wave,
  WaveName,
  Who,
} from '../model/types.ts';
import type { ImagePin } from '../unit.ts';

/** Where an image comes from, once its lock and the wave's channel are known. */
export type Resolved =
  | { kind: 'locked'; reference: string; build: string }
  | { kind: 'digest'; reference: string }
  | { kind: 'unlocked'; reference: string; floating: boolean }
  | { kind: 'unbuilt' }
  /** It is built, and no build is for this channel: not promoted yet, or withdrawn. */
  | { kind: 'unpromoted' };

/** A candidate wave takes what is stable where there is no candidate; a stable wave never takes a candidate. */
export function resolveImage(
  registry: string,
  image: Doc<ImageFile>,
  lock: Doc<ImageLockFile> | undefined,
  channel: Wave['images'],
): Resolved {
  if (lock) return resolveLock(`${registry}/${image.name}`, lock.data, channel);
  const from = image.data.from;
  if (!from) return { kind: 'unbuilt' };
  if (from.digest !== undefined) {
    return { kind: 'digest', reference: `${from.image}@${from.digest}` };
  }
  return {
    kind: 'unlocked',
    reference: `${from.image}:${from.tag ?? from.track ?? 'latest'}`,
    floating: from.tag === undefined,
  };
}

function resolveLock(
  repository: string,
  { channels, builds }: ImageLockFile,
  channel: Wave['images'],
): Resolved {
  const { candidate, stable } = channels;
  const build = channel === 'candidate' ? (candidate ?? stable) : stable;
  const digest = build === undefined ? undefined : builds[build]?.digest;
  return build === undefined || digest === undefined
    ? { kind: 'unpromoted' }
    : { kind: 'locked', reference: `${repository}@${digest}`, build };
}

/** Which channel the hubs of a wave take their images from. */
export function channelOf({ settings }: Platform, wave: WaveName): Wave['images'] {
  return settings.data.waves.find(({ name }) => name === wave)?.images ?? 'stable';
}

/** What a hub runs now, by name of the image. */
export type Running = ReadonlyMap<ImageName, string>;

/**
 * The images of a hub in its own order; unknown and unbuilt ones are left out, a rule names them. Before the first
 * promotion a hub keeps what it runs, unless it was withdrawn, and gets nothing new.
 */
export function hubImages(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  running: Running = new Map(),
): HubImage[] {
  const { registry } = platform.settings.data;
  const channel = channelOf(platform, hub.data.wave);
  const found: HubImage[] = [];
  for (const { name, for: who, sizes } of hub.data.images) {
    const image = platform.images.get(name);
    if (!image) continue;
    const lock = platform.locks.get(name);
    const resolved = resolveImage(registry, image, lock, channel);
    if (resolved.kind === 'unbuilt') continue;
    if (resolved.kind === 'unpromoted') {
      const kept = running.get(name);
      if (kept === undefined || isWithdrawn(kept, lock?.data)) continue;
      const pinned = kept.includes('@sha256:');
      const built = builtOf(kept, lock?.data);
      found.push({ name, reference: kept, pinned, file: image.data, built, for: who, sizes });
      continue;
    }
    const { reference, kind } = resolved;
    const built = builtOf(reference, lock?.data);
    const pinned = kind !== 'unlocked';
    found.push({ name, reference, pinned, file: image.data, built, for: who, sizes });
  }
  return found;
}

function isWithdrawn(reference: string, lock: ImageLockFile | undefined): boolean {
  return Object.values(lock?.builds ?? {}).some(
    ({ digest, yanked }) => yanked !== undefined && reference.endsWith(`@${digest}`),
  );
}

export interface HubImage extends ImagePin {
  file: ImageFile;
  /** The build that it is, where the lock knows it. */
  built: Built | undefined;
  for: Who[];
  /** Undefined: all of the hub's. */
  sizes: string[] | undefined;
}

/** What people read of a build. `day`: ISO date. */
export interface Built {
  day: string;
  oggm: string | undefined;
}

const DAY_LENGTH = '2026-11-21'.length;

function builtOf(reference: string, lock: ImageLockFile | undefined): Built | undefined {
  const found = Object.entries(lock?.builds ?? {}).find(([, { digest }]) =>
    reference.endsWith(`@${digest}`),
  );
  if (!found) return undefined;
  const [name, { oggm }] = found;
  return { day: name.slice(0, DAY_LENGTH), oggm: oggm?.version };
}
