import { execFileSync } from 'node:child_process';
import type { Mutant } from './points.ts';

/** A mutant that changes nothing anybody could see. `source` is the line it stands on, without indentation. */
export interface Equivalent {
  file: string;
  source: string;
  what: string;
  reason: string;
}

const isSame = (one: Equivalent, mutant: Mutant): boolean =>
  one.file === mutant.file && one.source === mutant.source && one.what === mutant.what;

/** The mutants that count, and the entries of the list that meet none of them any more. */
export function withoutEquivalents(
  mutants: readonly Mutant[],
  list: readonly Equivalent[],
): { counted: Mutant[]; stale: Equivalent[] } {
  const files = new Set(mutants.map(({ file }) => file));
  return {
    counted: mutants.filter((mutant) => !list.some((one) => isSame(one, mutant))),
    stale: list.filter(
      (one) => files.has(one.file) && !mutants.some((mutant) => isSame(one, mutant)),
    ),
  };
}

/** For each file the lines, counted from 1, that were added or changed since the revision. */
export function changedLines(root: string, revision: string): Map<string, Set<number>> {
  const diff = execFileSync(
    'git',
    [
      '-C',
      root,
      'diff',
      '--no-color',
      '--no-ext-diff',
      '--unified=0',
      '--relative',
      revision,
      '--',
    ],
    { encoding: 'utf8', maxBuffer: 2 ** 28 },
  );
  return parseDiff(diff);
}

export function parseDiff(diff: string): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  let lines = new Set<number>();
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ b\/(.*)$/u.exec(line)?.[1];
    if (file !== undefined) {
      lines = new Set();
      found.set(file, lines);
    }
    const hunk = /^@@ -\S+ \+(\d+)(?:,(\d+))? @@/u.exec(line);
    if (!hunk) continue;
    const first = Number(hunk[1]);
    const count = hunk[2] === undefined ? 1 : Number(hunk[2]);
    for (let index = 0; index < count; index++) lines.add(first + index);
  }
  return found;
}
