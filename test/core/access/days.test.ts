import { describe, expect, test } from '@jest/globals';
import {
  dayOf,
  daysAfter,
  firstStretch,
  includes,
  isDay,
  isOver,
} from '../../../src/core/access/days.ts';

test('a day is of UTC, to the millisecond', () => {
  expect(dayOf(Date.parse('2027-02-28T23:59:59.999Z'))).toBe('2027-02-28');
  expect(dayOf(Date.parse('2027-03-01T00:00:00.000Z'))).toBe('2027-03-01');
});

test.each([
  ['2028-02-28', 1, '2028-02-29'],
  ['2027-02-28', 1, '2027-03-01'],
  ['2027-03-28', 1, '2027-03-29'], // clocks change in Europe
  ['2027-01-01', -1, '2026-12-31'],
  ['2026-11-24', 180, '2027-05-23'],
])('%s and %i days are %s', (day, days, expected) => {
  expect(daysAfter(day, days)).toBe(expected);
});

test('days of the calendar', () => {
  expect(['2028-02-29', '2027-02-29', '2027-04-31'].map(isDay)).toEqual([true, false, false]);
});

test.each([
  [{ from: '2026-12-01', until: '2026-12-05' }, '2026-11-30', false, false],
  [{ from: '2026-12-01', until: '2026-12-05' }, '2026-12-01', true, false],
  [{ from: '2026-12-01', until: '2026-12-05' }, '2026-12-05', true, false],
  [{ from: '2026-12-01', until: '2026-12-05' }, '2026-12-06', false, true],
  [{ from: undefined, until: undefined }, '2026-12-06', true, false],
])('%j on %s', (span, day, inside, over) => {
  expect([includes(span, day), isOver(span, day)]).toEqual([inside, over]);
});

describe('the first stretch', () => {
  const span = (from: string | undefined, until: string | undefined) => ({ from, until });
  test.each([
    ['nothing', [], undefined],
    ['what is over', [span('2026-11-01', '2026-11-23')], undefined],
    ['the last day', [span('2026-11-01', '2026-11-24')], span('2026-11-01', '2026-11-24')],
    [
      'days that follow each other',
      [span('2026-12-06', '2026-12-09'), span('2026-11-01', '2026-12-05')],
      span('2026-11-01', '2026-12-09'),
    ],
    [
      'a gap of a day',
      [span('2026-12-07', '2026-12-09'), span('2026-11-01', '2026-12-05')],
      span('2026-11-01', '2026-12-05'),
    ],
    [
      'one within the other',
      [span('2026-11-01', '2026-12-05'), span('2026-11-02', '2026-11-25')],
      span('2026-11-01', '2026-12-05'),
    ],
    [
      'no end',
      [span('2026-11-01', undefined), span('2026-11-02', '2026-11-25')],
      span('2026-11-01', undefined),
    ],
    [
      'no end that comes later',
      [span('2026-11-01', '2026-11-30'), span('2026-11-20', undefined)],
      span('2026-11-01', undefined),
    ],
    [
      'no beginning',
      [span('2026-11-20', '2026-11-30'), span(undefined, '2026-11-25')],
      span(undefined, '2026-11-30'),
    ],
  ])('%s', (_what, spans, expected) => {
    expect(firstStretch(spans, '2026-11-24')).toEqual(expected);
  });
});
