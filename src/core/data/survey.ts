import { compareText } from '../json.ts';
import { append } from '../lists.ts';
import type { LockedFile } from '../model/data-types.ts';
import type { Wanted } from './wanted.ts';

/** What servers say of a file, at last. */
export type Found =
  { kind: 'size'; bytes: number } | { kind: 'absent' } | { kind: 'fault'; why: string };

export interface Survey {
  files: LockedFile[];
  /** What must be there and is not, or could not be asked: no lock can be written. */
  faults: string[];
  /** Regions that end before the last bundle that there could be. */
  notes: string[];
}

/** Which of the files that a set asks for there are. Of a region's bundles the last may be missing, none between. */
export function surveyOf(
  wanted: readonly Wanted[],
  found: (url: string) => Found | undefined,
): Survey {
  const survey: Survey = { files: [], faults: [], notes: [] };
  const series = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const key = one.series ?? one.url;
    series.set(key, [...(series.get(key) ?? []), one]);
  }
  for (const [name, members] of series) take(survey, name, members, found);
  return survey;
}

function take(
  survey: Survey,
  name: string,
  members: readonly Wanted[],
  found: (url: string) => Found | undefined,
): void {
  const last = members.findLastIndex(({ url }) => found(url)?.kind !== 'absent');
  const present = members.slice(0, Math.max(last + 1, 1));
  append(
    survey.files,
    present.flatMap(({ url, unpack }) => {
      const answer = found(url);
      if (answer?.kind === 'size')
        return [{ url, bytes: answer.bytes, ...(unpack !== undefined && { unpack }) }];
      survey.faults.push(
        answer?.kind === 'fault' ? `${url}: ${answer.why}` : `${url} is not there`,
      );
      return [];
    }),
  );
  if (present.length < members.length && last >= 0)
    survey.notes.push(
      `${name} has ${present.length} bundles, of ${members.length} that there could be`,
    );
}

/** What a new lock changes. */
export interface LockChange {
  added: string[];
  removed: string[];
  /** Files whose size is another. */
  resized: string[];
}

export function lockChange(
  before: readonly LockedFile[],
  after: readonly LockedFile[],
): LockChange {
  const was = new Map(before.map((one) => [one.url, one.bytes]));
  const is = new Map(after.map((one) => [one.url, one.bytes]));
  const names = (from: Map<string, number>): string[] => [...from.keys()].sort(compareText);
  return {
    added: names(is).filter((url) => !was.has(url)),
    removed: names(was).filter((url) => !is.has(url)),
    resized: names(is).filter((url) => was.has(url) && was.get(url) !== is.get(url)),
  };
}
