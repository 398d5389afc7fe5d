import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '../../../src/edges/files.ts';
import { commitAll, git } from '../sample.ts';
import type { Repository } from './state.ts';

const MAIN = 'refs/heads/main';

/** Files on main of a repository on the simulated GitHub, by path. */
export function filesOnMain(repository: Repository): Map<string, string> {
  const commit = repository.objects.get(repository.refs.get(MAIN) ?? '');
  const tree = commit?.type === 'commit' ? repository.objects.get(commit.tree) : undefined;
  if (tree?.type !== 'tree') throw new Error('main has no tree');
  return new Map(
    [...tree.entries].map(([path, sha]): [string, string] => {
      const blob = repository.objects.get(sha);
      return [path, blob?.type === 'blob' ? blob.content.toString() : ''];
    }),
  );
}

/**
 * Makes a clone hold what main has on the simulated GitHub, which names its commits otherwise than git: from then on
 * main's commit has git's name on both sides. What is pushed goes to `<clone>-origin.git`.
 */
export async function checkOut(repository: Repository, clone: string): Promise<string> {
  if (!(await exists(join(clone, '.git')))) await makeClone(clone);
  for (const name of await readdir(clone))
    if (name !== '.git') await rm(join(clone, name), { recursive: true });
  for (const [path, text] of filesOnMain(repository)) {
    await mkdir(dirname(join(clone, path)), { recursive: true });
    await writeFile(join(clone, path), text);
  }
  if ((await git(clone, 'status', '--porcelain')) !== '') await commitAll(clone, 'main');
  const name = await git(clone, 'rev-parse', 'HEAD');
  const commit = repository.objects.get(repository.refs.get(MAIN) ?? '');
  if (commit) repository.objects.set(name, commit);
  repository.refs.set(MAIN, name);
  return name;
}

async function makeClone(clone: string): Promise<void> {
  const origin = `${clone}-origin.git`;
  await mkdir(clone, { recursive: true });
  await git(dirname(clone), 'init', '-q', '--bare', '-b', 'main', origin);
  await git(clone, 'init', '-q', '-b', 'main');
  await git(clone, 'remote', 'add', 'origin', origin);
}
