import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { applyCluster, confirmIdentity, readStates } from '../apply/cluster.ts';
import { preflightCluster } from '../apply/hub/preflight.ts';
import { walkWaves } from '../apply/hub/waves.ts';
import { removeHub } from '../apply/removal/remove.ts';
import { tellGithub } from '../apply/tell.ts';
import type { ApplyWorld, UnitResult } from '../apply/types.ts';
import { hasErrors } from '../core/finding.ts';
import { urgentReason } from '../core/hub/gates.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { isSettled } from '../core/hub/state.ts';
import type { ReleaseState } from '../core/hub/state.ts';
import { isNamed } from '../core/model/platform.ts';
import { seconds } from '../core/model/quantities.ts';
import type { ClusterFile, Doc, Platform, Removal } from '../core/model/types.ts';
import { deployJson, deployMarkdown, deployText } from '../core/show/deploy-text.ts';
import { COMMENT_MARKER, reviewedSteps } from '../core/show/reviewed.ts';
import { unitId } from '../core/unit.ts';
import type { Unit, WantedRelease } from '../core/unit.ts';
import { withTemporaryFolder, writeFolder } from '../edges/files.ts';
import { headCommit, headMessage } from '../edges/git.ts';
import { HelmReleases } from '../edges/helm-releases.ts';
import { findHelm } from '../edges/helm.ts';
import { Kube } from '../edges/kube.ts';
import type { Report } from '../edges/report.ts';
import { toolRoot } from '../edges/tool-root.ts';
import { UsageError } from '../failure.ts';
import type { ExitCode } from '../failure.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Forge } from '../ports.ts';
import { allFindings } from './findings.ts';
import { inRecord, keepRecord, publicRecord, publicReleases } from './record.ts';

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
  /** The named hubs are applied though nothing changed: drift is overwritten. */
  again: boolean;
  reason: string | undefined;
  /** These files are not merged: the first wave tries them for so long, and nothing else is deployed there meanwhile. */
  hold: string | undefined;
  /** The pull request that is tried. */
  pull: number | undefined;
  clock: () => Date;
  /** Without it nothing goes to GitHub, and nobody knows what was reviewed. */
  actions: { github: Forge; run: string | undefined; branch: string } | undefined;
}

const TRY_MARKER = '<!-- glaciocloud try -->';

/** From what runs to what is wanted, wave by wave. What another run left behind is caught up. */
export async function deploy(inputs: DeployInputs, report: Report): Promise<Outcome> {
  const { root, reason = '' } = inputs;
  if ((inputs.now || inputs.again || inputs.retry !== undefined) && reason === '')
    throw new UsageError('--now, --again and --retry need a --reason');
  if (inputs.hold !== undefined && (reason === '' || !/^[1-9][0-9]*[mh]$/u.test(inputs.hold)))
    throw new UsageError('--hold needs a time such as 2h, and a --reason');
  if (inputs.again && inputs.hubs.length === 0)
    throw new UsageError('--again needs the names of hubs');
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  if (!platform) return refused(reading.findings);
  const charts = await gatherCharts(platform, { chartsFrom: inputs.chartsFrom, report });
  const findings = allFindings(reading, charts, inputs.clock().getTime());
  if (hasErrors(findings)) return refused(findings);
  const cluster = chooseCluster(platform, inputs.cluster);
  const wanted = wantedReleases(platform, charts);
  const hubs = wanted.filter(({ unit }) => unit.kind === 'hub');
  const chosen = choose(
    platform,
    hubs.filter(({ unit }) => unit.cluster === cluster.name),
    inputs,
  );
  const commit = (await headCommit(root)) ?? '';
  if (
    inputs.actions &&
    inputs.hold === undefined &&
    (await inputs.actions.github.branchHead(inputs.actions.branch)) !== commit
  )
    return outcome({
      exit: 0,
      text: `${inputs.actions.branch} has moved on: the run for its newest commit deploys\n`,
      json: { schema_version: SCHEMA_VERSION, ...deployJson([], chosen) },
    });
  const kube = new Kube(inputs.kubeconfig);
  const present = new Map((await publicReleases(inputs)).map((one) => [unitId(one.unit), one]));
  const shared = wanted.find(({ unit }) => unit.kind === 'cluster' && unit.name === cluster.name);
  const identity = await confirmIdentity(
    kube,
    cluster,
    shared && present.get(unitId(shared.unit))?.status?.identity,
  );
  const states = await readStates(kube);
  const gone = orphans(platform, cluster, states, inputs);
  for (const { unit } of gone.filter(({ removal }) => removal === undefined))
    report.progress(
      `${unitId(unit)}: runs, but no file names it; nothing happens to it without an entry in removals: of platform.yaml`,
    );
  const removals = gone.flatMap(({ unit, removal }) => (removal ? [{ unit, removal }] : []));
  // Nothing to do costs seconds: no Helm, no chart on disk.
  const idle =
    removals.length === 0 &&
    !inputs.again &&
    chosen.every((one) => isSettled(states.get(one.release.namespace), one.digest));
  if (!idle)
    for (const warning of await preflightCluster(kube, cluster))
      report.progress(`⚠ cluster ${cluster.name}: ${warning}`);
  if (await applyCluster(kube, cluster, identity))
    report.progress(`cluster ${cluster.name}: what its hubs share is applied`);
  const frame = { platform, charts, report, commit, at: inputs.clock().toISOString() };
  if (shared && present.get(unitId(shared.unit))?.digest !== shared.digest) {
    if (cluster.data.identity === null)
      report.progress(
        `cluster ${cluster.name}: first contact. Write this into clusters/${cluster.name}.yaml: \`identity: ${identity}\``,
      );
    const files = await publicRecord(shared, { ...frame, identity });
    const message = `the cluster ${cluster.name} is known`;
    await keepRecord(inputs, { unit: shared.unit, files, message }, report);
  }
  if (idle) return summary([], chosen);
  const results = await withTemporaryFolder(async (scratch) => {
    const helm = await findHelm();
    const world: ApplyWorld = {
      cluster,
      kube,
      helm,
      scratch,
      root,
      releases: new HelmReleases(helm, inputs.kubeconfig, scratch),
      chart: await charts.assemble(scratch),
      script: (name) => readFile(join(toolRoot(), 'charts/oggm-hub/files', name), 'utf8'),
      progress: (unit, text) => report.progress(`${unitId(unit)}: ${text}`),
      now: inputs.clock,
    };
    const record = (to: WantedRelease): Promise<Map<string, string>> =>
      publicRecord(to, { ...frame, at: inputs.clock().toISOString() });
    const merge = await mergeOf(inputs.actions?.github, commit);
    const urgent = urgentReason((await headMessage(root)) ?? '');
    if (urgent !== undefined) report.progress(`urgent, so freezes and soaks are passed: ${urgent}`);
    const done = await walkWaves({
      platform,
      world,
      hubs,
      chosen,
      elsewhere: new Map(
        [...present.values()]
          .filter(({ unit }) => unit.kind === 'hub' && unit.cluster !== cluster.name)
          .map((one) => [one.unit.name, one]),
      ),
      reviewed: merge?.reviewed,
      approved: inputs.approved,
      hurry: inputs.now ? reason : urgent,
      again: inputs.again ? reason : undefined,
      hold:
        inputs.hold === undefined
          ? undefined
          : {
              until: new Date(inputs.clock().getTime() + seconds(inputs.hold) * 1000).toISOString(),
              reason,
            },
      retry: inputs.retry === undefined ? undefined : { hub: inputs.retry, reason },
      onDone: async (to) => {
        if (inputs.record !== undefined)
          await writeFolder(join(inputs.record, unitId(to.unit)), await record(to));
      },
    });
    for (const { unit, removal } of removals) {
      const removed = await removeHub({ unit, removal, user: platform.settings.data.user }, world);
      if (removed.outcome === 'done' && inputs.record !== undefined)
        await rm(join(inputs.record, unitId(unit)), { recursive: true, force: true });
      done.push(removed);
    }
    if (inputs.actions && inputs.hold !== undefined) {
      if (inputs.pull !== undefined)
        await inputs.actions.github.stickyComment(
          inputs.pull,
          TRY_MARKER,
          `${TRY_MARKER}\n**Tried for ${inputs.hold}**, ${reason}\n\n${deployMarkdown(done)}`,
        );
    } else if (inputs.actions) {
      const placed = async (to: WantedRelease): Promise<Map<string, string>> =>
        inRecord(to.unit, await record(to));
      await tellGithub(inputs.actions.github, done, chosen, {
        commit,
        pull: merge?.pull,
        run: inputs.actions.run,
        environment: cluster.name,
        record: placed,
        progress: (text) => report.progress(text),
      });
    }
    return done;
  });
  return summary(results, chosen);
}

/** The pull request that this commit came by, and the digests that its plan showed. A commit without one was reviewed by nobody. */
async function mergeOf(
  github: Pick<Forge, 'mergedPull' | 'botComment'> | undefined,
  commit: string,
): Promise<{ pull: number | undefined; reviewed: Map<string, string> } | undefined> {
  if (!github) return undefined;
  const pull = await github.mergedPull(commit);
  const comment = pull === undefined ? undefined : await github.botComment(pull, COMMENT_MARKER);
  return { pull, reviewed: reviewedSteps(comment ?? '') };
}

/** Hubs that the cluster knows and no file names, with the reviewed removal where there is one: a matter of the first wave. A file that cannot be read still names its hub. */
function orphans(
  platform: Platform,
  cluster: Doc<ClusterFile>,
  states: ReadonlyMap<string, ReleaseState>,
  { hubs, wave, hold }: DeployInputs,
): { unit: Unit; removal: Removal | undefined }[] {
  const first = platform.settings.data.waves[0]?.name;
  if (hubs.length > 0 || (wave !== undefined && wave !== first) || hold !== undefined) return [];
  const unknown = [...states.keys()].filter((name) => !isNamed(platform, 'environment', name));
  return unknown.map((name) => ({
    unit: { kind: 'hub', cluster: cluster.name, name },
    removal: platform.settings.data.removals.find(
      (one) => one.hub === name && one.cluster === cluster.name,
    ),
  }));
}

function chooseCluster(platform: Platform, name: string | undefined): Doc<ClusterFile> {
  const names = [...platform.clusters.keys()];
  const cluster =
    name === undefined && names.length === 1
      ? [...platform.clusters.values()][0]
      : platform.clusters.get(name ?? '');
  if (!cluster)
    throw new UsageError(
      name === undefined ? 'deploy needs --cluster NAME' : `there is no cluster "${name}"`,
      `clusters: ${names.join(', ')}`,
    );
  return cluster;
}

function choose(
  platform: Platform,
  here: readonly WantedRelease[],
  { hubs, wave, hold }: DeployInputs,
): WantedRelease[] {
  const known = here.map(({ unit }) => unit.name);
  const unknown = hubs.find((hub) => !known.includes(hub));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no hub "${unknown}" on this cluster`,
      `hubs: ${known.join(', ')}`,
    );
  const waves = platform.settings.data.waves.map(({ name }) => name);
  if (wave !== undefined && !waves.includes(wave))
    throw new UsageError(`there is no wave "${wave}"`, `waves: ${waves.join(', ')}`);
  const late =
    hold === undefined
      ? undefined
      : here.find((one) => one.order > 1 && (hubs.includes(one.unit.name) || one.wave === wave));
  if (late)
    throw new UsageError(
      `${late.unit.name} is not in the first wave`,
      'only the first wave tries what is not merged',
    );
  return here.filter(
    (one) =>
      (hold === undefined || one.order === 1) &&
      (hubs.length === 0 || hubs.includes(one.unit.name)) &&
      (wave === undefined || one.wave === wave),
  );
}

function summary(results: readonly UnitResult[], wanted: readonly WantedRelease[]): Outcome {
  const bad = results.filter(
    ({ outcome: how }) => how === 'failed' || how === 'rolled-back' || how === 'blocked',
  );
  const done = results.filter(({ outcome: how }) => how === 'done');
  const exit: ExitCode =
    bad.length === 0
      ? 0
      : done.length > 0 || bad.every(({ outcome: how }) => how === 'blocked')
        ? 3
        : 1;
  const outputs = {
    has_changes: String(results.length > 0),
    waiting: String(results.some(({ outcome: how }) => how === 'waiting')),
  };
  return outcome({
    exit,
    text: deployText(results),
    json: { schema_version: SCHEMA_VERSION, ...deployJson(results, wanted) },
    outputs,
    summary: deployMarkdown(results),
  });
}
