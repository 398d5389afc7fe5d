import { dataWanted } from '../core/data/order.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { WAVE_NUMBERS, waveRows } from '../core/hub/wave-rows.ts';
import type { WaveRows } from '../core/hub/wave-rows.ts';
import { compareText } from '../core/json.ts';
import type { Platform } from '../core/model/types.ts';
import { unitTitle } from '../core/unit.ts';
import { deployedOnBranch } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Outputs } from '../outputs.ts';

export interface WavesInputs {
  root: string;
  chartsFrom: string | undefined;
}

/** For the workflow: its waves, in words and as outputs. Needs no cluster. */
export async function waves({ root, chartsFrom }: WavesInputs, report: Report): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const { releases, unreadable } = await deployedOnBranch(root);
  for (const { unit, why } of unreadable) report.progress(`⚠ ${unitTitle(unit)}: ${why}`);
  const charts = await gatherCharts(platform, { root, chartsFrom, releases, report });
  const all = waveRows(platform, wantedReleases(platform, charts, releases), releases);
  return outcome({
    exit: 0,
    text: all.rows.map(rowText).join(''),
    json: { schema_version: SCHEMA_VERSION, waves: all.rows.map((row) => ({ ...row })) },
    outputs: { ...outputsOf(all), data: JSON.stringify(withData(platform)) },
  });
}

function rowText({ name, clusters, approve }: WaveRows['rows'][number], index: number): string {
  const asks = approve.length === 0 ? '' : `; asks first on ${approve.join(', ')}`;
  return `wave ${index + 1} ${name}: ${clusters.join(', ') || 'no hub'}${asks}\n`;
}

/** Clusters whose hubs want input data that can be had. */
function withData(platform: Platform): string[] {
  const names = [...platform.clusters.keys()].sort(compareText);
  return names.filter((name) => dataWanted(platform, name) !== undefined);
}

/** Every wave that a workflow may have has outputs, so that a job without one finds nothing to do. */
function outputsOf({ rows, clusters }: WaveRows): Outputs {
  const all = WAVE_NUMBERS.map((number): Outputs => {
    const row = rows[number - 1];
    return {
      [`name_${number}` as const]: row?.name ?? '',
      [`clusters_${number}` as const]: JSON.stringify(row?.clusters ?? []),
      [`waiting_${number}` as const]: JSON.stringify(row?.waiting ?? []),
      [`approve_${number}` as const]: JSON.stringify(row?.approve ?? []),
    };
  });
  return Object.assign({ clusters: JSON.stringify(clusters) }, ...all) as Outputs;
}
