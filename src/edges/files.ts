import { link, lstat, readFile, readdir } from 'node:fs/promises';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { Failure } from '../failure.ts';
import { guarded, isCode } from './disk-failure.ts';
import { NAME_REFUSED, WENT_AWAY, entriesOf, lookAt, readText, refusal } from './entry.ts';
import type { FileContent } from './entry.ts';
import { makeFolder } from './make-folder.ts';
import { MARKER, confirmContent, confirmOurs, confirmOutside } from './ours.ts';
import { markerText, realFolder } from './ours.ts';
import type { FolderKind } from './ours.ts';
import { makeScratch, removeScratch } from './scratch.ts';
import { asideIn, freshIn, keepJournal, moveIfThere, staged } from './stage.ts';
import { together } from './together.ts';

export interface FileTree {
  root: string;
  files: ReadonlyMap<string, FileContent>;
}

/**
 * Reads `platform.yaml` and the given folders below `root`. Symbolic links are refused: the files may come from a
 * stranger's pull request. What cannot be read is told: a file that is passed over is one that is gone.
 */
export async function readTree(
  root: string,
  folders: readonly string[],
  wants: (path: string) => boolean,
): Promise<FileTree> {
  const base = resolve(root);
  const files = new Map<string, FileContent>();
  const visit = async (path: string, isListed: boolean): Promise<void> => {
    const full = join(base, path);
    const info = await lookAt(full);
    if (info === undefined) {
      if (isListed && wants(path)) files.set(path, WENT_AWAY);
      return;
    }
    const refused = 'kind' in info ? info : refusal(path, info);
    if (refused) files.set(path, refused);
    if ('kind' in info) return;
    if (info.isDirectory()) await enter(path, full);
    else if (!refused)
      files.set(path, wants(path) ? await readText(path, full) : { kind: 'text', text: '' });
  };
  const enter = async (path: string, full: string): Promise<void> => {
    const entries = await entriesOf(full);
    if ('kind' in entries) {
      files.set(path, entries);
      return;
    }
    for (const { name, isText } of entries) {
      const below = path === '' ? name : `${path}/${name}`;
      if (isText) await visit(below, true);
      else files.set(below, NAME_REFUSED);
    }
  };
  for (const top of ['platform.yaml', 'platform.yml', ...folders]) await visit(top, false);
  return { root: base, files };
}

/** Names of what lies in a folder; none where there is no such folder. */
export async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).then(
    (names) => names.sort(),
    () => [],
  );
}

/** A folder that exists only for the time of `use`. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await guarded('a temporary folder', makeScratch);
  try {
    return await use(folder);
  } finally {
    await removeScratch(folder);
  }
}

/** Files of an image's build folder that are run. */
const PROGRAMS: readonly string[] = ['postBuild', 'start'];

/** Fails where one of the folders is somebody's: asked before anything is done that ends with writing them. */
export async function confirmFolders(
  base: string,
  names: Iterable<string>,
  kind: FolderKind,
): Promise<void> {
  const places = [...names].map((name) => join(base, name));
  for (const parent of parentsOf(places)) {
    const real = await realFolder(resolve(parent));
    const inIt = places.filter((place) => dirname(place) === parent);
    await together(inIt.map((place) => guarded(place, () => confirmOurs(place, kind, real))));
  }
}

/** Writes folders below `base`, all of them or none, and only in place of what we wrote for the same purpose. */
export async function writeFolders(
  base: string,
  folders: ReadonlyMap<string, ReadonlyMap<string, string>>,
  kind: FolderKind,
): Promise<void> {
  await confirmFolders(base, folders.keys(), kind);
  await prepared(base, async (stage) => {
    for (const [name, files] of folders)
      await guarded(join(base, name), () =>
        fillFolder(
          inside(freshIn(stage, ''), name),
          new Map([...files, [MARKER, markerText(kind, files)]]),
        ),
      );
    await guarded(base, () => keepJournal(stage, folders.keys()));
    const places = [...folders.keys()].map((name) => join(base, name));
    for (const parent of parentsOf(places)) await guarded(parent, () => makeFolder(parent));
    for (const [index, name] of [...folders.keys()].entries()) {
      const place = join(base, name);
      await guarded(place, () =>
        putInPlace(place, { fresh: freshIn(stage, name), aside: asideIn(stage, index) }, kind),
      );
    }
  });
}

/** Each once. */
function parentsOf(paths: readonly string[]): ReadonlySet<string> {
  return new Set(paths.map((path) => dirname(path)));
}

/** Writes files that are not there yet, all of them or none; never over another. */
export async function writeNew(base: string, files: ReadonlyMap<string, string>): Promise<void> {
  await prepared(base, async (stage) => {
    await guarded(base, () => fillFolder(freshIn(stage, ''), files));
    await guarded(base, () => keepJournal(stage, files.keys()));
    for (const path of files.keys())
      await guarded(join(base, path), async () => {
        await makeFolder(dirname(join(base, path)));
        await placeNew(freshIn(stage, path), join(base, path));
      });
  });
}

/** Writes a file in one step. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await guarded(path, () =>
    staged(dirname(resolve(path)), async (stage) => {
      await writeFile(join(stage, 'new'), text);
      await rename(join(stage, 'new'), path);
    }),
  );
}

/** The same, but what is there already and does not begin like ours is not replaced. */
export async function writeOver(path: string, text: string, ours: string): Promise<void> {
  await confirmOutside(path);
  const before = await guarded(path, () =>
    readFile(path, 'utf8').catch((cause: unknown) => {
      if (isCode(cause, 'ENOENT')) return '';
      throw cause;
    }),
  );
  if (before !== '' && !before.startsWith(ours))
    throw new Failure(`${path} is not replaced: it was not written by us`, {
      hint: 'name another file, or delete this one',
      exit: 2,
    });
  await writeWhole(path, text);
}

/** A folder that is not there is gone already; one that is not ours stays. */
export async function removeFolder(base: string, name: string, kind: FolderKind): Promise<void> {
  const folder = join(base, name);
  await guarded(folder, async () => {
    await confirmOurs(folder, kind, await realFolder(resolve(dirname(folder))));
    if (!(await exists(folder))) return;
    await staged(base, (stage) => rename(folder, join(stage, 'old')));
  });
}

function prepared(base: string, write: (stage: string) => Promise<void>): Promise<void> {
  return guarded(base, () => staged(base, write));
}

/** Files into a folder that nobody else looks at yet. */
export async function fillFolder(
  folder: string,
  files: ReadonlyMap<string, string | Uint8Array>,
): Promise<void> {
  const paths = [...files.keys()].map((path) => inside(folder, path));
  for (const one of new Set([folder, ...parentsOf(paths)])) await makeFolder(one);
  await together(
    [...files].map(([path, content]) =>
      writeFile(join(folder, path), content, PROGRAMS.includes(path) ? { mode: 0o755 } : {}),
    ),
  );
}

const SWAPS = 50;

/** What another run puts there at the same time makes way too: each is whole, and the last one stays. */
async function putInPlace(
  place: string,
  { fresh, aside }: { fresh: string; aside: string },
  kind: FolderKind,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    // Somebody may have written into it meanwhile.
    if (await moveIfThere(place, aside)) await confirmContent(aside, kind, place);
    try {
      await rename(fresh, place);
      return;
    } catch (cause) {
      if (attempt === SWAPS || !isCode(cause, 'ENOTEMPTY', 'EEXIST')) throw cause;
      await rm(aside, { recursive: true, force: true }); // the other's is newer
    }
  }
}

/** Some file systems know no links. */
async function placeNew(fresh: string, place: string): Promise<void> {
  try {
    await link(fresh, place);
  } catch (cause) {
    if (!isCode(cause, 'EPERM', 'ENOTSUP', 'ENOSYS') || (await exists(place))) throw cause;
    await rename(fresh, place);
  }
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

/** What a path leads to; undefined where nothing is there. What is no folder can be read as a file. */
export async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  return stat(path).then(
    (found) => (found.isDirectory() ? 'folder' : 'file'),
    () => undefined,
  );
}

/** `path` below `folder`; anything that would leave it is a mistake of ours, not of a user. */
export function inside(folder: string, path: string): string {
  const full = resolve(folder, path);
  if (full !== folder && !full.startsWith(folder + sep))
    throw new Error(`${path} leaves its folder`);
  return full;
}
