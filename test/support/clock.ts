import type { Clock } from '../../src/ports.ts';

/** A test double of the clock: nobody waits, time passes by sleeping. `slept` holds each wait in milliseconds. */
export interface TestClock extends Pick<Clock, 'now' | 'sleep'> {
  readonly slept: number[];
}

export function testClock(start = '2026-11-24T08:00:00Z'): TestClock {
  let time = Date.parse(start);
  const slept: number[] = [];
  return {
    slept,
    now: () => new Date(time),
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      time += milliseconds;
      return Promise.resolve();
    },
  };
}
