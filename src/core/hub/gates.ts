import { instant, seconds } from '../model/quantities.ts';
import type { Freeze, Wave, WaveName } from '../model/types.ts';

export type Gate = { open: true } | { open: false; outcome: 'waiting' | 'blocked'; reason: string };

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

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
  /** Freezes and soaks are passed, for a reason that is kept. Approval and failures are not. */
  hurried: boolean;
}

/** Whether a wave may change now, and if not, what it waits for. */
export function waveGate(wave: Wave, { now, earlier, approved, hurried }: GateFacts): Gate {
  const failed = earlier.filter(({ how }) => how === 'failed');
  if (failed.length > 0)
    return closed(
      'blocked',
      `wave ${failed[0]?.wave ?? ''} has a hub that failed: ${names(failed)}`,
    );
  const unfinished = earlier.filter(({ how }) => how === 'unfinished');
  if (unfinished.length > 0)
    return closed(
      'waiting',
      `wave ${unfinished[0]?.wave ?? ''} is not finished: ${names(unfinished)}`,
    );
  const frozen = hurried
    ? undefined
    : wave.freeze.find((freeze) => isFrozen(freeze, now, wave.timezone));
  if (frozen)
    return closed(
      'waiting',
      `wave ${wave.name} is frozen${frozen.reason === undefined ? '' : `: ${frozen.reason}`}`,
    );
  const proven = Math.max(...earlier.flatMap(({ since }) => (since === undefined ? [] : [since])));
  const left = hurried ? 0 : proven + seconds(wave.soak) * 1000 - now;
  if (left > 0)
    return closed(
      'waiting',
      `wave ${wave.name} waits ${Math.ceil(left / 60_000)} more minutes for the wave before to prove itself`,
    );
  if (wave.approval && !approved)
    return closed('waiting', `wave ${wave.name} waits for a person’s approval`);
  return { open: true };
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

function closed(outcome: 'waiting' | 'blocked', reason: string): Gate {
  return { open: false, outcome, reason };
}

function names(hubs: readonly Earlier[]): string {
  return `${hubs
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ')}${hubs.length > 3 ? ` and ${hubs.length - 3} more` : ''}`;
}

function isFrozen({ days, hours, from, until }: Freeze, now: number, timezone: string): boolean {
  if (from !== undefined && now < instant(from)) return false;
  if (until !== undefined && now >= instant(until) + 86_400_000) return false;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(now));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const day = DAYS.find((one) => one === part('weekday').toLowerCase().slice(0, 3));
  if (days !== undefined && (day === undefined || !days.includes(day))) return false;
  if (hours === undefined) return true;
  const time = `${part('hour')}:${part('minute')}`;
  const [begin = '', end = ''] = hours.split('-');
  return begin <= time && time < end;
}
