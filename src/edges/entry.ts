import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { MAX_FILE_BYTES } from '../core/source.ts';
import { messageOf } from '../failure.ts';
import { isCode } from './disk-failure.ts';

/** What was found at a path: text, or why there is none. The platform treats both as data. */
export type FileContent =
  { kind: 'text'; text: string } | { kind: 'refused'; why: string; hint: string };

type Refused = FileContent & { kind: 'refused' };

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const NOT_READABLE = 'let whoever runs this read it, and enter the folders above it';
const TRY_AGAIN = 'look at it and run this again';

function unreadable(what: string, cause: unknown): Refused {
  const code = (cause as NodeJS.ErrnoException).code ?? messageOf(cause);
  const hint = isCode(cause, 'EACCES', 'EPERM') ? NOT_READABLE : TRY_AGAIN;
  return { kind: 'refused', why: `${what} cannot be read (${code})`, hint };
}

/** What stands at a path; undefined where nothing does. */
export async function lookAt(full: string): Promise<Stats | Refused | undefined> {
  return lstat(full).catch((cause: unknown) =>
    isCode(cause, 'ENOENT', 'ENOTDIR') ? undefined : unreadable('what stands here', cause),
  );
}

/** What is no file although it stands where one is read. A pipe would be waited for without end. */
export function refusal(path: string, info: Stats): Refused | undefined {
  if (info.isFile()) return undefined;
  if (info.isSymbolicLink())
    return { kind: 'refused', why: 'this is a symbolic link', hint: 'put the file itself here' };
  if (!info.isDirectory())
    return {
      kind: 'refused',
      why: 'this is neither a file nor a folder',
      hint: 'remove it, or put a file here',
    };
  if (!/\.ya?ml$/iu.test(path)) return undefined;
  return {
    kind: 'refused',
    why: 'this is a folder',
    hint: 'put a file of this name here, or rename the folder',
  };
}

export const NAME_REFUSED: Refused = {
  kind: 'refused',
  why: 'the name is not UTF-8',
  hint: 'rename it: each \\x stands for a byte that is no letter',
};

export const WENT_AWAY: Refused = {
  kind: 'refused',
  why: 'this went away while it was read',
  hint: 'run it again when nobody writes here',
};

/** Names in a folder, in order. One that is not UTF-8 cannot be opened by its text, which is for people. */
export async function entriesOf(
  full: string,
): Promise<readonly { name: string; isText: boolean }[] | Refused> {
  try {
    const names = (await readdir(full, { encoding: 'buffer' })).map(nameOf);
    return names.sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (cause) {
    return unreadable('the folder', cause);
  }
}

function nameOf(bytes: Buffer): { name: string; isText: boolean } {
  try {
    return { name: decoder.decode(bytes), isText: true };
  } catch {
    const name = [...bytes].map((byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
    );
    return { name: name.join(''), isText: false };
  }
}

/** Something else may take the file’s place meanwhile: neither a link is followed then nor a pipe waited for. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

export async function readText(path: string, full: string): Promise<FileContent> {
  try {
    const file = await open(full, READ);
    try {
      const info = await file.stat();
      return refusal(path, info) ?? tooLarge(info) ?? decoded(await file.readFile());
    } finally {
      await file.close();
    }
  } catch (cause) {
    return unreadable('the file', cause);
  }
}

/** The text of a file; fails for everything else that stands there. A pipe is not waited for. */
export async function plainText(full: string): Promise<string> {
  const file = await open(full, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) throw new Error(`${full} is no file`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

function tooLarge({ size }: Stats): Refused | undefined {
  if (size <= MAX_FILE_BYTES) return undefined;
  return {
    kind: 'refused',
    why: `the file is larger than ${MAX_FILE_BYTES / 1e6} MB`,
    hint: 'split it, or keep data out of the platform files',
  };
}

function decoded(bytes: Buffer): FileContent {
  try {
    return { kind: 'text', text: decoder.decode(bytes) };
  } catch {
    return { kind: 'refused', why: 'the file is not UTF-8', hint: 'save it as UTF-8' };
  }
}
