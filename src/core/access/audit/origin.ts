import type { Effect } from './effects.ts';
import { NO_ORIGIN } from './line.ts';
import type { Origin } from './line.ts';

/** A file of which a commit is looked for: the whole of it, or only where this id stands in it. */
export interface Written {
  path: string;
  id: string | undefined;
}

/** A commit as git tells it. */
export interface Commit {
  sha: string;
  /** Seconds since 1970. */
  time: number;
  message: string;
}

/** Files that decide about this person in this hub, as far as groups say it; none where a team or an end decides. */
export function filesBehind({ hub, subject, kind, before, after }: Effect): Written[] {
  if (subject === null || kind === 'expire') return [];
  const groups = new Set((after ?? before)?.groups);
  const files: Written[] = [];
  for (const group of groups) {
    const slug = /^cohort:(.+)$/u.exec(group)?.[1];
    if (slug !== undefined) files.push({ path: `access/cohorts/${slug}.yaml`, id: subject });
    if (group === `user:${subject}`) files.push({ path: `environments/${hub}.yaml`, id: subject });
  }
  if ([...groups].some((group) => group.startsWith('tier:')))
    files.push({ path: `access/members/${subject}.yaml`, id: undefined });
  return files;
}

/** The newest of these commits, unless it was named for this person before: then something else decided now. */
export function originOf(commits: readonly Commit[], before: ReadonlySet<string>): Origin {
  const [newest] = [...commits].sort((a, b) => b.time - a.time);
  if (!newest || before.has(newest.sha)) return NO_ORIGIN;
  const { sha, message } = newest;
  const number = (pattern: RegExp): number | null => {
    const found = pattern.exec(message)?.[1];
    return found === undefined ? null : Number(found);
  };
  return {
    commit: sha,
    pull: number(/^.*\(#(\d{1,9})\)$/mu) ?? number(/^Merge pull request #(\d{1,9}) /u),
    issue: number(/^Access, request (\d{1,9}): /mu),
    approver: [...message.matchAll(/^Approved-by: ([1-9]\d{0,18})$/gmu)].at(-1)?.[1] ?? null,
  };
}
