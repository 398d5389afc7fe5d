import { compareText } from '../json.ts';
import type { LockedSet } from './lock.ts';
import { placeOf } from './wanted.ts';

/** A file that stands for its set. */
export interface Sample {
  set: string;
  /** Below OGGM's cache. */
  path: string;
  bytes: number;
}

/** The smallest file of each set, because it is read over and over. */
export function samplesOf(sets: readonly LockedSet[]): Sample[] {
  return sets.flatMap(({ set, lock }) => {
    const [file] = [...lock.data.files].sort(
      (a, b) => a.bytes - b.bytes || compareText(a.url, b.url),
    );
    return file ? [{ set: set.name, path: placeOf(file.url), bytes: file.bytes }] : [];
  });
}
