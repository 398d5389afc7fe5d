import { instant } from '../model/quantities.ts';

/** A day of UTC, `2027-02-28`. As texts, days are in order. */
export type Day = string;

const DAY_MS = 86_400_000;

/** The day of a moment, in milliseconds since 1970. */
export function dayOf(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

/** So many days later; earlier where it is negative. */
export function daysAfter(day: Day, days: number): Day {
  return dayOf(instant(day) + days * DAY_MS);
}

/** Whether the calendar has such a day: 2027-02-30 has the form of one. */
export function isDay(day: Day): boolean {
  return !Number.isNaN(instant(day));
}

/** Days from the first to the last, both included; undefined has no beginning, or no end. */
export interface Span {
  from: Day | undefined;
  until: Day | undefined;
}

export function includes({ from, until }: Span, day: Day): boolean {
  return (from === undefined || from <= day) && (until === undefined || until >= day);
}

export function isOver({ until }: Span, day: Day): boolean {
  return until !== undefined && until < day;
}

/** The first stretch of days without a gap that is not over yet, of several spans. */
export function firstStretch(spans: readonly Span[], today: Day): Span | undefined {
  const open = spans.filter((span) => !isOver(span, today));
  const [first, ...rest] = [...open].sort((a, b) => compareStart(a.from, b.from));
  if (!first) return undefined;
  const stretch: Span = { from: first.from, until: first.until };
  for (const { from, until } of rest) {
    if (stretch.until === undefined) break;
    if (from !== undefined && from > daysAfter(stretch.until, 1)) break;
    if (until === undefined || until > stretch.until) stretch.until = until;
  }
  return stretch;
}

function compareStart(a: Day | undefined, b: Day | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  return b !== undefined && a < b ? -1 : 1;
}
