import { PLATFORM_FOLDERS, locate } from '../core/model/layout.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading } from '../core/model/platform.ts';
import { readTree } from '../edges/files.ts';

/** Files below `root` → the platform and every finding about them. Throws nothing about their content. */
export async function gatherPlatform(root: string): Promise<Reading> {
  const tree = await readTree(root, PLATFORM_FOLDERS, (path) => locate(path) !== undefined);
  return readPlatform(tree.files);
}
