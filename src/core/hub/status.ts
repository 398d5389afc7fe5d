import { takeoverText } from '../model/takeover.ts';
import type { Platform } from '../model/types.ts';
import { unitId } from '../unit.ts';
import type { Digest, Instant, PresentRelease, Unit, WantedRelease } from '../unit.ts';
import { takeoverOf } from './adoption.ts';
import { hubsBefore, liveStanding, publicStanding } from './earlier.ts';
import { waveGate } from './gates.ts';
import type { Earlier } from './gates.ts';
import { isSettled } from './state.ts';
import type { States } from './state.ts';

/** A hub in a line: what runs, whether it is wanted so, and what it waits for. */
export interface HubStatus {
  hub: string;
  cluster: string;
  wave: string;
  /** What runs, and since when, as far as it is known. */
  runs: { digest: Digest; since: Instant | undefined } | undefined;
  is:
    | 'as wanted'
    | 'to come'
    | 'to be taken over'
    | 'to change'
    | 'on trial'
    | 'to go'
    | 'without a file'
    | 'cannot be read';
  /** What of others it begins as, in words; empty where it does not. */
  takeover: string;
  /** What keeps a change back now; empty where nothing does. */
  waits: string;
  /** As the cluster knows it; empty where no cluster was asked. */
  health: string;
  /** What was changed behind our back; undefined where nobody has looked. */
  drift: HubDrifted | undefined;
}

/** Objects that are not as deployed, or why nobody could look. */
export type HubDrifted = { kind: 'looked'; objects: number } | { kind: 'unseen'; why: string };

interface StatusFacts {
  platform: Platform;
  wanted: readonly WantedRelease[];
  /** What the branch `deployed` says. */
  present: readonly PresentRelease[];
  /** Units that it holds, but not readably as what, and why, by id. */
  unreadable: ReadonlyMap<string, string>;
  /** What a cluster knows of its hubs, where one was asked. */
  states: States | undefined;
  /** What of others keeps hubs from it that are not there, by hub. */
  held: ReadonlyMap<string, string>;
  /** What was found in it, by hub. */
  drift: ReadonlyMap<string, HubDrifted>;
  /** Milliseconds since 1970. */
  now: number;
}

/** Every hub that a file names or that runs, in the order of waves and names. */
export function statusOf(facts: StatusFacts): HubStatus[] {
  const wanted = facts.wanted.filter(({ unit }) => unit.kind === 'hub');
  const named = new Set(wanted.map(({ unit }) => unitId(unit)));
  const orphans = facts.present.filter(
    ({ unit }) => unit.kind === 'hub' && !named.has(unitId(unit)),
  );
  const { removals } = facts.platform.settings.data;
  const isRemoved = ({ name, cluster }: Unit): boolean =>
    removals.some((one) => one.hub === name && one.cluster === cluster);
  return [
    ...wanted.map((one) => wantedStatus(facts, one)),
    ...orphans.map(({ unit, digest, status }): HubStatus => ({
      hub: unit.name,
      cluster: unit.cluster,
      wave: '',
      runs: { digest, since: status?.at },
      is: isRemoved(unit) ? 'to go' : 'without a file',
      takeover: '',
      waits: '',
      health: healthOf(facts.states, unit.name),
      drift: facts.drift.get(unit.name),
    })),
  ];
}

function wantedStatus(facts: StatusFacts, one: WantedRelease): HubStatus {
  const { name, cluster } = one.unit;
  const runs = runsOf(facts, one);
  const why = runs === undefined ? facts.unreadable.get(unitId(one.unit)) : undefined;
  const takeover = takeoverOf(one);
  const trial = trialOf(facts, one);
  const usual = trial === undefined ? isOf(runs?.digest, one) : 'on trial';
  const is = why === undefined ? usual : 'cannot be read';
  return {
    hub: name,
    cluster,
    wave: one.wave,
    runs,
    is,
    takeover: is === 'to be taken over' && takeover ? takeoverText(takeover) : '',
    waits: is === 'as wanted' ? '' : (why ?? facts.held.get(name) ?? trial ?? waitsFor(facts, one)),
    health: healthOf(facts.states, name),
    drift: facts.drift.get(name),
  };
}

function isOf(runs: Digest | undefined, wanted: WantedRelease): HubStatus['is'] {
  if (runs === undefined) return takeoverOf(wanted) === undefined ? 'to come' : 'to be taken over';
  return runs === wanted.digest ? 'as wanted' : 'to change';
}

/** What a `/try` has put there, as the cluster or, where none was asked, the branch knows it. */
function trialOf({ present, states }: StatusFacts, { unit }: WantedRelease): string | undefined {
  const known = present.find((one) => unitId(one.unit) === unitId(unit));
  const until = states ? states.known.get(unit.name)?.hold?.until : known?.status?.tried;
  return until === undefined
    ? undefined
    : `the end of a trial, ${until}: then what is merged comes back`;
}

/** The cluster's own word counts; the branch is what the last run has told. */
function runsOf({ present, states }: StatusFacts, { unit }: WantedRelease): HubStatus['runs'] {
  const healthy = states?.known.get(unit.name)?.healthy;
  if (healthy) return { digest: healthy.digest, since: healthy.since };
  const known = present.find((one) => unitId(one.unit) === unitId(unit));
  return known && { digest: known.digest, since: known.status?.at };
}

function healthOf(states: States | undefined, hub: string): string {
  if (states === undefined) return '';
  const unreadable = states.unreadable.get(hub);
  if (unreadable !== undefined) return unreadable;
  const state = states.known.get(hub);
  if (state === undefined) return 'not on this cluster';
  if (state.removing) return 'its removal has begun';
  if (state.quarantined) return `quarantined: ${state.quarantined.reason}`;
  if (state.hold) return `held until ${state.hold.until}: ${state.hold.reason}`;
  if (state.healthy && isSettled(state, state.healthy.digest)) return 'healthy';
  const why = state.last.reason === '' ? '' : `: ${state.last.reason}`;
  return `last run ${state.last.outcome}${why}`;
}

/** As a deployment would say it now, by what is known in public of the waves before. */
function waitsFor(facts: StatusFacts, one: WantedRelease): string {
  const { name } = one.unit;
  if (facts.states?.known.get(name)?.quarantined?.digest === one.digest)
    return `somebody: revert the change, or try it again by deploy --retry ${name} --reason TEXT`;
  const { waves } = facts.platform.settings.data;
  const wave = waves.find(({ name }) => name === one.wave);
  if (!wave) return '';
  const gate = waveGate(wave, {
    now: facts.now,
    earlier: hubsBefore(waves, wave, facts.wanted).map((hub) => earlier(facts, hub)),
    record: { kind: 'branch' },
    approved: false,
    doubt: undefined,
    hurried: false,
  });
  return gate.open ? 'nothing: the next run brings it' : gate.reason;
}

function earlier(facts: StatusFacts, one: WantedRelease): Earlier {
  const { name, cluster } = one.unit;
  const { states, unreadable } = facts;
  const isHere = states?.known.has(name) === true || states?.unreadable.has(name) === true;
  const standing =
    states !== undefined && isHere
      ? liveStanding(one, states, false)
      : publicStanding(one, { runs: runsOf(facts, one), unreadable });
  return { name, cluster, wave: one.wave, ...standing };
}
