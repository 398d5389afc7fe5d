import { namedPaths } from '../core/images/folder.ts';
import type { NamedFile } from '../core/images/folder.ts';
import type { Doc, ImageFile } from '../core/model/types.ts';
import { readTree } from '../edges/files.ts';
import { UsageError } from '../failure.ts';

type Named = Pick<Doc<ImageFile>, 'name' | 'data'>;

/** Files that an image.yaml names. Rules have made sure that each lies in the image's folder, and is no link. */
export function gatherNamed(root: string, image: Named): Promise<NamedFile[]> {
  return gather(root, image.name, namedPaths(image.data));
}

/** Notebooks that its tests run. */
export function gatherNotebooks(root: string, image: Named): Promise<NamedFile[]> {
  return gather(root, image.name, image.data.tests.notebooks);
}

async function gather(root: string, name: string, paths: readonly string[]): Promise<NamedFile[]> {
  const folder = `images/${name}`;
  const wanted = new Set(paths.map((path) => `${folder}/${path}`));
  const { files } = await readTree(root, [folder], (path) => wanted.has(path));
  return paths.map((path) => {
    const content = files.get(`${folder}/${path}`);
    if (content?.kind === 'text') return { path, text: content.text };
    throw new UsageError(
      `${folder}/${path} cannot go into the image: ${content?.why ?? 'there is no such file'}`,
      content?.hint ?? 'add it, or correct the path in image.yaml',
    );
  });
}
