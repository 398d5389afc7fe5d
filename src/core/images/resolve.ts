import type {
  Doc,
  EnvironmentFile,
  ImageFile,
  ImageLockFile,
  Platform,
  Wave,
} from '../model/types.ts';
import type { ImagePin } from '../unit.ts';

/** Where an image comes from, once its lock and the wave's channel are known. */
export type Resolved =
  | { kind: 'locked'; reference: string; build: string }
  | { kind: 'digest'; reference: string }
  | { kind: 'unlocked'; reference: string; floating: boolean }
  | { kind: 'unbuilt' };

export function resolveImage(
  registry: string,
  image: Doc<ImageFile>,
  lock: Doc<ImageLockFile> | undefined,
  channel: Wave['images'],
): Resolved {
  const build =
    lock?.data.channels[channel] ?? lock?.data.channels.stable ?? lock?.data.channels.candidate;
  const digest = build === undefined ? undefined : lock?.data.builds[build]?.digest;
  if (build !== undefined && digest !== undefined) {
    return { kind: 'locked', reference: `${registry}/${image.name}@${digest}`, build };
  }
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

/** The images of a hub in its own order; unknown and unbuilt ones are left out, a rule names them. */
export function hubImages(platform: Platform, hub: Doc<EnvironmentFile>): HubImage[] {
  const { registry, waves } = platform.settings.data;
  const channel = waves.find(({ name }) => name === hub.data.wave)?.images ?? 'stable';
  const found: HubImage[] = [];
  for (const name of hub.data.images) {
    const image = platform.images.get(name);
    if (!image) continue;
    const resolved = resolveImage(registry, image, platform.locks.get(name), channel);
    if (resolved.kind === 'unbuilt') continue;
    const { reference, kind } = resolved;
    found.push({ name, reference, pinned: kind !== 'unlocked', file: image.data });
  }
  return found;
}

export interface HubImage extends ImagePin {
  file: ImageFile;
}
