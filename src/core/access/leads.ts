import { includes, isOver } from './days.ts';
import type { Day } from './days.ts';
import type { Staff, Who } from '../model/types.ts';
import { LEADS } from './people.ts';
import type { Affiliation } from './people.ts';

/** Whose servers the leads of a class may open. */
const LED = 'led:';
const COHORT = 'cohort:';

/** Whether a group is about leads, and says nothing of who lets somebody in. */
export function isLeadGroup(group: string): boolean {
  return group.startsWith(LEADS) || group.startsWith(LED);
}

/**
 * Of somebody who is no administrator: the classes that they lead, or the one class by which alone they are there. Who
 * leads, or belongs to anything else that this hub or a file of theirs knows of, is led by nobody. A class that has
 * the name of staff gives nothing: whoever asks for a class names it, and its leads would be staff.
 */
export function leadGroups(
  belongs: readonly Affiliation[],
  { today, day, staff }: Pick<When, 'today' | 'day'> & { staff: readonly string[] },
): string[] {
  const isStaff = (group: string): boolean => staff.includes(group.slice(group.indexOf(':') + 1));
  return classGroups(belongs, today, day).filter((group) => !isStaff(group));
}

function classGroups(belongs: readonly Affiliation[], today: Day, day: Day): string[] {
  const open = belongs.filter((one) => !isOver(one, today));
  const leading = open.filter(({ who }) => who.startsWith(LEADS));
  if (leading.length > 0) return leading.filter((one) => includes(one, day)).map(({ who }) => who);
  const isOne = new Set(open.map(({ why }) => why)).size === 1;
  const cohort = open.find(({ who }) => who.startsWith(COHORT));
  return isOne && cohort && includes(cohort, day)
    ? [`${LED}${cohort.who.slice(COHORT.length)}`]
    : [];
}

interface When {
  today: Day;
  day: Day;
  isAmong: (one: Affiliation, list: readonly Who[]) => boolean;
}

/**
 * Of somebody who is no administrator: the staff that they belong to, or those who may open their server. That may
 * nobody where anything else than what the staff look after lets them in, here or by a file of theirs.
 */
export function staffGroups(
  staff: Readonly<Record<string, Staff>>,
  belongs: readonly Affiliation[],
  { today, day, isAmong }: When,
): string[] {
  const open = belongs.filter((one) => !isOver(one, today));
  const all = Object.entries(staff);
  const isStaff = ({ who }: Staff): boolean => open.some((one) => isAmong(one, who));
  const counts = (list: readonly Who[]): boolean =>
    open.some((one) => includes(one, day) && isAmong(one, list));
  if (open.some(({ who }) => who.startsWith(LEADS)) || all.some(([, one]) => isStaff(one)))
    return all.filter(([, { who }]) => counts(who)).map(([name]) => `${LEADS}${name}`);
  const reasons = [...new Set(open.map(({ why }) => why))];
  const isWhole = (over: readonly Who[]): boolean =>
    reasons.every((why) => open.some((one) => one.why === why && isAmong(one, over)));
  return all
    .filter(([, { over }]) => counts(over) && isWhole(over))
    .map(([name]) => `${LED}${name}`);
}
