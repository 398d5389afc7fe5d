import { inMarkdown } from '../../escape.ts';
import type { Platform } from '../../model/types.ts';
import { dayOf, daysAfter } from '../days.ts';
import type { Day } from '../days.ts';

/** Something to say in the issue by which somebody came in. `id`: whose issue that is. */
export type Notice =
  | { kind: 'soon'; id: number; issue: number; until: Day; days: number }
  | { kind: 'ended'; id: number; issue: number };

/** Days before the end on which people hear of it. */
const AHEAD = [3, 14] as const;
/** So long the end is told where a night was missed. */
const LATE_DAYS = 30;

/** Members' files that name their request → what is due today. A night that was missed is made up for. */
export function noticesOf({ members }: Pick<Platform, 'members'>, now: number): Notice[] {
  const today = dayOf(now);
  return [...members.values()].flatMap(({ data: { id, request: issue, until } }): Notice[] => {
    if (issue === undefined || until < daysAfter(today, -LATE_DAYS)) return [];
    if (until < today) return [{ kind: 'ended', id, issue }];
    const days = AHEAD.find((ahead) => until <= daysAfter(today, ahead));
    return days === undefined ? [] : [{ kind: 'soon', id, issue, until, days }];
  });
}

/** What a notice begins with: it is written once for each end and each time ahead. */
export function noticeMark({ until, days }: Notice & { kind: 'soon' }): string {
  return `<!-- glaciocloud-notice ${until} ${days} -->`;
}

export function noticeText(notice: Notice & { kind: 'soon' }): string {
  const text = inMarkdown`Your access ends on ${notice.until}, in the evening (UTC). Write /renew if you need it for longer.`;
  return `${noticeMark(notice)}\n${text.text}\n`;
}
