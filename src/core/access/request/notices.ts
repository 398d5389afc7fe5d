import { inMarkdown } from '../../escape.ts';
import type { Platform } from '../../model/types.ts';
import { dayOf, daysAfter } from '../days.ts';
import type { Day } from '../days.ts';

/** Something to say in the issue by which somebody came in, or a class. `authors`: whose issue that may be. */
export type Notice =
  | { kind: 'soon'; authors: readonly number[]; issue: number; until: Day; days: number }
  | { kind: 'ended'; authors: readonly number[]; issue: number };

/** Days before the end on which people hear of it. */
const AHEAD = [3, 14] as const;
/** So long the end is told where a night was missed. */
const LATE_DAYS = 30;

/**
 * Files that name their request → what is due today. A night that was missed is made up for. A class cannot be renewed:
 * only its end is told.
 */
export function noticesOf(
  { members, cohorts }: Pick<Platform, 'members' | 'cohorts'>,
  now: number,
): Notice[] {
  const today = dayOf(now);
  return [
    ...[...members.values()].flatMap(({ data }) => noticesFor([data.id], data, today)),
    ...[...cohorts.values()]
      .filter(({ data }) => data.until < today)
      .flatMap(({ data }) => noticesFor(data.leads, data, today)),
  ];
}

function noticesFor(
  authors: readonly number[],
  { request: issue, until }: { request?: number; until: Day },
  today: Day,
): Notice[] {
  if (issue === undefined || until < daysAfter(today, -LATE_DAYS)) return [];
  if (until < today) return [{ kind: 'ended', authors, issue }];
  const days = AHEAD.find((ahead) => until <= daysAfter(today, ahead));
  return days === undefined ? [] : [{ kind: 'soon', authors, issue, until, days }];
}

/** What a notice begins with: it is written once for each end and each time ahead. */
export function noticeMark({ until, days }: Notice & { kind: 'soon' }): string {
  return `<!-- glaciocloud-notice ${until} ${days} -->`;
}

export function noticeText(notice: Notice & { kind: 'soon' }): string {
  const text = inMarkdown`Your access ends on ${notice.until}, in the evening (UTC). Write /renew if you need it for longer.`;
  return `${noticeMark(notice)}\n${text.text}\n`;
}
