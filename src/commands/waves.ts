import { wantedReleases } from '../core/hub/release.ts';
import type { WantedRelease } from '../core/unit.ts';
import { deployedOnBranch } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** Most waves of a platform; each has a job of its own in the workflow. */
const WAVES = 4;

export interface WavesInputs {
  root: string;
  chartsFrom: string | undefined;
}

/**
 * For the workflow: what each wave is called, the clusters that it reaches, and those where a person is asked first, because
 * the wave wants it and something changes there. Needs no cluster.
 */
export async function waves({ root, chartsFrom }: WavesInputs, report: Report): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const charts = await gatherCharts(platform, { chartsFrom, report });
  const present = new Map(
    (await deployedOnBranch(root)).releases.map(({ unit, digest }) => [unit.name, digest]),
  );
  const hubs = wantedReleases(platform, charts).filter(({ unit }) => unit.kind === 'hub');
  // A cluster may have nothing left but hubs that are to be removed.
  const removing = platform.settings.data.removals
    .map(({ cluster }) => cluster)
    .filter((name) => platform.clusters.has(name));
  const rows = platform.settings.data.waves.slice(0, WAVES).map(({ name, approval }, index) => {
    const mine = hubs.filter(({ wave }) => wave === name);
    return {
      name,
      clusters: sorted([...clustersOf(mine), ...(index === 0 ? removing : [])]),
      approve: approval
        ? clustersOf(mine.filter(({ unit, digest }) => present.get(unit.name) !== digest))
        : [],
    };
  });
  const outputs = Array.from({ length: WAVES }, (_, index) => {
    const { name = '', clusters = [], approve = [] } = rows[index] ?? {};
    return {
      [`name_${index + 1}`]: name,
      [`clusters_${index + 1}`]: JSON.stringify(clusters),
      [`approve_${index + 1}`]: JSON.stringify(approve),
    };
  });
  const clusters = JSON.stringify(sorted([...clustersOf(hubs), ...removing]));
  const text = rows
    .map(
      ({ name, clusters, approve }, index) =>
        `wave ${index + 1} ${name}: ${clusters.join(', ') || 'no hub'}${approve.length === 0 ? '' : `; asks first on ${approve.join(', ')}`}\n`,
    )
    .join('');
  return outcome({
    exit: 0,
    text,
    json: { schema_version: SCHEMA_VERSION, waves: rows.map((row) => ({ ...row })) },
    outputs: Object.assign({ clusters }, ...outputs) as Record<string, string>,
  });
}

function clustersOf(hubs: readonly WantedRelease[]): string[] {
  return sorted(hubs.map(({ unit }) => unit.cluster));
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
