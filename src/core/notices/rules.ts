import { endOf } from '../model/quantities.ts';
import type { Rule } from '../rule.ts';

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
