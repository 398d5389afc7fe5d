import type { Finding } from '../finding.ts';
import { pointer } from '../json.ts';
import type { DataFile } from '../model/data-types.ts';
import type { Doc, Platform } from '../model/types.ts';
import { quantityBytes } from '../model/quantities.ts';
import { findingOf } from '../rule.ts';
import type { Problem, Rule } from '../rule.ts';
import { bytesOf, isCurrent } from './lock.ts';
import { cachePath } from './wanted.ts';
import { gigabytes } from './words.ts';

export const dataAddress: Rule = {
  id: 'data-address',
  severity: 'error',
  title: 'Files of data sets have plain addresses, and each a place of its own.',
  why: 'OGGM looks for a file below its cache by host and path of its address. A path that leads elsewhere, or one that two files share, would give people another file than they ask for.',
  on: 'platform',
  *check({ data, dataLocks }) {
    for (const set of data.values()) yield* addressProblems(set);
    for (const lock of dataLocks.values())
      for (const [index, { url }] of lock.data.files.entries())
        if (cachePath(url) === undefined)
          yield {
            at: lock.at(pointer('files', index, 'url')),
            message: 'this is no plain address of a file',
            hint: `write nothing here by hand: \`glaciocloud data lock ${lock.name}\``,
          };
  },
};

/** As findings, before servers are asked. */
export function addressFindings(sets: readonly Doc<DataFile>[]): Finding[] {
  return sets.flatMap((set) => [...addressProblems(set)].map((one) => findingOf(dataAddress, one)));
}

function* addressProblems(set: Doc<DataFile>): Generator<Problem> {
  yield* addressFaults(set);
  yield* mirrorFaults(set);
}

function* addressFaults(set: Doc<DataFile>): Generator<Problem> {
  const { prepro, files = [] } = set.data;
  const plain = 'write host and path as they are, without empty parts, ".." and blanks';
  if (prepro && cachePath(`${prepro.base.replace(/\/$/u, '')}/x`) === undefined)
    yield { at: set.at('/prepro/base'), message: 'this is no plain address', hint: plain };
  const seen = new Map<string, string>();
  for (const [index, url] of files.entries()) {
    const at = set.at(pointer('files', index));
    const path = cachePath(url);
    if (path === undefined)
      yield { at, message: 'this is no plain address of a file', hint: plain };
    const first = seen.get(path ?? '');
    if (path !== undefined && first !== undefined)
      yield {
        at,
        message: first === url ? 'this stands here twice' : `${first} has the same place`,
        hint: 'remove one of the two',
      };
    seen.set(path ?? '', url);
  }
}

function* mirrorFaults(set: Doc<DataFile>): Generator<Problem> {
  for (const [beginning, places] of Object.entries(set.data.mirrors))
    for (const [index, place] of places.entries())
      if (beginning.endsWith('/') !== place.endsWith('/'))
        yield {
          at: set.at(pointer('mirrors', beginning, index)),
          message: 'one of the two ends with "/", and the other does not',
          hint: 'end both with "/": what follows in an address is put behind',
        };
}

export const dataUnlocked: Rule = {
  id: 'data-unlocked',
  severity: 'warning',
  upFront: true,
  title: 'A data set that a hub names has a lock that belongs to its file.',
  why: 'Only the lock says which files a set is. Without one the hub runs without the set, and with an old one with the files of that one; everybody downloads what is missing.',
  on: 'platform',
  *check(platform) {
    for (const hub of platform.environments.values())
      for (const [index, name] of hub.data.data.entries()) {
        const message = unlocked(platform, name);
        if (message !== undefined)
          yield {
            at: hub.at(pointer('data', index)),
            message,
            hint: `run \`glaciocloud data lock ${name}\`, and commit data/${name}.lock.yaml`,
          };
      }
  },
};

function unlocked(platform: Platform, name: string): string | undefined {
  const set = platform.data.get(name);
  if (set === undefined || isUnreadable(platform, name)) return undefined;
  const lock = platform.dataLocks.get(name);
  if (lock === undefined) return `${name} has no lock: the hub runs without it`;
  if (isCurrent(set.data, lock.data)) return undefined;
  return `data/${name}.yaml has changed since its lock: the hub has what that says`;
}

/** A lock with a mistake is its own finding. */
function isUnreadable({ names, dataLocks }: Platform, name: string): boolean {
  return names.get('data-lock')?.has(name) === true && !dataLocks.has(name);
}

export const dataRoom: Rule = {
  id: 'data-room',
  severity: 'error',
  title: 'A data set has room for its files.',
  why: 'The volume is as large as the sets say together; where files need more, filling ends in the middle.',
  on: 'platform',
  *check({ data, dataLocks }) {
    for (const set of data.values()) {
      const lock = dataLocks.get(set.name);
      const size = quantityBytes(set.data.size) ?? 0;
      if (lock === undefined || size >= bytesOf(lock.data)) continue;
      yield {
        at: set.at('/size'),
        message: `its files are ${gigabytes(bytesOf(lock.data))}, and that is more`,
        hint: `write at least ${gigabytes(bytesOf(lock.data))}; inventories need more, because they are unpacked`,
      };
    }
  },
};
