import { wantedReleases } from '../core/hub/release.ts';
import { waveRows } from '../core/hub/wave-rows.ts';
import type { WaveRows } from '../core/hub/wave-rows.ts';
import type { Finding } from '../core/finding.ts';
import type { Platform } from '../core/model/types.ts';
import { unitTitle } from '../core/unit.ts';
import { deployedOnBranch } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { gatherCharts } from './charts.ts';
import { gatherPlatform } from './platform.ts';

export interface WavesInputs {
  root: string;
  chartsFrom: string | undefined;
}

export type GatheredWaves =
  | { kind: 'refused'; findings: readonly Finding[] }
  | { kind: 'read'; platform: Platform; waves: WaveRows };

/** The files' waves beside what the branch `deployed` says. Needs no cluster. */
export async function gatherWaves(
  { root, chartsFrom }: WavesInputs,
  report: Report,
): Promise<GatheredWaves> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return { kind: 'refused', findings };
  const { releases, unreadable } = await deployedOnBranch(root);
  for (const { unit, why } of unreadable) report.progress(`⚠ ${unitTitle(unit)}: ${why}`);
  const charts = await gatherCharts(platform, { root, chartsFrom, releases, report });
  const wanted = wantedReleases(platform, charts, releases);
  return { kind: 'read', platform, waves: waveRows(platform, wanted, releases) };
}
