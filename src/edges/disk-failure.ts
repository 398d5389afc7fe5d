import { Failure, messageOf } from '../failure.ts';

class DiskFailure extends Failure {}

const DISK_HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full: make room and run it again',
  EACCES: 'you may not write there: choose another folder',
  EEXIST: 'it is there already: choose another name, or delete it',
  EROFS: 'that file system is read-only: choose another folder',
  EDQUOT: 'your quota is used up: make room and run it again',
};

/** What the disk refuses, in words. */
export async function guarded<T>(what: string, write: () => T | Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    throw new DiskFailure(`${what} cannot be written: ${messageOf(cause)}`, {
      hint: DISK_HINTS[code] ?? 'look at the folder and run it again',
      cause,
    });
  }
}

export function isCode(cause: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((cause as NodeJS.ErrnoException | undefined)?.code ?? '');
}
