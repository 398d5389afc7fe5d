import { SOPS_FILE } from '../core/credentials/placeholder.ts';
import { SECRETS_RULE } from '../core/credentials/encrypted.ts';
import { PLATFORM_FOLDERS, isRead } from '../core/model/layout.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading } from '../core/model/platform.ts';
import { looksOurs } from '../core/model/stray.ts';
import { namesIn, readTree } from '../edges/files.ts';
import { unseenByGit } from '../edges/git.ts';

/** Files below `root` → the platform and every finding about them. Throws nothing about their content. */
export async function gatherPlatform(root: string): Promise<Reading> {
  const beside = (await namesIn(root)).filter((name) => looksOurs(name) || name === SOPS_FILE);
  const tree = await readTree(
    root,
    [...PLATFORM_FOLDERS, ...beside],
    (path) => isRead(path) || beside.includes(path),
  );
  const reading = readPlatform(tree.files);
  const open = reading.findings.filter(({ rule }) => rule === SECRETS_RULE);
  if (open.length === 0) return reading;
  const files = new Set(open.map(({ at }) => at.file));
  return readPlatform(tree.files, await unseenByGit(root, files));
}
