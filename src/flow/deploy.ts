import { applyCluster, confirmIdentity, readStates } from '../apply/cluster.ts';
import { preflightCluster } from '../apply/hub/preflight.ts';
import { walkWaves } from '../apply/hub/waves.ts';
import { removeHub } from '../apply/removal/remove.ts';
import type { ApplyWorld, UnitResult } from '../apply/types.ts';
import { urgentReason } from '../core/hub/gates.ts';
import type { PublicRecord } from '../core/hub/gates.ts';
import { isSettled } from '../core/hub/state.ts';
import { seconds } from '../core/model/quantities.ts';
import { unitId, unitTitle } from '../core/unit.ts';
import type { Instant } from '../core/unit.ts';
import type { Report } from '../edges/report.ts';
import { removeFolder, withTemporaryFolder, writeFolders } from '../edges/files.ts';
import { headMessage } from '../edges/git.ts';
import { Failure } from '../failure.ts';
import { catchUpRecord } from './record-again.ts';
import { dropData, orderData } from './data.ts';
import { orphanText, orphansOf } from './choose.ts';
import type { DeployInputs, Deployment, Found, Job, Merge, Wanted } from './deployment.ts';
import { claimedApproval, refuseOpenEnvironment } from './protection.ts';
import type { ClaimedApproval } from './protection.ts';
import { keepRecord, markTried, publicRecord } from './record.ts';
import { mergeOf, recordOf, tell } from './tell.ts';
import { gatherWanted } from './wanted.ts';
import { applyWorld } from './world.ts';
import { append } from '../core/lists.ts';

/** From what runs to what is wanted, wave by wave. What another run left behind is caught up. */
export async function runDeployment(job: Job): Promise<Deployment> {
  const { inputs, ports, report } = job;
  const gathered = await gatherWanted(inputs, { clock: ports.clock, report });
  if (gathered.kind === 'refused') return gathered;
  const { wanted } = gathered;
  const { chosen } = wanted;
  const branch = await movedOn(job, wanted.commit);
  if (branch !== undefined) return { kind: 'moved-on', branch, wanted: chosen };
  await refuseOpenEnvironment(inputs.actions, wanted.cluster.name);
  const found = await look(job, wanted);
  const idle = isIdle(job, wanted, found);
  const refusal = await applyShared(job, wanted, found, idle);
  await orderData(job, wanted, found);
  await catchUpRecord(job, wanted, found);
  // Nothing to do costs seconds: no Helm, no chart on disk.
  const results = idle ? [] : await applyUnits(job, wanted, found, refusal);
  await dropData(job, wanted);
  return { kind: 'deployed', results, wanted: chosen };
}

/** The branch that has got a newer commit than ours; what is tried out is on no branch. */
async function movedOn({ inputs }: Job, commit: string): Promise<string | undefined> {
  const { actions, hold } = inputs;
  if (!actions || hold !== undefined) return undefined;
  return (await actions.github.branchHead(actions.branch)) === commit ? undefined : actions.branch;
}

/** Reads only, and refuses any cluster but the one that is meant. */
async function look({ inputs, ports, report }: Job, wanted: Wanted): Promise<Found> {
  const { platform, cluster, shared, recorded } = wanted;
  const { kube } = ports;
  tellUnreadable(wanted, report);
  const present = new Map(recorded.releases.map((one) => [unitId(one.unit), one]));
  const known = shared && present.get(unitId(shared.unit))?.status?.identity;
  const identity = await confirmIdentity(kube, cluster, known);
  const states = await readStates(kube);
  const orphans = orphansOf(platform, cluster, states, inputs);
  for (const orphan of orphans)
    if (orphan.removal === undefined) report.progress(orphanText(orphan));
  const removals = orphans.flatMap(({ unit, removal }) => (removal ? [{ unit, removal }] : []));
  return { identity, states, present, removals };
}

/** Only what the record of this cluster itself says cannot be done without: which cluster it is. */
function tellUnreadable({ cluster, recorded }: Wanted, report: Report): void {
  for (const { unit, why } of recorded.unreadable) {
    report.progress(`⚠ ${unitTitle(unit)}: ${why}`);
    if (unit.kind === 'cluster' && unit.name === cluster.name && cluster.data.identity === null)
      throw new Failure(`nobody can tell whether this is the cluster ${cluster.name}: ${why}`, {
        hint: `write its identity into clusters/${cluster.name}.yaml: kubectl get namespace kube-system --output jsonpath={.metadata.uid}`,
      });
  }
}

function isIdle({ inputs }: Job, { chosen }: Wanted, { states, removals }: Found): boolean {
  return (
    removals.length === 0 &&
    !inputs.again &&
    chosen.every((one) => isSettled(states.known.get(one.release.namespace), one.digest))
  );
}

/** What the cluster's hubs share, and that it is known in public; returns why GitHub refused that. */
async function applyShared(
  { inputs, ports, report }: Job,
  { platform, charts, commit, cluster, shared }: Wanted,
  { identity, present }: Found,
  idle: boolean,
): Promise<string | undefined> {
  const { kube, clock } = ports;
  const at = clock.now().toISOString();
  if (!idle)
    for (const warning of await preflightCluster(kube, cluster))
      report.progress(`⚠ cluster ${cluster.name}: ${warning}`);
  if (await applyCluster(kube, cluster, identity))
    report.progress(`cluster ${cluster.name}: what its hubs share is applied`);
  const known = shared && present.get(unitId(shared.unit));
  if (!shared || known?.digest === shared.digest) return undefined;
  if (!known && cluster.data.identity === null)
    report.progress(
      `cluster ${cluster.name}: first contact. Write this into clusters/${cluster.name}.yaml: \`identity: ${identity}\``,
    );
  const files = await publicRecord(shared, { platform, charts, report, commit, at, identity });
  const message = `the cluster ${cluster.name} is known`;
  return keepRecord(inputs, { unit: shared.unit, files, message }, report);
}

/** Hubs wave by wave, then removals; and everybody who has to know is told. */
async function applyUnits(
  job: Job,
  wanted: Wanted,
  found: Found,
  refusal: string | undefined,
): Promise<UnitResult[]> {
  const { inputs, report } = job;
  return withTemporaryFolder(async (scratch) => {
    const world = await applyWorld(job, wanted, scratch);
    const merge = await mergeOf(inputs.actions?.github, wanted.commit, report);
    const urgent = urgentReason((await headMessage(inputs.root)) ?? '');
    if (urgent !== undefined) report.progress(`urgent, so freezes and soaks are passed: ${urgent}`);
    const approval = await claimedApproval(inputs, wanted.cluster.name);
    if (approval.doubt !== undefined)
      report.progress(`⚠ the approval is not believed: ${approval.doubt}`);
    const record = whereRecorded(inputs, wanted, refusal);
    const hold = holdUntil(job);
    if (hold) await markTried(inputs, wanted.chosen, found.present, hold.until);
    const facts = { wanted, found, merge, urgent, approval, record, hold };
    const results = await walk(job, facts, world);
    append(results, await removeAll(job, wanted, found, world));
    await tell(job, wanted, results, merge);
    return results;
  });
}

interface WalkFacts {
  wanted: Wanted;
  found: Found;
  merge: Merge | undefined;
  urgent: string | undefined;
  approval: ClaimedApproval;
  record: PublicRecord;
  hold: Hold | undefined;
}

interface Hold {
  until: Instant;
  reason: string;
}

/** A refusal matters where nothing is recorded at all: then nobody else can know what this run does. */
function whereRecorded(
  { record, actions }: DeployInputs,
  { recorded }: Wanted,
  refusal: string | undefined,
): PublicRecord {
  if (record !== undefined) return { kind: 'folder' };
  if (!actions) return { kind: 'read-only' };
  return refusal === undefined || recorded.releases.length + recorded.unreadable.length > 0
    ? { kind: 'branch' }
    : { kind: 'refused', why: refusal };
}

async function walk(
  job: Job,
  { wanted, found, merge, urgent, approval, record: known, hold }: WalkFacts,
  world: ApplyWorld,
): Promise<UnitResult[]> {
  const { inputs } = job;
  const { reason = '', record, retry } = inputs;
  const elsewhere = [...found.present.values()].filter(
    ({ unit }) => unit.kind === 'hub' && unit.cluster !== wanted.cluster.name,
  );
  return walkWaves({
    platform: wanted.platform,
    world,
    hubs: wanted.hubs,
    chosen: wanted.chosen,
    elsewhere: new Map(elsewhere.map((one) => [one.unit.name, one])),
    unreadable: new Set(wanted.recorded.unreadable.map(({ unit }) => unitId(unit))),
    record: known,
    reviewed: merge?.reviewed,
    ...approval,
    hurry: inputs.now ? reason : urgent,
    again: inputs.again ? reason : undefined,
    hold,
    retry: retry === undefined ? undefined : { hub: retry, reason },
    onDone: async (to) => {
      if (record === undefined) return;
      const files = await recordOf(job, wanted, to);
      await writeFolders(record, new Map([[unitId(to.unit), files]]), 'record');
    },
  });
}

function holdUntil({ inputs, ports }: Job): Hold | undefined {
  const { hold, reason = '' } = inputs;
  if (hold === undefined) return undefined;
  const end = ports.clock.now().getTime() + seconds(hold) * 1000;
  return { until: new Date(end).toISOString(), reason };
}

async function removeAll(
  { inputs: { record } }: Job,
  { platform }: Wanted,
  { removals }: Found,
  world: ApplyWorld,
): Promise<UnitResult[]> {
  const { user } = platform.settings.data;
  const results: UnitResult[] = [];
  for (const { unit, removal } of removals) {
    const removed = await removeHub({ unit, removal, user }, world);
    if (removed.outcome === 'done' && record !== undefined)
      await removeFolder(record, unitId(unit), 'record');
    results.push(removed);
  }
  return results;
}
