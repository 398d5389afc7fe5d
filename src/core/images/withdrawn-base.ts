import type { ImageName, Platform } from '../model/types.ts';

/** A withdrawn build that an image would be built on. */
export interface WithdrawnBase {
  image: ImageName;
  build: string;
  why: string;
}

/** `base` is `REGISTRY/NAME@sha256:…`; undefined where it is no image of this platform, or a build that holds. */
export function withdrawnBase(
  { settings, locks }: Pick<Platform, 'settings' | 'locks'>,
  base: string,
): WithdrawnBase | undefined {
  for (const { name: image, data } of locks.values())
    for (const [build, { digest, yanked: why }] of Object.entries(data.builds))
      if (why !== undefined && base === `${settings.data.registry}/${image}@${digest}`)
        return { image, build, why };
  return undefined;
}
