import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { compareText, isObject, objectOf } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { PLATFORM_FOLDERS } from '../core/model/layout.ts';
import { Failure } from '../failure.ts';
import { sha256 } from './chart-archive.ts';
import { isCode } from './disk-failure.ts';
import { plainText } from './entry.ts';

/** What a folder that we write is for. A record is of units; what is damaged in it is written anew. */
export type FolderKind = 'unit' | 'record' | 'image' | 'bench';

/** Records and what `render` writes may stand for each other. */
function markKind(kind: FolderKind): Exclude<FolderKind, 'record'> {
  return kind === 'record' ? 'unit' : kind;
}

/** Says that a folder is ours, and what was written into it. It is in no digest and on no branch. */
export const MARKER = '.glaciocloud';

/** What a mark says of a folder. */
interface Mark {
  kind: unknown;
  /** SHA-256 of each file; not known from marks of versions before. */
  files: ReadonlyMap<string, string | undefined>;
}

export function markerText(kind: FolderKind, files: ReadonlyMap<string, string>): string {
  const hashes = [...files]
    .map(([path, text]): [string, string] => [path, sha256(Buffer.from(text))])
    .sort(([a], [b]) => compareText(a, b));
  const mark = { tool: 'glaciocloud', kind: markKind(kind), files: Object.fromEntries(hashes) };
  return `${JSON.stringify(mark, null, 2)}\n`;
}

/** Folders of a platform that people write, and we never. */
const PEOPLES: readonly string[] = ['.github', 'charts', ...PLATFORM_FOLDERS];

const AGAIN = 5;

/**
 * Fails unless a folder is absent, empty, or holds only what we wrote there for the same purpose. `parent` is where the
 * one above it leads.
 */
export async function confirmOurs(folder: string, kind: FolderKind, parent: string): Promise<void> {
  await confirmPlace(join(parent, basename(folder)), folder);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await confirmContent(folder, kind, folder);
      return;
    } catch (cause) {
      // Another run of ours may be putting its own in place, and then old and new are seen mixed.
      if (attempt === AGAIN) throw cause;
    }
  }
}

/** The same of a folder that has been moved aside from `place`. */
export async function confirmContent(
  folder: string,
  kind: FolderKind,
  place: string,
): Promise<void> {
  const info = await lstat(folder).catch((cause: unknown) => {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw cause;
  });
  if (info === undefined) return;
  if (!info.isDirectory()) throw notOurs(place, 'it is no folder');
  const names = await readdir(folder);
  if (names.length === 0) return;
  if (!names.includes(MARKER)) throw notOurs(place, `it has no ${MARKER}`);
  const mark = markOf(await plainText(join(folder, MARKER)).catch(() => ''));
  if (mark?.kind !== markKind(kind)) throw notOurs(place, `its ${MARKER} says something else`);
  const others = await othersIn(folder, mark);
  if (others.foreign !== undefined)
    throw notOurs(place, `${others.foreign} in it was not written by us`);
  if (others.edited !== undefined && kind !== 'record') throw editedByHand(place, others.edited);
}

/** Whether everything in a folder is as we wrote it. */
export async function isUntouched(folder: string): Promise<boolean> {
  const mark = markOf(await plainText(join(folder, MARKER)).catch(() => ''));
  const { foreign, edited } = await othersIn(folder, mark ?? { kind: undefined, files: new Map() });
  return foreign === undefined && edited === undefined;
}

/** The first file in a folder that its mark does not name, and the first that is not what was written. */
async function othersIn(
  folder: string,
  { files }: Mark,
): Promise<{ foreign: string | undefined; edited: string | undefined }> {
  const found = (await entriesBelow(folder)).filter(({ path }) => path !== MARKER);
  const foreign = found.find(({ path }) => !files.has(path))?.path;
  for (const { path, isFile } of found) {
    const hash = files.get(path);
    if (hash === undefined) continue;
    // A pipe would be waited for without end.
    if (!isFile || sha256(await readFile(join(folder, path))) !== hash)
      return { foreign, edited: path };
  }
  return { foreign, edited: undefined };
}

function notOurs(folder: string, why: string): Failure {
  return new Failure(`${folder} is not replaced: ${why}`, {
    hint: 'name another folder; or, if nothing in this one is needed (versions before wrote no mark), delete it',
    exit: 2,
  });
}

function editedByHand(folder: string, file: string): Failure {
  return new Failure(`${folder} is not replaced: ${file} in it was changed by hand`, {
    hint: `change the files that it comes from instead; to have it written anew, delete ${join(folder, file)}`,
    exit: 2,
  });
}

function markOf(text: string): Mark | undefined {
  const mark = objectOf(text);
  if (mark?.['tool'] !== 'glaciocloud') return undefined;
  const { kind, files } = mark;
  const hashes = isObject(files) ? files : {};
  const paths: readonly unknown[] = Array.isArray(files) ? files : Object.keys(hashes);
  const known = new Map<string, string | undefined>();
  for (const path of paths) if (typeof path === 'string') known.set(path, textIn(hashes, path));
  return { kind, files: known };
}

function textIn(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  return typeof value === 'string' ? value : undefined;
}

/** Everything below a folder that is no folder, with `/`. */
async function entriesBelow(folder: string): Promise<{ path: string; isFile: boolean }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => ({
      path: relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'),
      isFile: entry.isFile(),
    }))
    .sort((one, other) => compareText(one.path, other.path));
}

/** Nothing is written into a platform's own folders, wherever links lead. */
export async function confirmOutside(path: string): Promise<void> {
  await confirmPlace(await realFolder(resolve(path)), path);
}

async function confirmPlace(full: string, named: string): Promise<void> {
  for (let above = dirname(full); ; above = dirname(above)) {
    const first = relative(above, full).split(sep)[0] ?? '';
    const isPeoples = PEOPLES.includes(first.toLowerCase()) && (await isPlatform(above));
    if (isPeoples || first.toLowerCase() === '.git')
      throw new Failure(`${named} is not written: ${first}/ is a folder of the platform’s own`, {
        hint: 'name a place outside the platform, or a new folder in it',
        exit: 2,
      });
    if (above === dirname(above)) return;
  }
}

async function isPlatform(folder: string): Promise<boolean> {
  const names = await namesOf(folder);
  return names.includes('platform.yaml') || names.includes('platform.yml');
}

/** Where a path leads, as far as it exists. */
export async function realFolder(path: string): Promise<string> {
  const found = await realpath(path).catch(() => undefined);
  if (found !== undefined || path === dirname(path)) return found ?? path;
  return join(await realFolder(dirname(path)), basename(path));
}

async function namesOf(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
