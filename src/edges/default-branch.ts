import { exec } from './exec.ts';
import { pathsAt, textsAt } from './git.ts';

/** Refs that stand for the default branch of the repository that a clone came from. */
const MAIN_REFS = ['origin/HEAD', 'origin/main', 'origin/master'];

/** A file of the folder `root` as the default branch has it; undefined where none is known, or has no such file. */
export async function mainText(root: string, path: string): Promise<string | undefined> {
  for (const ref of MAIN_REFS) {
    const result = await exec('git', ['-C', root, 'show', `refs/remotes/${ref}:./${path}`]).catch(
      () => undefined,
    );
    if (result?.code === 0) return result.stdout;
  }
  return undefined;
}

/** Whether a file is as in the commit that is checked out, and that commit is on the default branch. */
export async function isMerged(root: string, path: string): Promise<boolean> {
  const clean = await exec('git', ['-C', root, 'diff', '--quiet', 'HEAD', '--', path]).catch(
    () => undefined,
  );
  if (clean?.code !== 0) return false;
  for (const ref of MAIN_REFS) {
    const above = ['merge-base', '--is-ancestor', 'HEAD', `refs/remotes/${ref}`];
    const result = await exec('git', ['-C', root, ...above]).catch(() => undefined);
    if (result?.code === 0) return true;
  }
  return false;
}

/** Where what is checked out left the default branch; undefined where none is known. */
export async function mergeBase(root: string): Promise<string | undefined> {
  for (const ref of MAIN_REFS) {
    const parting = ['merge-base', 'HEAD', `refs/remotes/${ref}`];
    const result = await exec('git', ['-C', root, ...parting]).catch(() => undefined);
    if (result?.code === 0) return result.stdout.trim();
  }
  return undefined;
}

/**
 * Files of the default branch whose path `wants` accepts; undefined where none is known, or `root` is not the top of
 * its clone.
 */
export async function mainFiles(
  root: string,
  wants: (path: string) => boolean,
): Promise<Map<string, string> | undefined> {
  const ask = (...args: string[]): Promise<string | undefined> =>
    exec('git', ['-C', root, 'rev-parse', ...args]).then(
      ({ code, stdout }) => (code === 0 ? stdout.trim() : undefined),
      () => undefined,
    );
  if ((await ask('--show-prefix')) !== '') return undefined;
  for (const ref of MAIN_REFS) {
    const commit = await ask('--verify', '--quiet', `refs/remotes/${ref}^{commit}`);
    if (commit !== undefined)
      return textsAt(root, commit, (await pathsAt(root, commit)).filter(wants));
  }
  return undefined;
}
