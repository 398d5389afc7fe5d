import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { applyCluster, confirmIdentity, readStates } from '../apply/cluster.ts';
import { applyHub } from '../apply/hub.ts';
import { LeaseHeld, withLease, withSeat } from '../apply/lease.ts';
import { preflightCluster } from '../apply/preflight.ts';
import { removeHub } from '../apply/remove.ts';
import { tellGithub } from '../apply/tell.ts';
import type { ApplyWorld, UnitResult } from '../apply/types.ts';
import { waveGate } from '../core/deploy/gates.ts';
import type { ReleaseState } from '../core/deploy/state.ts';
import { digestOf } from '../core/digest.ts';
import { hasErrors } from '../core/finding.ts';
import type { Json } from '../core/json.ts';
import { isNamed } from '../core/model/platform.ts';
import type { ClusterFile, Doc, Platform, Removal, Wave } from '../core/model/types.ts';
import { unitId } from '../core/plan/types.ts';
import type { Unit, WantedRelease } from '../core/plan/types.ts';
import { wantedReleases } from '../core/values/release.ts';
import type { Charts } from '../edges/charts.ts';
import { withTemporaryFolder, writeFolder } from '../edges/files.ts';
import { headCommit } from '../edges/git.ts';
import type { Github } from '../edges/github.ts';
import { HelmReleases } from '../edges/helm-releases.ts';
import { findHelm } from '../edges/helm.ts';
import { Kube } from '../edges/kube.ts';
import type { Report } from '../edges/report.ts';
import { toolRoot } from '../edges/tool-root.ts';
import { Failure, UsageError } from '../failure.ts';
import type { ExitCode } from '../failure.ts';
import { gatherCharts } from '../gather/charts.ts';
import { allFindings } from '../gather/findings.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { renderAll } from '../gather/render.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { recordFiles } from './record.ts';

export interface DeployInputs {
  root: string;
  chartsFrom: string | undefined;
  hubs: readonly string[];
  wave: string | undefined;
  cluster: string | undefined;
  kubeconfig: string;
  record: string | undefined;
  /** Passes freezes and soaks; the reason is kept. */
  now: boolean;
  /** A person has approved waves that ask for it. */
  approved: boolean;
  retry: string | undefined;
  reason: string | undefined;
  clock: () => Date;
  /** Without it nothing goes to GitHub. */
  github: Github | undefined;
  /** Address of the run that deploys. */
  run: string | undefined;
}

/** From what runs to what is wanted, wave by wave. What another run left behind is caught up. */
export async function deploy(inputs: DeployInputs, report: Report): Promise<Outcome> {
  if ((inputs.now || inputs.retry !== undefined) && inputs.reason === undefined) throw new UsageError('--now and --retry need a --reason');
  const reading = await gatherPlatform(inputs.root);
  const { platform } = reading;
  if (!platform) return refused(reading.findings);
  const charts = await gatherCharts(platform, { chartsFrom: inputs.chartsFrom, report });
  const findings = allFindings(reading, charts, inputs.clock().getTime());
  if (hasErrors(findings)) return refused(findings);
  const cluster = chooseCluster(platform, inputs.cluster);
  const kube = new Kube(inputs.kubeconfig);
  const identity = await confirmIdentity(kube, cluster);
  const wanted = chosen(wantedReleases(platform, charts).filter(({ unit }) => unit.cluster === cluster.name), inputs);
  const states = await readStates(kube);
  // Nothing to do costs seconds: no Helm, no chart on disk.
  const gone = orphans(platform, cluster, states, inputs);
  for (const { unit } of gone.filter(({ removal }) => removal === undefined)) report.progress(`${unitId(unit)}: runs, but no file names it; nothing happens to it without an entry in removals: of platform.yaml`);
  const removals = gone.flatMap(({ unit, removal }) => (removal ? [{ unit, removal }] : []));
  const idle = removals.length === 0 && !wanted.some((one) => one.unit.kind === 'hub' && isPending(one, states.get(one.release.namespace)));
  if (!idle) for (const warning of await preflightCluster(kube, cluster)) report.progress(`⚠ cluster ${cluster.name}: ${warning}`);
  if (await applyCluster(kube, cluster, identity)) report.progress(`cluster ${cluster.name}: what its hubs share is applied`);
  if (idle) return summary([], wanted);
  const results = await withTemporaryFolder(async (scratch) => {
    const helm = await findHelm();
    const world: ApplyWorld = {
      cluster, kube, helm, scratch,
      releases: new HelmReleases(helm, inputs.kubeconfig, scratch),
      chart: await charts.assemble(scratch),
      script: (name) => readFile(join(toolRoot(), 'charts/oggm-hub/files', name), 'utf8'),
      root: inputs.root,
      progress: (unit, text) => report.progress(`${unitId(unit)}: ${text}`),
      now: inputs.clock,
    };
    const deployment = new Deployment(platform, cluster, charts, world, inputs, report);
    const done = await deployment.run(wanted, states);
    for (const { unit, removal } of removals) done.push(await withLease(kube, `hub-${unit.name}`, () => removeHub(unit, removal, world)));
    if (inputs.github !== undefined) {
      const commit = (await headCommit(inputs.root)) ?? '';
      const record = async (to: WantedRelease): Promise<Map<string, string>> => new Map([...(await deployment.record(to))].map(([path, text]) => [`${unitId(to.unit)}/${path}`, text]));
      await tellGithub(inputs.github, done, wanted, { commit, run: inputs.run, environment: cluster.name, record, progress: (text) => report.progress(text) });
    }
    return done;
  });
  return summary(results, wanted);
}

class Deployment {
  readonly #platform: Platform;
  readonly #cluster: Doc<ClusterFile>;
  readonly #charts: Charts;
  readonly #world: ApplyWorld;
  readonly #inputs: DeployInputs;
  readonly #report: Report;

  constructor(platform: Platform, cluster: Doc<ClusterFile>, charts: Charts, world: ApplyWorld, inputs: DeployInputs, report: Report) {
    this.#platform = platform;
    this.#cluster = cluster;
    this.#charts = charts;
    this.#world = world;
    this.#inputs = inputs;
    this.#report = report;
  }

  async run(wanted: readonly WantedRelease[], states: ReadonlyMap<string, ReleaseState>): Promise<UnitResult[]> {
    const results: UnitResult[] = [];
    let stopped: string | undefined;
    let provenSince: number | undefined;
    for (const wave of this.#platform.settings.data.waves) {
      const hubs = wanted.filter((one) => one.unit.kind === 'hub' && one.wave === wave.name);
      const changing = hubs.filter((one) => isPending(one, states.get(one.release.namespace)));
      const gate = this.#gate(wave, provenSince, stopped);
      const done = changing.length === 0 ? [] : gate === undefined ? await pMap(changing, (one) => this.#one(one, states.get(one.release.namespace)), { concurrency: this.#cluster.data.parallel }) : changing.map((one) => held(one.unit, gate));
      results.push(...done);
      if (stopped === undefined && done.some(({ outcome: how }) => how === 'failed' || how === 'rolled-back' || how === 'blocked')) stopped = wave.name;
      const after = await (done.some(({ outcome: how }) => how === 'done') ? readStates(this.#world.kube) : states);
      provenSince = Math.max(provenSince ?? 0, ...hubs.map((one) => Date.parse(after.get(one.release.namespace)?.healthy?.since ?? '') || 0)) || undefined;
    }
    return results;
  }

  #gate(wave: Wave, provenSince: number | undefined, stopped: string | undefined): { outcome: 'waiting' | 'blocked'; reason: string } | undefined {
    if (stopped !== undefined) return { outcome: 'blocked', reason: `wave ${stopped} has a hub that failed` };
    const gate = waveGate(wave, { now: this.#inputs.clock().getTime(), provenSince, approved: this.#inputs.approved, hurried: this.#inputs.now });
    return gate.open ? undefined : { outcome: 'waiting', reason: gate.reason };
  }

  async #one(to: WantedRelease, before: ReleaseState | undefined): Promise<UnitResult> {
    const { kube } = this.#world;
    const hub = this.#platform.environments.get(to.unit.name);
    if (!hub) throw new Error(`${to.unit.name} is wanted without a file`);
    const quarantined = before?.quarantined;
    if (quarantined?.digest === to.digest && this.#inputs.retry !== to.unit.name) return held(to.unit, { outcome: 'blocked', reason: `quarantined since ${quarantined.at}: ${quarantined.reason}` });
    try {
      const waiting = (owners: string): void => this.#world.progress(to.unit, `waiting: this cluster takes ${this.#cluster.data.parallel} deployments at once, and others run (${owners})`);
      return await withSeat(kube, this.#cluster.data.parallel, waiting, () => withLease(kube, `hub-${to.unit.name}`, async (held) => {
        const state = (await readStates(kube)).get(to.release.namespace); // another run may have been here meanwhile
        const result = await applyHub({ platform: this.#platform, hub, to, state, held }, this.#world);
        if (this.#inputs.record !== undefined && result.outcome === 'done') await writeFolder(join(this.#inputs.record, unitId(to.unit)), await this.record(to));
        return result;
      }));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const how = error instanceof LeaseHeld ? 'blocked' : 'failed';
      this.#world.progress(to.unit, `✗ ${error.message}`);
      return { ...held(to.unit, { outcome: 'blocked', reason: error.message }), outcome: how };
    }
  }

  /** The public record is rendered with placeholders, as everywhere. */
  async record(to: WantedRelease): Promise<Map<string, string>> {
    const [rendered] = await renderAll({ wanted: [to], platform: this.#platform, charts: this.#charts, report: this.#report, use: ({ manifests }) => manifests });
    if (rendered?.kind !== 'rendered') throw rendered?.failure ?? new Error('nothing was rendered');
    return recordFiles(to, rendered.result, { at: this.#inputs.clock().toISOString(), commit: (await headCommit(this.#inputs.root)) ?? '' });
  }
}

/** Hubs that the cluster knows and no file names, with the reviewed removal where there is one. A file that cannot be read still names its hub. */
function orphans(platform: Platform, cluster: Doc<ClusterFile>, states: ReadonlyMap<string, ReleaseState>, { hubs, wave }: DeployInputs): { unit: Unit; removal: Removal | undefined }[] {
  if (hubs.length > 0 || wave !== undefined) return [];
  const unknown = [...states.keys()].filter((name) => !isNamed(platform, 'environment', name));
  return unknown.map((name) => ({ unit: { kind: 'hub', cluster: cluster.name, name }, removal: platform.settings.data.removals.find((one) => one.hub === name && one.cluster === cluster.name) }));
}

/** What is healthy and was last asked for stays; everything else is caught up, whoever left it. */
function isPending(to: WantedRelease, state: ReleaseState | undefined): boolean {
  return state?.healthy?.digest !== to.digest || state.wanted !== to.digest || state.last.outcome !== 'done';
}

function held(unit: Unit, { outcome: how, reason }: { outcome: 'waiting' | 'blocked'; reason: string }): UnitResult {
  return { unit, kind: 'none', outcome: how, reason, seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 }, health: [] };
}

function chooseCluster(platform: Platform, name: string | undefined): Doc<ClusterFile> {
  const names = [...platform.clusters.keys()];
  const cluster = name === undefined && names.length === 1 ? [...platform.clusters.values()][0] : platform.clusters.get(name ?? '');
  if (!cluster) throw new UsageError(name === undefined ? 'deploy needs --cluster NAME' : `there is no cluster "${name}"`, `clusters: ${names.join(', ')}`);
  return cluster;
}

function chosen(wanted: readonly WantedRelease[], { hubs, wave }: DeployInputs): WantedRelease[] {
  const known = wanted.filter(({ unit }) => unit.kind === 'hub').map(({ unit }) => unit.name);
  const unknown = hubs.find((hub) => !known.includes(hub));
  if (unknown !== undefined) throw new UsageError(`there is no hub "${unknown}" on this cluster`, `hubs: ${known.join(', ')}`);
  return wanted.filter((one) => (hubs.length === 0 || hubs.includes(one.unit.name)) && (wave === undefined || one.wave === wave));
}

function summary(results: readonly UnitResult[], wanted: readonly WantedRelease[]): Outcome {
  const bad = results.filter(({ outcome: how }) => how === 'failed' || how === 'rolled-back' || how === 'blocked');
  const done = results.filter(({ outcome: how }) => how === 'done');
  const exit: ExitCode = bad.length === 0 ? 0 : done.length > 0 || bad.every(({ outcome: how }) => how === 'blocked') ? 3 : 1;
  const marks = { done: '✓', failed: '✗', 'rolled-back': '↩', blocked: '■', waiting: '…' } as const;
  const total = ({ seconds: { preflight, upgrade, rollout, health } }: UnitResult): string => (preflight + upgrade + rollout + health).toFixed(1);
  const lines = results.map((one) => `${marks[one.outcome]} ${unitId(one.unit)} ${one.outcome} in ${total(one)} s (preflight ${one.seconds.preflight.toFixed(1)}, upgrade ${one.seconds.upgrade.toFixed(1)}, rollout ${one.seconds.rollout.toFixed(1)}, health ${one.seconds.health.toFixed(1)})${one.reason === '' ? '' : `\n  ${one.reason}`}\n`);
  const json: Json = {
    schema_version: SCHEMA_VERSION,
    digest: digestOf(wanted.map(({ unit, digest }): Json => [unitId(unit), digest])),
    steps: results.map(({ unit, kind, outcome: how, reason, seconds }) => ({ kind, unit: { ...unit }, outcome: how, reason, seconds: { ...seconds } })),
    health: results.flatMap(({ unit, health }) => health.map(({ image, check, ok, seconds, detail }) => ({ unit: { ...unit }, image, check, ok, seconds, detail }))),
  };
  return outcome({ exit, text: results.length === 0 ? 'nothing to do: what is merged already runs\n' : lines.join(''), json, outputs: { has_changes: String(results.length > 0) } });
}
