import { applyCluster, confirmIdentity, readStates } from '../apply/cluster.ts';
import { preflightCluster } from '../apply/hub/preflight.ts';
import { walkWaves } from '../apply/hub/waves.ts';
import { removeHub } from '../apply/removal/remove.ts';
import type { ApplyWorld, UnitResult } from '../apply/types.ts';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { urgentReason } from '../core/hub/gates.ts';
import type { PublicRecord } from '../core/hub/gates.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { isSettled } from '../core/hub/state.ts';
import { asTried } from '../core/hub/tried.ts';
import { seconds } from '../core/model/quantities.ts';
import type { Platform } from '../core/model/types.ts';
import { byPlace, findingLine } from '../core/show/findings.ts';
import { unitId, unitTitle } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import type { Report } from '../edges/report.ts';
import { confirmFolders, removeFolder, withTemporaryFolder, writeFolders } from '../edges/files.ts';
import { headCommit, headMessage } from '../edges/git.ts';
import { Failure } from '../failure.ts';
import { gatherCharts, isProposal } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { catchUpRecord } from './catch-up.ts';
import { orderData } from './data.ts';
import { chooseCluster, chooseHubs, orphanText, orphansOf } from './choose.ts';
import type { DeployInputs, Deployment, Found, Job, Merge, Wanted } from './deployment.ts';
import { allFindings } from './findings.ts';
import { claimedApproval, refuseOpenEnvironment } from './protection.ts';
import type { ClaimedApproval } from './protection.ts';
import { keepRecord, publicRecord, publicReleases } from './record.ts';
import { mergeOf, recordOf, tell } from './tell.ts';
import { applyWorld } from './world.ts';
import { append } from '../core/lists.ts';

/** From what runs to what is wanted, wave by wave. What another run left behind is caught up. */
export async function runDeployment(job: Job): Promise<Deployment> {
  const gathered = await gatherWanted(job);
  if (gathered.kind === 'refused') return gathered;
  const { wanted } = gathered;
  const { chosen } = wanted;
  const branch = await movedOn(job, wanted.commit);
  if (branch !== undefined) return { kind: 'moved-on', branch, wanted: chosen };
  await refuseOpenEnvironment(job.inputs.actions, wanted.cluster.name);
  const found = await look(job, wanted);
  const idle = isIdle(job, wanted, found);
  const refusal = await applyShared(job, wanted, found, idle);
  await orderData(job, wanted, found);
  await catchUpRecord(job, wanted, found);
  // Nothing to do costs seconds: no Helm, no chart on disk.
  const results = idle ? [] : await applyUnits(job, wanted, found, refusal);
  return { kind: 'deployed', results, wanted: chosen };
}

async function gatherWanted({
  inputs,
  ports,
  report,
}: Job): Promise<
  { kind: 'wanted'; wanted: Wanted } | { kind: 'refused'; findings: readonly Finding[] }
> {
  const reading = await gatherPlatform(inputs.root);
  if (!reading.platform) return { kind: 'refused', findings: reading.findings };
  const platform = await decided(reading.platform, inputs);
  // A proposal's checkout has no record, and must not bring one.
  const known = inputs.hold === undefined ? inputs.root : inputs.repository;
  const recorded = await publicReleases({ record: inputs.record, root: known });
  const charts = await gatherCharts(platform, {
    root: inputs.root,
    repository: inputs.hold === undefined ? undefined : inputs.repository,
    chartsFrom: inputs.chartsFrom,
    releases: recorded.releases,
    report,
  });
  const findings = await allFindings(reading, charts, ports.clock.now().getTime());
  if (hasErrors(findings)) return { kind: 'refused', findings };
  for (const finding of byPlace(findings).above) report.progress(`⚠ ${findingLine(finding)}`);
  const cluster = chooseCluster(platform, inputs.cluster);
  const all = wantedReleases(platform, charts, recorded.releases);
  if (inputs.record !== undefined) await confirmRecord(inputs.record, all);
  const hubs = all.filter(({ unit }) => unit.kind === 'hub');
  const here = hubs.filter(({ unit }) => unit.cluster === cluster.name);
  const wanted: Wanted = {
    platform,
    charts,
    recorded,
    commit: (await headCommit(inputs.root)) ?? '',
    cluster,
    shared: all.find(({ unit }) => unit.kind === 'cluster' && unit.name === cluster.name),
    hubs,
    chosen: chooseHubs(platform, here, inputs),
  };
  return { kind: 'wanted', wanted };
}

/** Before anything is applied whose record could not be kept. */
function confirmRecord(record: string, all: readonly WantedRelease[]): Promise<void> {
  return confirmFolders(
    record,
    all.map(({ unit }) => unitId(unit)),
    'record',
  );
}

/** What is merged decides all of it; of a proposal that is tried the default branch decides the rest. */
async function decided(
  platform: Platform,
  { root, repository, hold }: Pick<DeployInputs, 'root' | 'repository' | 'hold'>,
): Promise<Platform> {
  if (hold === undefined || !isProposal(root, repository)) return platform;
  const main = await gatherPlatform(repository);
  if (!main.platform)
    throw new Failure('the default branch’s own files cannot be read, so nothing can be tried', {
      hint: 'run `glaciocloud check` on the default branch',
    });
  return asTried(platform, main.platform);
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
    const results = await walk(job, { wanted, found, merge, urgent, approval, record }, world);
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
  { wanted, found, merge, urgent, approval, record: known }: WalkFacts,
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
    hold: holdUntil(job),
    retry: retry === undefined ? undefined : { hub: retry, reason },
    onDone: async (to) => {
      if (record === undefined) return;
      const files = await recordOf(job, wanted, to);
      await writeFolders(record, new Map([[unitId(to.unit), files]]), 'record');
    },
  });
}

function holdUntil({ inputs, ports }: Job): { until: string; reason: string } | undefined {
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
