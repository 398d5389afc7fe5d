import pMap from 'p-map';
import { hubsBefore, liveStanding, publicStanding } from '../../core/hub/earlier.ts';
import type { PublicFacts } from '../../core/hub/earlier.ts';
import { waveGate } from '../../core/hub/gates.ts';
import type { Earlier, PublicRecord } from '../../core/hub/gates.ts';
import { holdReason, isHalfWay, isSettled } from '../../core/hub/state.ts';
import type { States } from '../../core/hub/state.ts';
import type { Platform, Wave } from '../../core/model/types.ts';
import type { Ending } from '../../core/plan/result.ts';
import { unitId } from '../../core/unit.ts';
import type { Instant, PresentRelease, Unit, WantedRelease } from '../../core/unit.ts';
import { Failure } from '../../failure.ts';
import { readStates } from '../cluster.ts';
import { lackingData } from '../data/first-install.ts';
import { endingOf, withLease, withSeat } from '../lease.ts';
import type { Held } from '../lease.ts';
import { NO_SECONDS } from '../types.ts';
import type { ApplyWorld, HubTask, UnitResult } from '../types.ts';
import { isApproved, keepApproval } from './approvals.ts';
import { applyHub, bringBack } from './hub.ts';
import { append } from '../../core/lists.ts';

/** A run of the workflow has two hours for its hubs. */
const DATA_WAIT_MS = 45 * 60 * 1000;

export interface WaveWalk {
  platform: Platform;
  world: ApplyWorld;
  /** Every hub of the platform. */
  hubs: readonly WantedRelease[];
  /** The hubs of this cluster that were asked for. */
  chosen: readonly WantedRelease[];
  /** What is known in public of other clusters' hubs, by name. */
  elsewhere: ReadonlyMap<string, PresentRelease>;
  /** Units that are known in public, but not readably as what, by id. */
  unreadable: ReadonlySet<string>;
  /** Where that is known from. */
  record: PublicRecord;
  /** Digests that a merged pull request has shown, by hub; undefined where nobody can know. */
  reviewed: ReadonlyMap<string, string> | undefined;
  approved: boolean;
  /** Why an approval that was claimed is not believed. */
  doubt: string | undefined;
  /** Why freezes and soaks are passed. */
  hurry: string | undefined;
  retry: { hub: string; reason: string } | undefined;
  /** Why the chosen hubs are applied though nothing changed. */
  again: string | undefined;
  /** Until when these files, which are not merged yet, stay; undefined where they are. */
  hold: { until: Instant; reason: string } | undefined;
  /** After each hub that runs what is wanted. */
  onDone: (to: WantedRelease) => Promise<void>;
}

/** Wave by wave; in a wave hubs side by side. A hub that fails keeps every later wave as it is. */
export async function walkWaves(walk: WaveWalk): Promise<UnitResult[]> {
  const { platform, world, chosen } = walk;
  const results: UnitResult[] = [];
  for (const wave of platform.settings.data.waves) {
    const mine = chosen.filter((one) => one.wave === wave.name);
    if (mine.length === 0) continue;
    const states = await readStates(world.kube);
    const changing = mine.filter(
      (one) =>
        walk.again !== undefined || !isSettled(states.known.get(one.release.namespace), one.digest),
    );
    if (changing.length === 0) continue;
    const approved = await approval(walk, wave);
    const gate = waveGate(wave, {
      now: world.clock.now().getTime(),
      earlier: earlierHubs(walk, wave, states, results),
      record: walk.record,
      approved,
      doubt: walk.doubt,
      hurried: walk.hurry !== undefined,
    });
    const one = async (to: WantedRelease): Promise<UnitResult> => {
      const bad = unreadable(states, to);
      if (bad) return notApplied(to.unit, bad);
      const kept = gate.open
        ? (keptBack(walk, to, { states, approved }) ?? (await lacking(walk, to, states)))
        : gate;
      if (kept === undefined) return underLease(walk, to, (task) => applyHeld(walk, to, task));
      if (!isHalfWay(states.known.get(to.release.namespace))) return notApplied(to.unit, kept);
      return underLease(walk, to, (task) => bringBackHeld(walk, kept, task));
    };
    append(results, await pMap(changing, one, { concurrency: world.cluster.data.parallel }));
  }
  return results;
}

/** What this wave wants as a whole, whoever asked for a part of it. */
async function approval({ world, hubs, approved }: WaveWalk, wave: Wave): Promise<boolean> {
  const wants = hubs.filter(
    (one) => one.wave === wave.name && one.unit.cluster === world.cluster.name,
  );
  if (!approved) return isApproved(world.kube, wave.name, wants);
  await keepApproval(world.kube, wave.name, wants, world.clock.now().toISOString());
  return true;
}

/** Hubs of the waves before, on whichever cluster. */
function earlierHubs(
  walk: WaveWalk,
  wave: Wave,
  states: States,
  results: readonly UnitResult[],
): Earlier[] {
  const hubs = hubsBefore(walk.platform.settings.data.waves, wave, walk.hubs);
  return hubs.map((one): Earlier => {
    const { name, cluster } = one.unit;
    const how =
      cluster === walk.world.cluster.name
        ? liveStanding(one, states, hasFailed(one, results))
        : publicStanding(one, { runs: elsewhere(walk, one), unreadable: walk.unreadable });
    return { name, cluster, wave: one.wave, ...how };
  });
}

function elsewhere(walk: WaveWalk, { unit }: WantedRelease): PublicFacts['runs'] {
  const known = walk.elsewhere.get(unit.name);
  return known && { digest: known.digest, since: known.status?.at };
}

function hasFailed({ unit }: WantedRelease, results: readonly UnitResult[]): boolean {
  const result = results.find((one) => one.unit.name === unit.name);
  return result !== undefined && result.outcome !== 'done' && result.outcome !== 'waiting';
}

/** A hub of which nobody knows what runs, or what a killed run has left, is left alone. */
function unreadable({ unreadable: all }: States, { release }: WantedRelease): Ending | undefined {
  const reason = all.get(release.namespace);
  return reason === undefined
    ? undefined
    : { outcome: 'blocked', code: 'state-unreadable', reason };
}

/** What keeps a single hub of a wave that may change as it is; undefined where nothing does. */
function keptBack(
  { retry, reviewed, hold, world, doubt }: WaveWalk,
  { unit, digest, order, release }: WantedRelease,
  { states, approved }: { states: States; approved: boolean },
): Ending | undefined {
  const state = states.known.get(release.namespace);
  const held = hold === undefined ? holdReason(state, world.clock.now().getTime()) : undefined;
  if (held !== undefined) return { outcome: 'waiting', code: 'on-hold', reason: held };
  const quarantined = state?.quarantined;
  if (quarantined?.digest === digest && retry?.hub !== unit.name)
    return {
      outcome: 'blocked',
      code: 'quarantined',
      reason: `quarantined since ${quarantined.at}: ${quarantined.reason}`,
    };
  const shown = reviewed?.get(unit.name);
  if (reviewed !== undefined && shown !== digest && order > 1 && !approved)
    return {
      outcome: 'waiting',
      code: 'not-reviewed',
      reason: `this change is not the one that the reviewed plan showed: it waits for a person’s approval${doubt === undefined ? '' : `: ${doubt}`}`,
    };
  return undefined;
}

/** A new hub waits for its data before it takes a seat. */
async function lacking(
  { platform, world }: WaveWalk,
  { unit, release }: WantedRelease,
  { known }: States,
): Promise<Ending | undefined> {
  const hub = platform.environments.get(unit.name);
  if (!hub) return undefined;
  const state = known.get(release.namespace);
  const say = (text: string): void => world.progress(unit, text);
  const until = world.clock.elapsed() + DATA_WAIT_MS;
  try {
    return await lackingData({ platform, hub, state }, world, { say, until });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return endingOf(error);
  }
}

/** On one of the cluster's seats and with the hub's Lease, unless another run was faster. */
async function underLease(
  walk: WaveWalk,
  to: WantedRelease,
  work: (task: HubTask) => Promise<UnitResult>,
): Promise<UnitResult> {
  const { world } = walk;
  const { parallel } = world.cluster.data;
  const waiting = (owners: string): void =>
    world.progress(
      to.unit,
      `waiting: this cluster takes ${parallel} deployments at once, and others run (${owners})`,
    );
  try {
    return await withSeat(world, parallel, waiting, () =>
      withLease(world, `hub-${to.unit.name}`, async (held) => {
        const states = await readStates(world.kube);
        const bad = unreadable(states, to);
        return bad ? notApplied(to.unit, bad) : work(taskOf(walk, to, { states, held }));
      }),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.progress(to.unit, `✗ ${error.message}`);
    return notApplied(to.unit, endingOf(error));
  }
}

async function applyHeld(walk: WaveWalk, to: WantedRelease, task: HubTask): Promise<UnitResult> {
  if (walk.again === undefined && walk.hold === undefined && isSettled(task.state, to.digest))
    return notApplied(to.unit, {
      outcome: 'done',
      code: 'deployed-by-another',
      reason: 'another deployment has just done it',
    });
  const result = await applyHub(task, walk.world);
  if (result.outcome === 'done') await walk.onDone(to);
  return result;
}

/** What may not change now runs what ran before, also where an earlier run could not bring it back. */
async function bringBackHeld(walk: WaveWalk, kept: Ending, task: HubTask): Promise<UnitResult> {
  return (await bringBack(task, walk.world)) ?? notApplied(task.to.unit, kept);
}

function taskOf(
  walk: WaveWalk,
  to: WantedRelease,
  { states, held }: { states: States; held: Held },
): HubTask {
  const { platform, hold } = walk;
  const hub = platform.environments.get(to.unit.name);
  if (!hub) throw new Error(`${to.unit.name} is wanted without a file`);
  const state = states.known.get(to.release.namespace);
  return { platform, hub, to, state, why: whyOf(walk, to), hold: hold?.until, held };
}

function whyOf({ retry, hold, again, hurry }: WaveWalk, { unit }: WantedRelease): string {
  return retry?.hub === unit.name ? retry.reason : (hold?.reason ?? again ?? hurry ?? '');
}

function notApplied(unit: Unit, ending: Ending): UnitResult {
  const { outcome, code, reason } = ending;
  return {
    id: unitId(unit),
    unit,
    kind: 'none',
    outcome,
    code,
    reason,
    seconds: NO_SECONDS,
    health: [],
  };
}
