import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode } from './disk-failure.ts';

/** What systems say of a folder that is there already: macOS of `/`, others of a disk that is read-only. */
const MAY_BE_THERE: readonly string[] = ['EEXIST', 'EISDIR', 'EROFS'];

/**
 * Makes a folder and those above it, and says which is the outermost that was missing. Node’s own way never ends where
 * a folder is there in which none can be made, as in /proc.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return path;
  } catch (cause) {
    if (isCode(cause, ...MAY_BE_THERE) && (await isFolder(path))) return undefined;
    const parent = dirname(path);
    if (!isCode(cause, 'ENOENT') || (await isFolder(parent))) throw cause;
    const first = await makeFolder(parent);
    const own = await makeFolder(path);
    return first ?? own;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
