import { quoted } from '../model/formats.ts';
import { endOf } from '../model/quantities.ts';
import type { Rule } from '../rule.ts';
import { isNever, isReadable, isTime } from './times.ts';

export const announcementPast: Rule = {
  id: 'announcement-past',
  severity: 'warning',
  title: 'Announcements that are over are removed.',
  why: 'Nobody is shown them any more, and they hide the next one.',
  on: 'platform',
  *check(platform, now) {
    for (const { data, at } of platform.announcements.values())
      if (endOf(data.until) <= now)
        yield { at: at('/until'), message: 'it is over', hint: 'remove the file' };
  },
};

export const announcementTime: Rule = {
  id: 'announcement-time',
  severity: 'error',
  title: 'An announcement begins and ends on days of the calendar, in this order.',
  why: 'A hub can read no day that does not exist: such an announcement is left out, and nobody is told.',
  on: 'platform',
  *check(platform) {
    for (const page of platform.announcements.values()) {
      const { from, until } = page.data;
      if (!isReadable(page.data)) {
        const [key, time] = isTime(until) ? ['/from', from ?? ''] : ['/until', until];
        yield {
          at: page.at(key),
          message: `${quoted(time)} is not a day of the calendar`,
          hint: 'write a day that exists, such as 2027-02-28',
        };
      } else if (isNever(page.data))
        yield {
          at: page.at('/until'),
          message: `it ends ${until}, before it begins ${from ?? ''}`,
          hint: 'change from or until',
        };
    }
  },
};
