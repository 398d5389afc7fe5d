import { endOf, instant } from '../model/quantities.ts';
import type { AnnouncementFile } from '../model/types.ts';

/** Times that the hub can read: it refuses all notices, and the spawn switch with them, for one that it cannot. */
export function isReadable({ from, until }: Pick<AnnouncementFile, 'from' | 'until'>): boolean {
  return [from, until].every((time) => time === undefined || isTime(time));
}

export function isTime(time: string): boolean {
  return !Number.isNaN(instant(time)) && !time.startsWith('0000');
}

/** Whether it is over before it begins; a day as the end is included. */
export function isNever({ from, until }: Pick<AnnouncementFile, 'from' | 'until'>): boolean {
  return from !== undefined && instant(from) >= endOf(until);
}
