import { lstat, readFile, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { isObject } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { PLATFORM_FOLDERS } from '../core/model/layout.ts';
import { Failure } from '../failure.ts';
import { isCode } from './disk-failure.ts';

/** What a folder that we write is for. */
export type FolderKind = 'unit' | 'image';

/** Says that a folder is ours, and which files in it. It is in no digest and on no branch. */
export const MARKER = '.glaciocloud';

export function markerText(kind: FolderKind, files: Iterable<string>): string {
  return `${JSON.stringify({ tool: 'glaciocloud', kind, files: [...files].sort() }, null, 2)}\n`;
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
      // Another run of ours may be putting its own in place.
      if (attempt === AGAIN || !isCode(cause, 'ENOENT')) throw cause;
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
  const marker = parsed(await readFile(join(folder, MARKER), 'utf8'));
  if (marker?.kind !== kind) throw notOurs(place, `its ${MARKER} says something else`);
  const foreign = await foreignIn(folder);
  if (foreign !== undefined) throw notOurs(place, `${foreign} in it was not written by us`);
}

/** The first file in a folder that its mark does not name. */
export async function foreignIn(folder: string): Promise<string | undefined> {
  const marker = parsed(await readFile(join(folder, MARKER), 'utf8').catch(() => ''));
  const known = [MARKER, ...(marker?.files ?? [])];
  return (await filesBelow(folder)).find((path) => !known.includes(path));
}

function notOurs(folder: string, why: string): Failure {
  return new Failure(`${folder} is not replaced: ${why}`, {
    hint: 'name another folder; or, if nothing in this one is needed (versions before wrote no mark), delete it',
    exit: 2,
  });
}

function parsed(text: string): { kind: unknown; files: readonly Json[] } | undefined {
  try {
    const found = JSON.parse(text) as Json;
    if (!isObject(found) || found['tool'] !== 'glaciocloud' || !Array.isArray(found['files']))
      return undefined;
    return { kind: found['kind'], files: found['files'] };
  } catch {
    return undefined;
  }
}

/** Everything below a folder that is no folder, with `/`. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
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
