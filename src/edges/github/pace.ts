import type { Clock } from '../../ports.ts';

/** What waiting needs. */
export type WaitingClock = Pick<Clock, 'now' | 'sleep'>;

/** Between two requests that change something. Source: GitHub's best practices for its REST API. */
const WRITE_MS = 1000;
/** Between two that notify people. Source: as the throttling plugin of octokit. */
const NOTIFY_MS = 3000;
/** A call that failed is made again so often. */
const RETRIES = 3;
/** A limit that ends later than this is not waited for. */
const LONGEST_LIMIT_SECONDS = 300;
/** After a secondary limit that does not say for how long. Source: GitHub's documentation of its limits. */
const SECONDARY_SECONDS = 60;
/** Answers that the next try would give again. */
const FINAL = new Set([400, 401, 403, 404, 410, 422, 451]);

/** What opens an issue or comments on one, as a path or a pattern of one. */
const NOTIFIES = /\/issues(?:\/[^/]+\/comments)?$/u;

/** Keeps the distance between requests that GitHub asks for. */
export class Pace {
  readonly #clock: WaitingClock;
  #nextWrite = 0;
  #nextNotice = 0;

  constructor(clock: WaitingClock) {
    this.#clock = clock;
  }

  /** Comes back when the request may be sent. Reading never waits. */
  async turn(method: string, path: string): Promise<void> {
    if (method === 'GET' || path === '/graphql') return;
    const notifies = method === 'POST' && NOTIFIES.test(path);
    const now = this.#clock.now().getTime();
    const turn = Math.max(now, this.#nextWrite, notifies ? this.#nextNotice : 0);
    this.#nextWrite = turn + WRITE_MS;
    if (notifies) this.#nextNotice = turn + NOTIFY_MS;
    if (turn > now) await this.#clock.sleep(turn - now);
  }
}

/** Milliseconds before a failed call is made again, after so many tries; undefined where that would not help. */
export function waitAfter(error: unknown, tried: number, now: Date): number | undefined {
  const status = statusOf(error);
  if (status === undefined || status < 400 || tried > RETRIES) return undefined;
  const limit = status === 403 || status === 429 ? limitSeconds(error, now) : undefined;
  if (limit !== undefined) return limit <= LONGEST_LIMIT_SECONDS ? limit * 1000 : undefined;
  return FINAL.has(status) ? undefined : tried ** 2 * 1000;
}

/** The status of an HTTP answer that was thrown. */
export function statusOf(error: unknown): number | undefined {
  const status = fieldOf(error, 'status');
  return typeof status === 'number' ? status : undefined;
}

/** How long a limit lasts, in seconds; undefined where the answer speaks of none. */
function limitSeconds(error: unknown, now: Date): number | undefined {
  const headers = fieldOf(fieldOf(error, 'response'), 'headers');
  const after = Number(fieldOf(headers, 'retry-after'));
  if (after > 0) return after;
  if (fieldOf(headers, 'x-ratelimit-remaining') === '0') {
    const left = Number(fieldOf(headers, 'x-ratelimit-reset')) - now.getTime() / 1000;
    // One second more, so that it is asked after the limit has ended.
    return Math.max(0, Math.ceil(left) + 1);
  }
  return /\bsecondary rate\b/iu.test(String(fieldOf(error, 'message')))
    ? SECONDARY_SECONDS
    : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
