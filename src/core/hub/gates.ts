import { instant, seconds } from '../model/quantities.ts';
import type { Freeze, Wave, WaveName } from '../model/types.ts';

/** Why a wave may not change now. */
export type WaveCode =
  'earlier-failed' | 'earlier-unfinished' | 'frozen' | 'soaking' | 'needs-approval';

export type Gate =
  { open: true } | { open: false; outcome: 'waiting' | 'blocked'; code: WaveCode; reason: string };

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Hubs that a reason names; more are counted. */
const NAMED_HUBS = 3;

/** A hub of a wave before, on whichever cluster: `since` when it runs what is wanted. */
export interface Earlier {
  name: string;
  wave: WaveName;
  how: 'healthy' | 'failed' | 'unfinished';
  /** Milliseconds since 1970, where it is healthy. */
  since: number | undefined;
}

export interface GateFacts {
  /** Milliseconds since 1970. */
  now: number;
  earlier: readonly Earlier[];
  /** A person has let this wave pass. */
  approved: boolean;
  /** Why an approval that was claimed is not believed. */
  doubt: string | undefined;
  /** Freezes and soaks are passed, for a reason that is kept. Approval and failures are not. */
  hurried: boolean;
}

/** Whether a wave may change now, and if not, what it waits for. */
export function waveGate(wave: Wave, facts: GateFacts): Gate {
  return (
    failedBefore(facts.earlier) ??
    unfinishedBefore(facts.earlier) ??
    (facts.hurried ? undefined : frozen(wave, facts.now)) ??
    (facts.hurried ? undefined : soaking(wave, facts)) ??
    unapproved(wave, facts) ?? { open: true }
  );
}

function failedBefore(earlier: readonly Earlier[]): Gate | undefined {
  const failed = earlier.filter(({ how }) => how === 'failed');
  const [first] = failed;
  if (first === undefined) return undefined;
  return {
    open: false,
    outcome: 'blocked',
    code: 'earlier-failed',
    reason: `wave ${first.wave} has a hub that failed: ${names(failed)}`,
  };
}

function unfinishedBefore(earlier: readonly Earlier[]): Gate | undefined {
  const unfinished = earlier.filter(({ how }) => how === 'unfinished');
  const [first] = unfinished;
  if (first === undefined) return undefined;
  return waiting('earlier-unfinished', `wave ${first.wave} is not finished: ${names(unfinished)}`);
}

function frozen(wave: Wave, now: number): Gate | undefined {
  const freeze = wave.freeze.find((one) => isFrozen(one, now, wave.timezone));
  if (freeze === undefined) return undefined;
  const why = freeze.reason === undefined ? '' : `: ${freeze.reason}`;
  return waiting('frozen', `wave ${wave.name} is frozen${why}`);
}

/** The newest hub of the waves before counts: all of them have to prove themselves. */
function soaking(wave: Wave, { earlier, now }: GateFacts): Gate | undefined {
  const proven = Math.max(...earlier.map(({ since }) => since ?? Number.NEGATIVE_INFINITY));
  const left = proven + seconds(wave.soak) * 1000 - now;
  if (left <= 0) return undefined;
  const minutes = Math.ceil(left / MINUTE_MS);
  return waiting(
    'soaking',
    `wave ${wave.name} waits ${minutes} more minutes for the wave before to prove itself`,
  );
}

function unapproved(wave: Wave, { approved, doubt }: GateFacts): Gate | undefined {
  if (!wave.approval || approved) return undefined;
  const why = doubt === undefined ? '' : `: ${doubt}`;
  return waiting('needs-approval', `wave ${wave.name} waits for a person’s approval${why}`);
}

/** The reason in the last paragraph of a merge's message: `Urgent: certificate ends today`. */
export function urgentReason(message: string): string | undefined {
  const last =
    message
      .trim()
      .split(/\n\s*\n/u)
      .at(-1) ?? '';
  return /^Urgent: *(\S.{0,200})$/mu.exec(last)?.[1]?.trim();
}

function waiting(code: WaveCode, reason: string): Gate {
  return { open: false, outcome: 'waiting', code, reason };
}

function names(hubs: readonly Earlier[]): string {
  const named = hubs.slice(0, NAMED_HUBS).map(({ name }) => name);
  const more = hubs.length - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * A freeze holds where all that it says is true now; its last day counts until it is over, in UTC.
 */
function isFrozen({ days, hours, from, until }: Freeze, now: number, timezone: string): boolean {
  if (from !== undefined && now < instant(from)) return false;
  if (until !== undefined && now >= instant(until) + DAY_MS) return false;
  const { day, time } = localTime(now, timezone);
  if (days !== undefined && (day === undefined || !days.includes(day))) return false;
  if (hours === undefined) return true;
  const [begin = '', end = ''] = hours.split('-');
  return begin <= time && time < end;
}

/** Day of the week and `HH:MM` on the clocks of a time zone. */
function localTime(
  now: number,
  timezone: string,
): { day: (typeof DAYS)[number] | undefined; time: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(now));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const weekday = part('weekday').toLowerCase();
  return {
    day: DAYS.find((one) => one === weekday),
    time: `${part('hour')}:${part('minute')}`,
  };
}
