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

interface Timer {
  due: number;
  call: () => void;
}

/**
 * A double of the clock. Whoever sleeps makes it go on: when nothing else is left to do, it jumps to the next timer, so
 * that minutes take milliseconds and always the same way.
 */
export class FakeClock implements Clock {
  #time: number;
  #setByMs = 0;
  readonly #began: number;
  #timers: Timer[] = [];
  #sleepers = 0;
  #going = false;

  constructor(from = '2026-11-24T12:00:00.000Z') {
    this.#time = Date.parse(from);
    this.#began = this.#time;
  }

  now(): Date {
    return new Date(this.#time + this.#setByMs);
  }

  /** Somebody sets the clock on the wall; how long things take stays what it is. */
  setBy(ms: number): void {
    this.#setByMs += ms;
  }

  elapsed(): number {
    return this.#time - this.#began;
  }

  uptime(): number {
    return this.elapsed();
  }

  after(ms: number, call: () => void): () => void {
    const timer = { due: this.#time + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#sleepers += 1;
      this.after(ms, () => {
        this.#sleepers -= 1;
        resolve();
      });
      this.#go();
    });
  }

  /** Timers that have not been called yet, and nobody has called off. */
  get waiting(): number {
    return this.#timers.length;
  }

  #go(): void {
    if (this.#going) return;
    this.#going = true;
    const next = (): void => {
      this.#going = this.#sleepers > 0;
      if (!this.#going) return;
      this.#callNext();
      setImmediate(next);
    };
    setImmediate(next);
  }

  /** Timers of one moment are called in the order in which they were set. */
  #callNext(): void {
    const [first] = this.#timers.toSorted((a, b) => a.due - b.due);
    if (!first) return;
    this.#timers = this.#timers.filter((one) => one !== first);
    this.#time = Math.max(this.#time, first.due);
    first.call();
  }
}
