import type { Commit } from '../core/access/audit/origin.ts';
import type { FileHistory } from '../ports/access.ts';
import { exec } from './exec.ts';

const FORMAT = '--format=%H%x00%ct%x00%P%x00%B';

/** Where files lie: people's, and everybody else's. */
export interface FilePlaces {
  root: string;
  /** A checkout of people's files, and whether they lie in a folder `access/` there. */
  people: { folder: string; below: 'access/' | '' } | undefined;
}

/** Commits of the clones that were checked out, on their first line of history: merges count, not what they merged. */
export function gitFileHistory({ root, people }: FilePlaces): FileHistory {
  return {
    newest: ({ path, id }) => {
      if (!people || !path.startsWith('access/')) return newest(root, path, id);
      return newest(people.folder, `${people.below}${path.slice('access/'.length)}`, id);
    },
  };
}

async function newest(
  folder: string,
  path: string,
  id: string | undefined,
): Promise<Commit | undefined> {
  // Only where the number of places changes in which the id stands: others in the file are not this person.
  const about = id === undefined ? [] : ['--pickaxe-regex', `-S(^|[^0-9])${id}([^0-9]|$)`];
  const args = ['log', '-1', '--first-parent', FORMAT, ...about, '--', path];
  const { code, stdout } = await exec('git', ['-C', folder, ...args]);
  if (code !== 0 || stdout === '') return undefined;
  const [sha = '', time = '', parents = '', ...message] = stdout.split('\0');
  // The first commit of a shallow clone seems to have written every file.
  if (parents === '' && (await isShallow(folder))) return undefined;
  return { sha, time: Number(time), message: message.join('\0').trim() };
}

async function isShallow(folder: string): Promise<boolean> {
  const { stdout } = await exec('git', ['-C', folder, 'rev-parse', '--is-shallow-repository']);
  return stdout.trim() === 'true';
}
