import { includes, isOver } from './days.ts';
import type { Day } from './days.ts';
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
 * leads, or belongs to anything else that this hub or a file of theirs knows of, is led by nobody.
 */
export function leadGroups(belongs: readonly Affiliation[], today: Day, day: Day): string[] {
  const open = belongs.filter((one) => !isOver(one, today));
  const leading = open.filter(({ who }) => who.startsWith(LEADS));
  if (leading.length > 0) return leading.filter((one) => includes(one, day)).map(({ who }) => who);
  const isOne = new Set(open.map(({ why }) => why)).size === 1;
  const cohort = open.find(({ who }) => who.startsWith(COHORT));
  return isOne && cohort && includes(cohort, day)
    ? [`${LED}${cohort.who.slice(COHORT.length)}`]
    : [];
}
