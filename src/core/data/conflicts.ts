import { pointer } from '../json.ts';
import type { LockedFile } from '../model/data-types.ts';
import type { Rule } from '../rule.ts';
import { lockedSets } from './lock.ts';
import type { LockedSet } from './lock.ts';
import { placeOf } from './wanted.ts';

interface Placed {
  set: string;
  file: LockedFile;
}

/** What keeps two sets out of one cache. */
interface Conflict {
  sets: readonly [string, string];
  what: string;
}

/** Of sets that a hub has together, the first conflict of each two. Source: check_places of data_order.py. */
function conflictsOf(sets: readonly LockedSet[]): Conflict[] {
  const placed = new Map<string, Placed>();
  const unpacked = new Map<string, Placed & { path: string }>();
  const found = new Map<string, Conflict>();
  const tell = (first: string, second: string, what: string): void => {
    if (first !== second && !found.has(`${first} ${second}`))
      found.set(`${first} ${second}`, { sets: [first, second], what });
  };
  for (const { set, lock } of sets)
    for (const file of lock.data.files) {
      const path = placeOf(file.url);
      const before = placed.get(path);
      if (before && (before.file.bytes !== file.bytes || before.file.unpack !== file.unpack))
        tell(before.set, set.name, `${path} is of two sizes in their locks`);
      placed.set(path, before ?? { set: set.name, file });
      const tree = file.unpack === undefined ? undefined : unpacked.get(file.unpack);
      if (tree && tree.path !== path)
        tell(tree.set, set.name, `both unpack an archive as ${file.unpack}`);
      if (file.unpack !== undefined && !tree)
        unpacked.set(file.unpack, { set: set.name, file, path });
    }
  for (const [path, { set }] of placed)
    for (const above of foldersOf(path)) {
      const file = placed.get(above);
      if (file) tell(file.set, set, `${above} is a file of one and a folder of the other`);
    }
  return [...found.values()];
}

function foldersOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

export const dataConflict: Rule = {
  id: 'data-conflict',
  severity: 'error',
  title: 'Data sets of one hub agree about the files that they share.',
  why: 'OGGM has one cache folder, so the sets of a hub lie in one. Where two say different things of one file, nothing of its cluster is filled.',
  on: 'platform',
  *check(platform) {
    for (const hub of platform.environments.values())
      for (const { sets, what } of conflictsOf(lockedSets(platform, hub.data.data))) {
        const [first, second] = sets.map((name) => hub.data.data.indexOf(name)) as [number, number];
        const index = Math.max(first, second);
        yield {
          at: hub.at(pointer('data', index)),
          message: `${sets.join(' and ')} do not go together: ${what}`,
          hint: `lock both anew, \`glaciocloud data lock ${sets.join(' ')}\`; if they still differ, give the hub one of them`,
        };
      }
  },
};
