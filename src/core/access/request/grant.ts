import { seconds } from '../../model/quantities.ts';
import type { CohortFile, Doc, Platform } from '../../model/types.ts';
import { dayOf, daysAfter } from '../days.ts';
import type { Day } from '../days.ts';
import type { Asked } from './body.ts';
import { cohortPath, cohortText, memberPath, memberText, withMembers } from './change.ts';
import type { Change } from './change.ts';
import type { RequestFacts, RequestIssue, ShownPull } from './facts.ts';

/** Access that somebody has: by a file of their own, or as a member of a class. */
export type Grant =
  | { kind: 'member'; until: Day; request: number | undefined }
  | { kind: 'cohort'; until: Day; title: string };

/** What a request is about, when it is granted. */
export interface Wish {
  change: Change;
  until: Day;
}

/** The class that somebody wants to join. */
export function cohortOf(platform: Platform, asked: Asked): Doc<CohortFile> | undefined {
  if (asked.kind !== 'access' || asked.cohort === undefined) return undefined;
  return platform.cohorts.get(asked.cohort);
}

/** The class that an issue has brought. */
export function ownClass(
  { platform, issue }: Pick<RequestFacts, 'platform' | 'issue'>,
  { slug }: Asked & { kind: 'class' },
): Doc<CohortFile> | undefined {
  const cohort = platform.cohorts.get(slug);
  return cohort?.data.request === issue.number ? cohort : undefined;
}

/** What the files on the default branch give to whoever asks, by the kind of what is asked for. */
export function grantOf(
  { platform, issue, now }: Pick<RequestFacts, 'platform' | 'issue' | 'now'>,
  asked: Asked,
): Grant | undefined {
  const grant =
    asked.kind === 'class'
      ? classGrant(ownClass({ platform, issue }, asked))
      : writtenGrant(platform, issue, asked);
  return grant && grant.until >= dayOf(now) ? grant : undefined;
}

function classGrant(cohort: Doc<CohortFile> | undefined): Grant | undefined {
  return cohort && { kind: 'cohort', until: cohort.data.until, title: cohort.data.title };
}

function writtenGrant(
  platform: Platform,
  { author }: RequestIssue,
  asked: Asked,
): Grant | undefined {
  const cohort = cohortOf(platform, asked);
  if (cohort) {
    return cohort.data.members.includes(author.id) ? classGrant(cohort) : undefined;
  }
  const member = platform.members.get(String(author.id))?.data;
  return member && { kind: 'member', until: member.until, request: member.request };
}

/** A last day that a tier allows from this day on. */
export function lastDay(platform: Platform, tier: string, day: Day, days: number): Day {
  const longest = platform.settings.data.tiers[tier]?.until ?? '0d';
  return daysAfter(day, Math.min(days, Math.floor(seconds(longest) / 86_400)));
}

/** The file that a request asks for. It depends on the day of the issue, not on the day of a run. */
export function wishOf(
  { platform, issue, sources }: Pick<RequestFacts, 'platform' | 'issue' | 'sources'>,
  asked: Asked,
): Wish | undefined {
  const { author, number, createdAt } = issue;
  if (asked.kind === 'class') {
    const text = cohortText(asked, author.id, number);
    return { change: { path: cohortPath(asked.slug), text }, until: asked.until };
  }
  const cohort = cohortOf(platform, asked);
  if (cohort) {
    const members = [...new Set([...cohort.data.members, author.id])];
    const source = sources.get(cohort.file);
    const change = source && withMembers(source, members);
    return change && { change, until: cohort.data.until };
  }
  if (asked.kind === 'renew') return renewal({ platform, issue }, dayOf(createdAt), asked.days);
  const until = lastDay(platform, asked.tier, dayOf(createdAt), asked.days);
  const text = memberText({ ...personOf(issue), tier: asked.tier, until, request: number });
  return { change: { path: memberPath(author.id), text }, until };
}

/** A member's file with a later end; the other lines as they are. */
export function renewal(
  { platform, issue }: Pick<RequestFacts, 'platform' | 'issue'>,
  from: Day,
  days: number,
): Wish | undefined {
  const member = platform.members.get(String(issue.author.id))?.data;
  if (!member) return undefined;
  return endingOn({ platform, issue }, lastDay(platform, member.tier, from, days), from);
}

/** A first day that has come is left out: a tier's longest time counts from it, and would be over sooner. */
export function endingOn(
  { platform, issue }: Pick<RequestFacts, 'platform' | 'issue'>,
  until: Day,
  today: Day,
): Wish | undefined {
  const member = platform.members.get(String(issue.author.id))?.data;
  if (!member) return undefined;
  const { from, ...rest } = member;
  const isToCome = from !== undefined && from > today;
  const text = memberText({ ...rest, until, ...(isToCome ? { from } : {}) });
  return { change: { path: memberPath(member.id), text }, until };
}

/** What takes access away again. */
export function withdrawal(
  { platform, issue, sources }: Pick<RequestFacts, 'platform' | 'issue' | 'sources'>,
  asked: Asked,
): Change | undefined {
  const { id } = issue.author;
  if (asked.kind === 'class') return { path: cohortPath(asked.slug), text: null };
  const cohort = cohortOf(platform, asked);
  if (!cohort) return { path: memberPath(id), text: null };
  const source = sources.get(cohort.file);
  const rest = cohort.data.members.filter((one) => one !== id);
  return source && withMembers(source, rest);
}

function personOf({ author }: RequestIssue): { id: number; login?: string } {
  return /^[A-Za-z0-9][A-Za-z0-9-]*$/u.test(author.login)
    ? { id: author.id, login: author.login }
    : { id: author.id };
}

/** Whether a pull request changes exactly this file, to exactly these bytes. */
export function isShown({ files }: ShownPull, { path, text }: Change): boolean {
  return files.size === 1 && files.get(path) === text;
}

/** The same for an approval: who else has come into a class meanwhile makes no difference. */
export function isMeant(pull: ShownPull, change: Change, asked: Asked): boolean {
  const joins = asked.kind === 'access' && asked.cohort !== undefined;
  const isSameClass = joins && pull.files.size === 1 && pull.files.has(change.path);
  return isSameClass || isShown(pull, change);
}

/** The last day that a pull request gives to a member. */
export function shownEnd({ files }: ShownPull): Day | undefined {
  const [text] = [...files.values()];
  return /^until: "(\d{4}-\d\d-\d\d)"$/mu.exec(text ?? '')?.[1];
}
