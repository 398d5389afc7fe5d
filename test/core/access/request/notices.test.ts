import { expect, test } from '@jest/globals';
import { noticeMark, noticeText, noticesOf } from '../../../../src/core/access/request/notices.ts';
import { requestPlatform } from '../../../support/request-body.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
const due = (until: string, request: number | undefined = 12, now = NOON) =>
  noticesOf(
    requestPlatform({
      'access/members/7.yaml': {
        id: 7,
        tier: 'researcher',
        until,
        ...(request === 0 ? {} : { request }),
      },
    }),
    now,
  );
const soon = (until: string, days: number) => [
  { kind: 'soon', authors: [7], issue: 12, until, days },
];
const ended = [{ kind: 'ended', authors: [7], issue: 12 }];

test.each([
  ['2026-12-09', []],
  ['2026-12-08', soon('2026-12-08', 14)],
  ['2026-11-28', soon('2026-11-28', 14)],
  ['2026-11-27', soon('2026-11-27', 3)],
  ['2026-11-24', soon('2026-11-24', 3)],
  ['2026-11-23', ended],
  ['2026-10-25', ended],
  ['2026-10-24', []],
])('access until %s', (until, expected) => {
  expect(due(until)).toEqual(expected);
});

test('the day is that of UTC, and people without an issue hear nothing here', () => {
  expect(due('2026-11-24', 12, Date.UTC(2026, 10, 24, 23, 59, 59))).toEqual(soon('2026-11-24', 3));
  expect(due('2026-11-24', 12, Date.UTC(2026, 10, 25))).toEqual(ended);
  expect(due('2026-11-24', 0)).toEqual([]);
});

test.each([
  ['2026-11-25', 12, []],
  ['2026-11-24', 12, []],
  ['2026-11-23', 12, ended],
  ['2026-10-24', 12, []],
  ['2026-11-23', undefined, []],
])('a class until %s, by the issue %s', (until, request, expected) => {
  const cohort = { title: 'Ice', leads: [7], tier: 'student', from: '2026-10-01', capacity: 5 };
  const platform = requestPlatform({ 'access/cohorts/ice.yaml': { ...cohort, until, request } });
  expect(noticesOf(platform, NOON)).toEqual(expected);
});

test('each end and each time ahead has a notice of its own', () => {
  const notice = { kind: 'soon', authors: [7], issue: 12, until: '2026-12-08', days: 14 } as const;
  expect(noticeMark(notice)).toBe('<!-- glaciocloud-notice 2026-12-08 14 -->');
  expect(noticeText(notice)).toBe(
    '<!-- glaciocloud-notice 2026-12-08 14 -->\nYour access ends on 2026-12-08, in the evening (UTC). Write /renew if you need it for longer.\n',
  );
});
