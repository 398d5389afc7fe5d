import { instant, seconds } from '../model/quantities.ts';
import type { Freeze, Wave, WaveName } from '../model/types.ts';
import { greatest } from '../lists.ts';

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
  cluster: string;
  /** `unseen`: on another cluster, and nothing public says that it was ever deployed there. */
  how: 'healthy' | 'failed' | 'unfinished' | 'unseen';
  /** Milliseconds since 1970, where it is healthy. */
  since: number | undefined;
}

/** Where it is known what runs on other clusters, and who keeps that. */
export type PublicRecord =
  /** The branch `deployed`: runs of GitHub Actions keep it. */
  | { kind: 'branch' }
  /** There is no such branch, and GitHub refused to make it. */
  | { kind: 'refused'; why: string }
  /** A folder that was named. */
  | { kind: 'folder' }
  /** The branch `deployed`, which a run outside of GitHub Actions reads only. */
  | { kind: 'read-only' };

export interface GateFacts {
  /** Milliseconds since 1970. */
  now: number;
  earlier: readonly Earlier[];
  record: PublicRecord;
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
    unrecorded(facts) ??
    unseenBefore(facts) ??
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

/** Where nothing can be kept, no later run and no other cluster would know what this wave did. */
function unrecorded({ earlier, record }: GateFacts): Gate | undefined {
  if (record.kind !== 'refused' || earlier.length === 0) return undefined;
  return waiting(
    'earlier-unfinished',
    `there is no branch \`deployed\`, and GitHub refused to make it (${record.why}): the job needs \`permissions: {contents: write}\`, and no rule of the repository in its way`,
  );
}

/** What nobody knows has not proven itself: a first installation begins with the first wave, on every cluster. */
function unseenBefore({ earlier, record }: GateFacts): Gate | undefined {
  const unseen = earlier.filter(({ how }) => how === 'unseen');
  const [first] = unseen;
  if (first === undefined) return undefined;
  const { wave, cluster } = first;
  const there = unseen.filter((one) => one.wave === wave && one.cluster === cluster);
  return waiting(
    'earlier-unfinished',
    `wave ${wave} was never deployed on cluster ${cluster}, as far as is known here: ${names(there)}; ${beginning(record, first)}`,
  );
}

function beginning({ kind }: PublicRecord, { wave, cluster }: Earlier): string {
  const command = `glaciocloud deploy --cluster ${cluster} --wave ${wave} --record FOLDER`;
  switch (kind) {
    case 'branch':
    case 'refused':
      return `its own job of the workflow \`deploy\` goes first: look there why it has not`;
    case 'folder':
      return `begin there, with the same folder: \`${command}\``;
    case 'read-only':
      return `begin there, and name one folder for all clusters, because only GitHub Actions keeps the branch \`deployed\`: \`${command}\``;
  }
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
  const proven = greatest(earlier.map(({ since }) => since ?? Number.NEGATIVE_INFINITY));
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
