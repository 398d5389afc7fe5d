import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { asTried } from '../core/hub/tried.ts';
import type { Platform } from '../core/model/types.ts';
import { byPlace, findingLine } from '../core/show/findings.ts';
import { unitId } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import { confirmFolders } from '../edges/files.ts';
import { headCommit } from '../edges/git.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';
import { gatherCharts, isProposal } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { Clock } from '../ports.ts';
import { chooseCluster, chooseHubs } from './choose.ts';
import type { DeployInputs, Wanted } from './deployment.ts';
import { allFindings } from './findings.ts';
import { publicReleases } from './record.ts';

/** Of a deployment's inputs what decides which files are meant, and of what. */
export type WantedInputs = Pick<
  DeployInputs,
  'root' | 'repository' | 'chartsFrom' | 'hubs' | 'wave' | 'cluster' | 'record' | 'hold'
>;

export type Gathered =
  { kind: 'wanted'; wanted: Wanted } | { kind: 'refused'; findings: readonly Finding[] };

/** What the files want of one cluster; nothing of them is asked of a cluster where they have errors. */
export async function gatherWanted(
  inputs: WantedInputs,
  { clock, report }: { clock: Pick<Clock, 'now'>; report: Pick<Report, 'progress'> },
): Promise<Gathered> {
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
  const findings = await allFindings(reading, charts, clock.now().getTime());
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
