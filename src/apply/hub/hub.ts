import { INFRASTRUCTURE_ROUNDS } from '../../core/hub/causes.ts';
import { changesHubImage, restartsHub } from '../../core/hub/changes.ts';
import { beforeOf, isHalfWay } from '../../core/hub/state.ts';
import type { Before, ReleaseState } from '../../core/hub/state.ts';
import type { Ending } from '../../core/plan/result.ts';
import { unitId } from '../../core/unit.ts';
import { preflightAdoption, withStanding } from './adopt.ts';
import { asFaulty } from './as-faulty.ts';
import { copyDatabase, restoreDatabase } from './database.ts';
import { cleanUp, proveHealthy } from './health.ts';
import type { HealthRun } from './health.ts';
import { before, ifNotAnswered, saveState } from './keep-state.ts';
import { loadCheck } from './load-check.ts';
import { preflightOutside, preflightObjects, tellBefore } from './preflight.ts';
import { loosenNamespace, tightenNamespace } from './namespace.ts';
import { prepareNamespace } from './prepare.ts';
import { hiddenIn, suppliedTo } from './supplied.ts';
import { pullingAhead } from './pull-ahead.ts';
import type { Prepared } from './prepare.ts';
import { watchRollout } from './rollout.ts';
import { dropStrays, healthyOf, recoverPending, restoreRevision } from './way-back.ts';
import type { Clock } from '../../ports.ts';
import { Faulty, NO_SECONDS } from '../types.ts';
import type { ApplyWorld, HubTask, Phase, Seconds, UnitResult } from '../types.ts';

/** Before they are made. */
const NOTHING_MADE = { names: new Map<string, string>() };
const WAY_BACK_FAILED = '; and the way back failed: ';

/** What one application of one hub has done so far. */
interface Run {
  clock: Clock;
  kind: 'install' | 'upgrade';
  seconds: Seconds;
  health: HealthRun;
  /** The hub may run something that nobody has proven: our own work, or what a killed run has left. */
  unsettled: boolean;
  copy: string | undefined;
  /** Supplied secrets, which no reason may show. */
  hidden: readonly string[];
}

/**
 * One hub, from what runs to what is wanted: preflight → load check → upgrade → rollout →
 * health → record; back again if it fails.
 */
export async function applyHub(asked: HubTask, world: ApplyWorld): Promise<UnitResult> {
  const task = await withStanding(asked, world);
  const { to } = task;
  const run = newRun(task, world);
  try {
    const prepared = await timed(run, 'preflight', () => preflight(task, run, world));
    await timed(run, 'upgrade', () => upgrade(task, prepared, run, world));
    await timed(run, 'rollout', () => watchRollout(task, world));
    await timed(run, 'health', () => proveHealthy(task, world, run.health));
    await tightenNamespace(task, world);
    const revision = await lastRevision(task, world);
    const at = world.clock.now().toISOString();
    await saveState(task, world, {
      adopting: undefined,
      quarantined: undefined,
      infrastructure: 0,
      copy: undefined,
      hold: task.hold === undefined ? undefined : { until: task.hold, reason: task.why },
      healthy: { digest: to.digest, revision, since: at, release: to.release },
      last: { at, outcome: 'done', reason: task.why },
    });
    return result(task, run, { outcome: 'done', code: 'deployed', reason: '' });
  } catch (error) {
    const fault = asFaulty(error, run.hidden);
    world.progress(to.unit, `✗ ${fault.message}`);
    return afterFailure(task, world, fault, run);
  }
}

/**
 * Brings a hub back where an earlier run ended half way and nothing may be applied now; undefined where nothing had
 * to be done.
 */
export async function bringBack(
  asked: HubTask,
  world: ApplyWorld,
): Promise<UnitResult | undefined> {
  const { state } = asked;
  const ran = beforeOf(state);
  if (!state || !ran || !isHalfWay(state)) return undefined;
  const task = { ...asked, ...(state.adopting && { adopting: state.adopting }) };
  const run = newRun(task, world);
  const [before = ''] = state.last.reason.split(WAY_BACK_FAILED);
  const reason = before === '' ? 'an earlier run ended half way' : before;
  world.progress(task.to.unit, 'an earlier run ended half way: back to what ran before');
  return goBack(task, { reason, kept: {}, ran }, run, world);
}

function newRun(task: HubTask, { clock }: ApplyWorld): Run {
  const { state } = task;
  return {
    clock,
    kind: before(task) ? 'upgrade' : 'install',
    seconds: { ...NO_SECONDS },
    health: { lines: [], rest: undefined },
    unsettled: isHalfWay(state),
    copy: state?.copy,
    hidden: [],
  };
}

async function preflight(task: HubTask, run: Run, world: ApplyWorld): Promise<Prepared> {
  const { to, state } = task;
  await preflightOutside(task, world);
  const supplied = await suppliedTo(task, world);
  run.hidden = hiddenIn(supplied);
  if (task.adopting && !run.unsettled)
    await preflightAdoption(task, await preflightObjects(task, NOTHING_MADE, world), world);
  const prepared = await prepareNamespace(task, supplied, world);
  const objects = await preflightObjects(task, prepared, world);
  if (run.unsettled) {
    const ran = (await healthyOf(task, world)).map(({ object }) => object);
    await dropStrays(task, before(task)?.revision ?? 0, [...ran, ...objects], world);
  }
  await recoverPending(task, world);
  if (state?.healthy) await tellBefore(task, state.healthy.release, objects, world);
  if (!state?.healthy || restartsHub(state.healthy.release, to.release)) {
    world.progress(to.unit, 'loading the new configuration in a throw-away pod');
    const check = (): Promise<void> => loadCheck(task, objects, world);
    await (before(task) ? check() : pullingAhead(task, objects, world, check));
  }
  return prepared;
}

async function upgrade(
  task: HubTask,
  { values }: Prepared,
  run: Run,
  world: ApplyWorld,
): Promise<void> {
  const { to, state, adopting, held } = task;
  const isNew = state?.healthy
    ? changesHubImage(state.healthy.release, to.release)
    : adopting !== undefined && !run.unsettled;
  if (isNew && run.copy === undefined) run.copy = await copyDatabase(task, world);
  held();
  await saveState(task, world, {
    copy: run.copy,
    last: { at: world.clock.now().toISOString(), outcome: 'started', reason: '' },
  });
  run.unsettled = true;
  world.progress(to.unit, 'applying with Helm');
  await world.releases.upgrade({
    release: to.unit.name,
    namespace: to.release.namespace,
    chart: world.chart,
    values: [to.release.values, values],
    digest: to.digest,
  });
}

/** Back to the last healthy revision, and a note of what must not be tried again. */
async function afterFailure(
  task: HubTask,
  world: ApplyWorld,
  fault: Faulty,
  run: Run,
): Promise<UnitResult> {
  const { to, state } = task;
  const at = world.clock.now().toISOString();
  const quarantined =
    fault.fault === 'product'
      ? { digest: to.digest, reason: fault.message, at }
      : state?.quarantined;
  const infrastructure = fault.fault === 'infrastructure' ? (state?.infrastructure ?? 0) + 1 : 0;
  const kept = { quarantined, infrastructure, copy: run.copy };
  const ran = before(task);
  if (run.unsettled && ran) {
    const failed = { reason: fault.message, kept, ran };
    const back = await goBack(task, failed, run, world);
    if (back !== undefined) return back;
    await cleanUp(task, run.health, world);
    return result(task, run, { outcome: 'rolled-back', code: fault.fault, reason: fault.message });
  }
  const ending = failedEnding(fault, infrastructure);
  const { outcome, reason } = ending;
  await saveState(task, world, { ...kept, last: { at, outcome, reason } }).catch(ifNotAnswered);
  await cleanUp(task, run.health, world);
  return result(task, run, ending);
}

/** `rounds`: how often the infrastructure has failed now, one after the other. */
function failedEnding({ fault, message: reason }: Faulty, rounds: number): Ending {
  return rounds >= INFRASTRUCTURE_ROUNDS
    ? { outcome: 'blocked', code: 'infrastructure-again', reason }
    : { outcome: 'failed', code: fault, reason };
}

interface Failed {
  reason: string;
  /** What the state is to keep of it. */
  kept: Partial<ReleaseState>;
  ran: Before;
}

/** Back, and a note of it; what it comes to where there is no way back. */
async function goBack(
  task: HubTask,
  { reason: why, kept, ran }: Failed,
  run: Run,
  world: ApplyWorld,
): Promise<UnitResult | undefined> {
  const seen = world.clock.elapsed();
  const at = world.clock.now().toISOString();
  try {
    await rollBack(task, ran, run, world);
  } catch (error) {
    // The next run begins here again, because this one has not ended.
    const reason = `${why}${WAY_BACK_FAILED}${asFaulty(error, run.hidden).message}`;
    await saveState(task, world, { ...kept, last: { at, outcome: 'started', reason } }).catch(
      ifNotAnswered,
    );
    return result(task, run, { outcome: 'failed', code: 'way-back-failed', reason });
  }
  const back = ((world.clock.elapsed() - seen) / 1000).toFixed(1);
  world.progress(task.to.unit, `runs again what ran before, ${back} s after the failure was seen`);
  await saveState(task, world, {
    ...kept,
    copy: undefined,
    hold: undefined,
    ...(await nowOf(task, world)),
    last: { at, outcome: 'rolled-back', reason: why },
  });
  return undefined;
}

/** What ran before is one more revision now. */
async function nowOf(
  task: HubTask,
  world: ApplyWorld,
): Promise<Pick<ReleaseState, 'healthy' | 'adopting'>> {
  const { state, adopting } = task;
  const revision = await lastRevision(task, world);
  return state?.healthy
    ? { healthy: { ...state.healthy, revision } }
    : { healthy: undefined, adopting: adopting && { ...adopting, revision } };
}

async function rollBack(task: HubTask, ran: Before, run: Run, world: ApplyWorld): Promise<void> {
  task.held();
  const { copy } = run;
  await timed(run, 'upgrade', async () => {
    await loosenNamespace(task, world);
    const stored = await healthyOf(task, world);
    const objects = stored.map(({ object }) => object);
    if (objects.length > 0) await dropStrays(task, ran.revision, objects, world);
    await recoverPending(task, world);
    if (copy !== undefined) await restoreDatabase(task, copy, ran.revision, world);
    await restoreRevision(task, ran, stored, world);
  });
  await timed(run, 'rollout', () => watchRollout(task, world));
}

function result({ to }: HubTask, run: Run, ending: Ending): UnitResult {
  const { kind, seconds, health } = run;
  return { id: unitId(to.unit), unit: to.unit, kind, ...ending, seconds, health: health.lines };
}

async function timed<T>(run: Run, phase: Phase, work: () => Promise<T>): Promise<T> {
  const { clock, seconds } = run;
  const began = clock.elapsed();
  try {
    return await work();
  } finally {
    seconds[phase] += Math.round(clock.elapsed() - began) / 1000;
  }
}

async function lastRevision({ to }: HubTask, { releases }: ApplyWorld): Promise<number> {
  return (await releases.last(to.unit.name, to.release.namespace))?.revision ?? 0;
}
