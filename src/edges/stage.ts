import { lstat, mkdir, mkdtemp, readFile, readdir, realpath } from 'node:fs/promises';
import { rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isObject } from '../core/json.ts';
import type { Json } from '../core/json.ts';
import { isCode } from './disk-failure.ts';
import { makeFolder } from './make-folder.ts';
import { MARKER, isUntouched } from './ours.ts';
import { isAlive } from './processes.ts';

/*
 * Whatever is written is prepared in a stage, a folder beside it: `new/` is what comes, `old/` what was moved
 * aside, `journal` what was about to be put in place. Until the stage is called done, everything is taken back:
 * by the run itself where something fails, by the next one where it was killed.
 */

const HOST = hostname()
  .toLowerCase()
  .replaceAll(/[^a-z0-9]/gu, '');

/** `.glaciocloud-[done-]<host>-<process>-<chance>`: no unit begins with a dot. */
const STAGE = /^\.glaciocloud-(?:done-)?([a-z0-9]*)-(\d+)-(\w+)$/u;
const DONE = `${MARKER}-done-`;

/** Another machine's processes are not seen from here. A write takes seconds. */
const ELSEWHERE_ENDED_MS = 3_600_000;

/** Something that is about to be put in place. */
interface Entry {
  /** Below the folder that holds the stage. */
  path: string;
  /** It is known again by these. */
  inode: string;
  changed: string;
}

interface Journal {
  entries: readonly Entry[];
  /** Folders that are made for them, outermost first. */
  folders: readonly string[];
}

/** Prepares and puts in place; all of it is taken back where something fails or the process is killed. */
export async function staged(
  folder: string,
  write: (stage: string) => Promise<void>,
): Promise<void> {
  const base = resolve(folder);
  const first = await makeFolder(base);
  try {
    await tidy(base);
    const stage = await mkdtemp(join(base, `${MARKER}-${HOST}-${process.pid}-`));
    try {
      await write(stage);
      await end(stage);
    } catch (cause) {
      await takeBack(stage).catch(() => undefined); // the next run does
      throw cause;
    }
  } catch (cause) {
    if (first !== undefined) await removeEmpty(base, first);
    throw cause;
  }
}

async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let one = folder; one.startsWith(first); one = dirname(one))
    await rmdir(one).catch(() => undefined);
}

/**
 * From here on nothing is taken back. What cannot be cleared away is left to the next run; without a journal what came
 * is in its place already, and cannot be taken back.
 */
async function end(stage: string): Promise<void> {
  const done = join(dirname(stage), basename(stage).replace(`${MARKER}-`, DONE));
  try {
    await rename(stage, done);
  } catch (cause) {
    if ((await found(join(stage, 'journal'))) !== undefined) throw cause;
  }
  for (const one of [stage, done])
    await rm(one, { recursive: true, force: true }).catch(() => undefined);
}

/** Where what comes is prepared, and where what was there is moved to. */
export function freshIn(stage: string, path: string): string {
  return join(stage, 'new', path);
}

export function asideIn(stage: string, index: number): string {
  return join(stage, 'old', String(index));
}

/** To be called when everything is prepared, and before anything is put in place. */
export async function keepJournal(stage: string, paths: Iterable<string>): Promise<void> {
  const entries: Entry[] = [];
  const folders = new Set<string>();
  for (const path of paths) {
    entries.push({ path, ...(await identity(freshIn(stage, path))) });
    for (const folder of foldersOf(path))
      if ((await found(join(dirname(stage), folder))) === undefined) folders.add(folder);
  }
  await mkdir(join(stage, 'old'));
  await mkdir(join(stage, 'back'));
  const journal = { entries: entries.map((one) => ({ ...one })), folders: [...folders] };
  await writeFile(join(stage, 'journal'), JSON.stringify(journal));
}

/** `a/b/c` → `a`, `a/b`. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Undoes what killed runs have left in a folder. */
export async function tidy(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!STAGE.test(name) || !(await isLeft(folder, name))) continue;
    const stage = join(folder, name);
    const matters = !name.startsWith(DONE) && (await found(join(stage, 'journal'))) !== undefined;
    await clear(stage).catch((cause: unknown) => {
      if (matters) throw cause;
    });
  }
}

async function clear(stage: string): Promise<void> {
  const name = basename(stage);
  const begin = name.startsWith(DONE) ? DONE : `${MARKER}-`;
  const [, , , chance = ''] = STAGE.exec(name) ?? [];
  const mine = join(dirname(stage), `${begin}${HOST}-${process.pid}-${chance}`);
  if (!(await moveIfThere(stage, mine))) return;
  if (begin === DONE) await rm(mine, { recursive: true, force: true });
  else await takeBack(mine);
}

/** Of several that move the same thing one does. */
export async function moveIfThere(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return false;
    throw cause;
  }
}

/** Whether the run that made a stage has ended. */
async function isLeft(folder: string, name: string): Promise<boolean> {
  const [, host, pid] = STAGE.exec(name) ?? [];
  const info = await found(join(folder, name));
  if (info?.isDirectory() !== true) return false;
  const changed = Number(info.ctimeMs);
  if (host !== HOST) return changed < Date.now() - ELSEWHERE_ENDED_MS;
  // In containers every run may have the same number.
  if (Number(pid) === process.pid) return changed < performance.timeOrigin;
  return !isAlive(Number(pid));
}

/** What was put in place goes, what was moved aside comes back, and then the stage goes. */
async function takeBack(stage: string): Promise<void> {
  const base = dirname(stage);
  const { entries, folders } = await journalOf(stage);
  let held = false;
  for (const [index, entry] of entries.entries()) {
    if (!(await isBelow(base, entry.path))) continue;
    const place = join(base, entry.path);
    if (await isAsPlaced(place, entry)) await rename(place, join(stage, 'back', String(index)));
    if (!(await putBack(asideIn(stage, index), place))) held = true;
  }
  for (const folder of [...folders].reverse())
    if (await isBelow(base, folder)) await rmdir(join(base, folder)).catch(() => undefined);
  // Where something could not come back it stays in the stage, for the next run.
  if (!held) await rm(stage, { recursive: true, force: true });
}

/** What has taken the place since is newer, and stays. */
async function putBack(aside: string, place: string): Promise<boolean> {
  if ((await found(aside)) === undefined) return true;
  try {
    await rename(aside, place);
    return true;
  } catch (cause) {
    return isCode(cause, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR');
  }
}

/** What somebody has written into since is theirs. */
async function isAsPlaced(place: string, { inode, changed }: Entry): Promise<boolean> {
  const info = await found(place);
  if (info === undefined) return false;
  const now = await identity(place);
  if (now.inode !== inode) return false;
  return info.isDirectory() ? isUntouched(place) : now.changed === changed;
}

async function identity(path: string): Promise<Pick<Entry, 'inode' | 'changed'>> {
  const { ino, mtimeNs } = await lstat(path, { bigint: true });
  return { inode: String(ino), changed: String(mtimeNs) };
}

async function found(path: string): Promise<Awaited<ReturnType<typeof lstat>> | undefined> {
  return lstat(path).catch((cause: unknown) => {
    if (isCode(cause, 'ENOENT', 'ENOTDIR')) return undefined;
    throw cause;
  });
}

/** Nobody’s journal reaches out of the folder that it lies in, by dots or by links. */
async function isBelow(base: string, path: string): Promise<boolean> {
  const parent = await realpath(dirname(join(base, path))).catch(() => undefined);
  if (parent === undefined) return false;
  const way = relative(await realpath(base), join(parent, basename(path)));
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`);
}

/** One that is missing or not whole means that nothing was put in place. */
async function journalOf(stage: string): Promise<Journal> {
  const text = await readFile(join(stage, 'journal'), 'utf8').catch(() => '');
  try {
    const journal = JSON.parse(text) as Json;
    if (!isObject(journal)) return { entries: [], folders: [] };
    return {
      entries: listed(journal['entries']).flatMap(entryOf),
      folders: listed(journal['folders']).filter((one) => typeof one === 'string'),
    };
  } catch {
    return { entries: [], folders: [] };
  }
}

function listed(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function entryOf(value: Json): Entry[] {
  if (!isObject(value)) return [];
  const { path, inode, changed } = value;
  return typeof path === 'string' && typeof inode === 'string' && typeof changed === 'string'
    ? [{ path, inode, changed }]
    : [];
}
