import { expect, test } from '@jest/globals';
import { day, duration } from '../../src/core/time.ts';

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [61, '61 s'],
  [3540, '59 min'],
  [3600, '1 h'],
  [3660, '61 min'],
  [3601, '3601 s'],
  [82_800, '23 h'],
  [86_400, '1 d'],
  [90_000, '25 h'],
  [172_800, '2 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test.each([
  ['2026-01-01T00:00:00Z', '1 Jan 2026'],
  ['2026-02-10T00:00:00Z', '10 Feb 2026'],
  ['2026-03-03', '3 Mar 2026'],
  ['2026-04-04', '4 Apr 2026'],
  ['2026-05-05', '5 May 2026'],
  ['2026-06-06', '6 Jun 2026'],
  ['2026-07-07', '7 Jul 2026'],
  ['2026-08-08', '8 Aug 2026'],
  ['2026-09-09', '9 Sep 2026'],
  ['2026-10-10', '10 Oct 2026'],
  ['2026-11-11', '11 Nov 2026'],
  ['2026-12-31T23:59:59Z', '31 Dec 2026'],
])('%s is %s', (instant, text) => {
  expect(day(instant)).toBe(text);
});
