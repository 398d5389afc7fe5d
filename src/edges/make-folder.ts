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
    return await makeOne(path);
  } catch (cause) {
    if (!isCode(cause, 'ENOENT')) throw cause;
    // Another run may have made the parent a moment ago: that it is there now proves nothing.
    const first = await makeParent(path);
    const own = await makeOne(path);
    return first ?? own;
  }
}

async function makeParent(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  return (await isFolder(parent)) ? undefined : makeFolder(parent);
}

async function makeOne(path: string): Promise<string | undefined> {
  try {
    await mkdir(path);
    return path;
  } catch (cause) {
    if (isCode(cause, ...MAY_BE_THERE) && (await isFolder(path))) return undefined;
    throw cause;
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (info) => info.isDirectory(),
    () => false,
  );
}
