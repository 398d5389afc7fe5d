import pMap from 'p-map';
import { waveGate } from '../../core/hub/gates.ts';
import type { Earlier } from '../../core/hub/gates.ts';
import { holdReason, isSettled } from '../../core/hub/state.ts';
import type { ReleaseState } from '../../core/hub/state.ts';
import type { Platform, Wave } from '../../core/model/types.ts';
import type { Instant, PresentRelease, Unit, WantedRelease } from '../../core/unit.ts';
import { Failure } from '../../failure.ts';
import { readStates } from '../cluster.ts';
import { LeaseHeld, withLease, withSeat } from '../lease.ts';
import type { ApplyWorld, UnitResult } from '../types.ts';
import { isApproved, keepApproval } from './approvals.ts';
import { applyHub } from './hub.ts';

export interface WaveWalk {
  platform: Platform;
  world: ApplyWorld;
  /** Every hub of the platform. */
  hubs: readonly WantedRelease[];
  /** The hubs of this cluster that were asked for. */
  chosen: readonly WantedRelease[];
  /** What is known in public of other clusters' hubs, by name. */
  elsewhere: ReadonlyMap<string, PresentRelease>;
  /** Digests that a merged pull request has shown, by hub; undefined where nobody can know. */
  reviewed: ReadonlyMap<string, string> | undefined;
  approved: boolean;
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
        walk.again !== undefined || !isSettled(states.get(one.release.namespace), one.digest),
    );
    if (changing.length === 0) continue;
    const approved = await approval(walk, wave);
    const gate = waveGate(wave, {
      now: world.now().getTime(),
      earlier: earlierHubs(walk, wave, states, results),
      approved,
      hurried: walk.hurry !== undefined,
    });
    const one = (to: WantedRelease): Promise<UnitResult> | UnitResult => {
      const held = gate.open ? holdOf(walk, to, states.get(to.release.namespace), approved) : gate;
      return held.open ? applyOne(walk, to) : notApplied(to.unit, held);
    };
    results.push(...(await pMap(changing, one, { concurrency: world.cluster.data.parallel })));
  }
  return results;
}

/** What this wave wants as a whole, whoever asked for a part of it. */
async function approval({ world, hubs, approved }: WaveWalk, wave: Wave): Promise<boolean> {
  const wants = hubs.filter(
    (one) => one.wave === wave.name && one.unit.cluster === world.cluster.name,
  );
  if (!approved) return isApproved(world.kube, wave.name, wants);
  await keepApproval(world.kube, wave.name, wants, world.now().toISOString());
  return true;
}

function earlierHubs(
  { platform, world, hubs, elsewhere }: WaveWalk,
  wave: Wave,
  states: ReadonlyMap<string, ReleaseState>,
  results: readonly UnitResult[],
): Earlier[] {
  const before = platform.settings.data.waves
    .slice(0, platform.settings.data.waves.indexOf(wave))
    .map(({ name }) => name);
  return hubs
    .filter((one) => before.includes(one.wave))
    .flatMap((one): Earlier[] => {
      const frame = { name: one.unit.name, wave: one.wave };
      if (one.unit.cluster !== world.cluster.name) {
        if (elsewhere.size === 0) return []; // nothing public is at hand: only this cluster can be looked at
        const known = elsewhere.get(one.unit.name);
        return [
          known?.digest === one.digest
            ? { ...frame, how: 'healthy', since: since(known.status?.at) }
            : { ...frame, how: 'unfinished', since: undefined },
        ];
      }
      const state = states.get(one.release.namespace);
      if (isSettled(state, one.digest))
        return [{ ...frame, how: 'healthy', since: since(state?.healthy?.since) }];
      const failed =
        state?.quarantined?.digest === one.digest ||
        results.some(
          ({ unit, outcome }) =>
            unit.name === one.unit.name && outcome !== 'done' && outcome !== 'waiting',
        );
      return [{ ...frame, how: failed ? 'failed' : 'unfinished', since: undefined }];
    });
}

function since(at: string | undefined): number | undefined {
  return at === undefined ? undefined : Date.parse(at);
}

/** Whether one hub of a wave that may change may change, and if not, why. */
type HubGate = { open: true } | { open: false; outcome: 'waiting' | 'blocked'; reason: string };

/** What holds a single hub of a wave that may change. */
function holdOf(
  { retry, reviewed, hold, world }: WaveWalk,
  { unit, digest, order }: WantedRelease,
  state: ReleaseState | undefined,
  approved: boolean,
): HubGate {
  const held = hold === undefined ? holdReason(state, world.now().getTime()) : undefined;
  if (held !== undefined) return { open: false, outcome: 'waiting', reason: held };
  const quarantined = state?.quarantined;
  if (quarantined?.digest === digest && retry?.hub !== unit.name)
    return {
      open: false,
      outcome: 'blocked',
      reason: `quarantined since ${quarantined.at}: ${quarantined.reason}`,
    };
  const shown = reviewed?.get(unit.name);
  if (reviewed !== undefined && shown !== digest.slice(0, shown?.length) && order > 1 && !approved)
    return {
      open: false,
      outcome: 'waiting',
      reason:
        'this change is not the one that the reviewed plan showed: it waits for a person’s approval',
    };
  return { open: true };
}

async function applyOne(walk: WaveWalk, to: WantedRelease): Promise<UnitResult> {
  const { platform, world } = walk;
  const {
    kube,
    cluster: {
      data: { parallel },
    },
  } = world;
  const hub = platform.environments.get(to.unit.name);
  if (!hub) throw new Error(`${to.unit.name} is wanted without a file`);
  const waiting = (owners: string): void =>
    world.progress(
      to.unit,
      `waiting: this cluster takes ${parallel} deployments at once, and others run (${owners})`,
    );
  try {
    return await withSeat(kube, parallel, waiting, () =>
      withLease(kube, `hub-${to.unit.name}`, async (held) => {
        const state = (await readStates(kube)).get(to.release.namespace);
        if (walk.again === undefined && walk.hold === undefined && isSettled(state, to.digest))
          return notApplied(to.unit, {
            outcome: 'done',
            reason: 'another deployment has just done it',
          });
        const why =
          walk.retry?.hub === to.unit.name
            ? walk.retry.reason
            : (walk.hold?.reason ?? walk.again ?? walk.hurry ?? '');
        const result = await applyHub(
          { platform, hub, to, state, why, hold: walk.hold?.until, held },
          world,
        );
        if (result.outcome === 'done') await walk.onDone(to);
        return result;
      }),
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    world.progress(to.unit, `✗ ${error.message}`);
    return notApplied(to.unit, {
      outcome: error instanceof LeaseHeld ? 'blocked' : 'failed',
      reason: error.message,
    });
  }
}

function notApplied(
  unit: Unit,
  { outcome, reason }: Pick<UnitResult, 'outcome' | 'reason'>,
): UnitResult {
  return {
    unit,
    kind: 'none',
    outcome,
    reason,
    seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 },
    health: [],
  };
}
