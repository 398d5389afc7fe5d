import { compareText } from '../json.ts';
import { locate } from '../model/layout.ts';
import { isPackageList } from '../model/package-list.ts';
import type { ImageName } from '../model/types.ts';

/** A file in an image's folder. */
const FILE = /^images\/([^/]+)\//u;

/** The images of which a file changed, sorted. A lock or a package list is no reason to build: a build wrote it. */
export function imagesChanged(
  images: ReadonlySet<ImageName>,
  paths: readonly string[],
): ImageName[] {
  const changed = paths.flatMap((path) => {
    const image = FILE.exec(path)?.[1] ?? '';
    const written = locate(path)?.kind === 'image-lock' || isPackageList(path);
    return images.has(image) && !written ? [image] : [];
  });
  return [...new Set(changed)].sort(compareText);
}
