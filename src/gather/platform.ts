import { SOPS_FILE } from '../core/credentials/placeholder.ts';
import { PLATFORM_FOLDERS, isRead } from '../core/model/layout.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading } from '../core/model/platform.ts';
import { looksOurs } from '../core/model/stray.ts';
import { namesIn, readTree } from '../edges/files.ts';

/** Files below `root` → the platform and every finding about them. Throws nothing about their content. */
export async function gatherPlatform(root: string): Promise<Reading> {
  const beside = (await namesIn(root)).filter((name) => looksOurs(name) || name === SOPS_FILE);
  const tree = await readTree(
    root,
    [...PLATFORM_FOLDERS, ...beside],
    (path) => isRead(path) || beside.includes(path),
  );
  return readPlatform(tree.files);
}
