import { lstat, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { Failure, messageOf } from '../failure.ts';
import { MAX_FILE_BYTES } from '../core/source.ts';

class DiskFailure extends Failure {}

/** What was found at a path: text, or why there is none. The platform treats both as data. */
export type FileContent =
  { kind: 'text'; text: string } | { kind: 'refused'; why: string; hint: string };

export interface FileTree {
  root: string;
  files: ReadonlyMap<string, FileContent>;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads `platform.yaml` and the given folders below `root`. Symbolic links are refused: the files may come from a
 * stranger's pull request.
 */
export async function readTree(
  root: string,
  folders: readonly string[],
  wants: (path: string) => boolean,
): Promise<FileTree> {
  const base = resolve(root);
  const files = new Map<string, FileContent>();
  const visit = async (path: string): Promise<void> => {
    const full = join(base, path);
    const info = await lstat(full).catch(() => undefined);
    if (!info) return;
    if (info.isSymbolicLink()) {
      files.set(path, {
        kind: 'refused',
        why: 'this is a symbolic link',
        hint: 'put the file itself here',
      });
    } else if (info.isDirectory()) {
      const names = (await readdir(full)).sort();
      for (const name of names) await visit(path === '' ? name : `${path}/${name}`);
    } else if (info.isFile()) {
      files.set(path, wants(path) ? await readText(full, info.size) : { kind: 'text', text: '' });
    }
  };
  for (const top of ['platform.yaml', 'platform.yml', ...folders]) await visit(top);
  return { root: base, files };
}

/** Names of what lies in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
}

async function readText(full: string, size: number): Promise<FileContent> {
  if (size > MAX_FILE_BYTES)
    return {
      kind: 'refused',
      why: `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`,
      hint: 'split it, or keep data out of the platform files',
    };
  const bytes = await readFile(full);
  try {
    return { kind: 'text', text: decoder.decode(bytes) };
  } catch {
    return { kind: 'refused', why: 'the file is not UTF-8', hint: 'save it as UTF-8' };
  }
}

/** A folder that exists only for the time of `use`. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await guarded('a temporary folder', () => mkdtemp(join(tmpdir(), 'glaciocloud-')));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Files of an image's build folder that are run. */
const PROGRAMS: readonly string[] = ['postBuild', 'start'];

/** Writes a folder whole or not at all: files go beside it first and take its place in one step. */
export async function writeFolder(
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<void> {
  const target = resolve(folder);
  const fresh = `${target}.new-${process.pid}`;
  const old = `${target}.old-${process.pid}`;
  await guarded(folder, async () => {
    try {
      await mkdir(fresh, { recursive: true });
      for (const [path, text] of files) {
        const full = inside(fresh, path);
        await mkdir(dirname(full), { recursive: true });
        await writeFile(full, text, PROGRAMS.includes(path) ? { mode: 0o755 } : {});
      }
      const existed = await rename(target, old).then(
        () => true,
        () => false,
      );
      await rename(fresh, target).catch(async (cause: unknown) => {
        if (existed) await rename(old, target);
        throw cause;
      });
      if (existed) await rm(old, { recursive: true, force: true });
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
  });
}

/** A folder that is not there is gone already. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

/** Writes a file in one step. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const fresh = `${path}.new-${process.pid}`;
  await guarded(path, async () => {
    try {
      await mkdir(dirname(resolve(path)), { recursive: true });
      await writeFile(fresh, text);
      await rename(fresh, path);
    } finally {
      await rm(fresh, { force: true });
    }
  });
}

export function fileText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

export async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** `path` below `folder`; anything that would leave it is a mistake of ours, not of a user. */
export function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  if (full !== folder && !full.startsWith(folder + sep))
    throw new Error(`${path} leaves its folder`);
  return full;
}

const DISK_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and run it again',
  EACCES: 'you may not write there: choose another folder',
  EROFS: 'that file system is read-only: choose another folder',
  EDQUOT: 'your quota is used up: make room and run it again',
};

async function guarded<T>(what: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new DiskFailure(`${what} cannot be written: ${messageOf(cause)}`, {
      hint: DISK_HINTS[code] ?? 'look at the folder and run it again',
      cause,
    });
  }
}
