import { isPackageList } from '../core/model/package-list.ts';
import type { ImageName } from '../core/model/types.ts';
import { readTree } from '../edges/files.ts';

/** Lock and package lists of an image as they stand: texts by path. */
export async function gatherLockFiles(
  root: string,
  image: ImageName,
): Promise<ReadonlyMap<string, string>> {
  const folder = `images/${image}`;
  const isWanted = (path: string): boolean =>
    path === `${folder}/image.lock.yaml` || isPackageList(path);
  const { files } = await readTree(root, [folder], isWanted);
  return new Map(
    [...files].flatMap(([path, content]): [string, string][] =>
      isWanted(path) && content.kind === 'text' ? [[path, content.text]] : [],
    ),
  );
}
