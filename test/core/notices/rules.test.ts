import { expect, test } from '@jest/globals';
import { announcementTime } from '../../../src/core/notices/rules.ts';
import { platformWith } from '../../support/written.ts';

const PAGE = 'announcements/a.md';
const NOW = Date.UTC(2026, 10, 24);

function said(times: { from?: string; until: string }): unknown {
  if (announcementTime.on !== 'platform') throw new Error('it is about the platform');
  const platform = platformWith({ [PAGE]: { ...times, text: 'x' } });
  return [...announcementTime.check(platform, NOW)].map(({ at, message, hint }) => [
    at.file,
    at.line,
    message,
    hint,
  ]);
}
const noDay = (line: number, text: string) => [
  [
    PAGE,
    line,
    `"${text}" is not a day of the calendar`,
    'write a day that exists, such as 2027-02-28',
  ],
];
const never = (until: string, from: string) => [
  [PAGE, 2, `it ends ${until}, before it begins ${from}`, 'change from or until'],
];

test.each<[{ from?: string; until: string }, unknown]>([
  [{ until: '2028-02-29' }, []],
  [{ until: '9999-12-31' }, []],
  [{ until: '2026-02-29' }, noDay(2, '2026-02-29')],
  [{ until: '0000-01-01' }, noDay(2, '0000-01-01')],
  [{ until: '2026-02-30T08:00Z' }, noDay(2, '2026-02-30T08:00Z')],
  [{ until: '2026-12-01', from: '2026-11-31' }, noDay(3, '2026-11-31')],
  [{ until: '2026-12-01', from: '2026-12-01' }, []],
  [{ until: '2026-12-01', from: '2026-12-01T23:59Z' }, []],
  [{ until: '2026-12-01', from: '2026-12-02' }, never('2026-12-01', '2026-12-02')],
  [{ until: '2026-12-01T08:00Z', from: '2026-12-01T07:59Z' }, []],
  [
    { until: '2026-12-01T08:00Z', from: '2026-12-01T08:00Z' },
    never('2026-12-01T08:00Z', '2026-12-01T08:00Z'),
  ],
])('%j', (times, expected) => {
  expect(said(times)).toEqual(expected);
});
