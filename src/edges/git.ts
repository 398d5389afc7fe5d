import { exec } from './exec.ts';

/** Commit that is checked out at `root`, or undefined outside a repository. */
export async function headCommit(root: string): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, 'rev-parse', '--verify', '--quiet', 'HEAD']).catch(
    () => undefined,
  );
  return result?.code === 0 ? result.stdout.trim() : undefined;
}

/** Message of that commit. */
export async function headMessage(root: string): Promise<string | undefined> {
  const result = await exec('git', ['-C', root, 'log', '-1', '--format=%B']).catch(() => undefined);
  return result?.code === 0 ? result.stdout : undefined;
}

/** The branch that `deploy` keeps: a local one, or the remote's as last fetched. */
export async function deployedRef(root: string): Promise<string | undefined> {
  for (const ref of ['refs/remotes/origin/deployed', 'refs/heads/deployed']) {
    const result = await exec('git', ['-C', root, 'rev-parse', '--verify', '--quiet', ref]).catch(
      () => undefined,
    );
    if (result?.code === 0) return result.stdout.trim();
  }
  return undefined;
}

/** Texts of the files of a commit whose path `wants` accepts; two processes, however many files. */
export async function filesAt(
  root: string,
  commit: string,
  wants: (path: string) => boolean,
): Promise<Map<string, string>> {
  const listed = await exec('git', ['-C', root, 'ls-tree', '-r', '-z', '--name-only', commit]);
  const paths = listed.stdout
    .split('\0')
    .filter((path) => path !== '' && !path.includes('\n') && wants(path));
  if (paths.length === 0) return new Map();
  const { bytes } = await exec('git', ['-C', root, 'cat-file', '--batch'], {
    input: paths.map((path) => `${commit}:${path}\n`).join(''),
  });
  const files = new Map<string, string>();
  let offset = 0;
  for (const path of paths) {
    const end = bytes.indexOf(10, offset);
    const size = Number(bytes.subarray(offset, end).toString('utf8').split(' ')[2]);
    files.set(path, bytes.subarray(end + 1, end + 1 + size).toString('utf8'));
    offset = end + 1 + size + 1;
  }
  return files;
}

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
