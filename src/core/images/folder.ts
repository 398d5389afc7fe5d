import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import type { ImageFile, PlatformFile } from '../model/types.ts';
import { baseFiles } from './base-kind.ts';
import { condaFiles } from './conda-kind.ts';
import { OWN_SCRIPT } from './template.ts';
import type { View } from './template.ts';

/** Raised when the same image.yaml gives another folder: every image is then built again. */
const FORMAT = 4;

export interface ImageFolder {
  /** Texts by path; `start` and `postBuild` are executable. */
  files: Map<string, string>;
  /** Hash of image.yaml and the files that it names: the lock's `recipe`. */
  hash: string;
}

export interface NamedFile {
  path: string;
  text: string;
}

/** Files of the image's folder that go into the image or run while it is built, each once. */
export function namedPaths({ files, postBuild }: ImageFile): string[] {
  return [...new Set([...files, ...(postBuild === undefined ? [] : [postBuild])])];
}

/**
 * A folder that repo2docker builds: a thin Dockerfile on an existing image, or an environment from
 * channels of conda. `named` are the texts of `namedPaths`.
 */
export function imageFolder(
  name: string,
  image: ImageFile,
  platform: PlatformFile,
  named: readonly NamedFile[],
): ImageFolder {
  // What looks like a credential and is none decides nothing about the image.
  const recipe = Object.entries(image).filter(([key]) => key !== 'notSecret');
  const hash = digestOf([
    FORMAT,
    Object.fromEntries(recipe),
    platform.user,
    named.map(({ path, text }): Json => [path, text]),
  ]);
  return { files: folderFiles(image, { name, hash, platform, named }), hash };
}

export interface Recipe {
  name: string;
  hash: string;
  platform: PlatformFile;
  named: readonly NamedFile[];
}

/** The files of a recipe, with an image.yaml that says more exactly what is installed. */
export function folderFiles(
  image: ImageFile,
  { name, hash, platform, named }: Recipe,
): Map<string, string> {
  const view = viewOf(name, image, platform, hash);
  const files = image.from ? baseFiles(view, image.from, image.oggm) : condaFiles(view, image);
  for (const { path, text } of named) {
    if (image.files.includes(path)) files.set(`files/${path}`, text);
    if (path === image.postBuild) files.set(OWN_SCRIPT, text);
  }
  return files;
}

function viewOf(name: string, image: ImageFile, platform: PlatformFile, hash: string): View {
  const { title, channels, conda, pip, apt, bake } = image;
  return {
    name,
    title,
    hash,
    channels,
    conda,
    pip,
    apt,
    user: platform.user,
    bake: bake.length > 0,
    salem: bake.includes('salem'),
    sampleData: bake.includes('sample-data'),
    files: image.files.length > 0,
    script: image.postBuild !== undefined,
    env: Object.entries(image.env).map(([key, value]) => ({ name: key, value })),
  };
}
