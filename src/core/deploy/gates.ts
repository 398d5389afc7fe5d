import { instant, seconds } from '../model/units.ts';
import type { Freeze, Wave } from '../model/types.ts';

export interface Gate {
  open: boolean;
  reason: string;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

export interface GateFacts {
  /** Milliseconds since 1970. */
  now: number;
  /** Latest moment at which a hub of an earlier wave that changed became healthy; undefined where there is none. */
  provenSince: number | undefined;
  /** A person has let waves pass that ask for it. */
  approved: boolean;
  /** Freezes and soaks are passed, for a reason that is kept. Approval is not. */
  hurried: boolean;
}

/** Whether a wave may change now, and if not, what it waits for. */
export function waveGate(wave: Wave, { now, provenSince, approved, hurried }: GateFacts): Gate {
  const frozen = hurried ? undefined : wave.freeze.find((freeze) => isFrozen(freeze, now, wave.timezone));
  if (frozen) return { open: false, reason: `wave ${wave.name} is frozen${frozen.reason === undefined ? '' : `: ${frozen.reason}`}` };
  const left = hurried || provenSince === undefined ? 0 : provenSince + seconds(wave.soak) * 1000 - now;
  if (left > 0) return { open: false, reason: `wave ${wave.name} waits ${Math.ceil(left / 60_000)} more minutes for the wave before to prove itself` };
  if (wave.approval && !approved) return { open: false, reason: `wave ${wave.name} waits for a person’s approval` };
  return { open: true, reason: '' };
}

function isFrozen({ days, hours, from, until }: Freeze, now: number, timezone: string): boolean {
  if (from !== undefined && now < instant(from)) return false;
  if (until !== undefined && now >= instant(until) + 86_400_000) return false;
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(now));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const day = DAYS.find((one) => one === part('weekday').toLowerCase().slice(0, 3));
  if (days !== undefined && (day === undefined || !days.includes(day))) return false;
  if (hours === undefined) return true;
  const time = `${part('hour')}:${part('minute')}`;
  const [begin = '', end = ''] = hours.split('-');
  return begin <= time && time < end;
}
