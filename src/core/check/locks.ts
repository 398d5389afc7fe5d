import { lockChecksum as dataChecksum } from '../data/lock.ts';
import { lockChecksum } from '../images/lock.ts';
import { pointer } from '../json.ts';
import { packagesPath } from '../model/package-list.ts';
import type { Doc } from '../model/types.ts';
import type { Problem, Rule } from '../rule.ts';

const RESTORE = 'locks are written by the platform: restore the file';

export const lockEdited: Rule = {
  id: 'lock-edited',
  severity: 'error',
  title: 'Locks and package lists are written by the platform only.',
  why: 'A lock says what was built, tested and pushed, or which files a data set is. What somebody wrote there by hand was none of these, and users would get it.',
  on: 'platform',
  *check(platform) {
    for (const lock of platform.locks.values()) {
      const { builds } = lock.data;
      yield* handMade(lock, lockChecksum(lock.data));
      for (const [build, { packages }] of Object.entries(builds)) {
        const path = packagesPath(lock.name, build);
        const found = platform.lists.get(path);
        if (packages === undefined || packages === found) continue;
        yield {
          at: lock.keyAt(pointer('builds', build)),
          message: found === undefined ? `there is no ${path}` : `${path} was changed by hand`,
          hint: 'package lists are written by the platform: restore the file',
        };
      }
    }
    for (const lock of platform.dataLocks.values()) yield* handMade(lock, dataChecksum(lock.data));
  },
};

function* handMade(lock: Doc<{ checksum?: string }>, right: string): Generator<Problem> {
  const { checksum } = lock.data;
  if (checksum === undefined)
    yield { at: lock.at(''), message: 'the lock has no checksum', hint: RESTORE };
  else if (checksum !== right)
    yield { at: lock.at('/checksum'), message: 'the lock was changed by hand', hint: RESTORE };
}
