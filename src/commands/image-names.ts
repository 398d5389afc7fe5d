import type { Doc, ImageFile, Platform } from '../core/model/types.ts';
import { UsageError } from '../failure.ts';

/** The images that are named, each once. */
export function imagesNamed(platform: Platform, names: readonly string[]): Doc<ImageFile>[] {
  return [...new Set(names)].map((name) => {
    const found = platform.images.get(name);
    if (found) return found;
    const known = [...platform.images.keys()].join(', ');
    throw new UsageError(`there is no image "${name}"`, `images: ${known}`);
  });
}
