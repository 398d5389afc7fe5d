import { readStates } from '../apply/cluster.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { statusJson, statusOf, statusText } from '../core/hub/status.ts';
import { unitTitle } from '../core/unit.ts';
import { deployedFrom } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { confirmHubs } from '../flow/choose.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Cluster } from '../ports.ts';

export interface StatusInputs {
  root: string;
  chartsFrom: string | undefined;
  present: string | undefined;
  /** Only these; all, where none is named. */
  hubs: readonly string[];
  now: number;
}

/** Every hub in a line: what runs by the branch `deployed`, or by a cluster that is asked, and what it waits for. */
export async function status(
  { root, chartsFrom, present, hubs, now }: StatusInputs,
  kube: Cluster | undefined,
  report: Report,
): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const { releases, unreadable, looked } = await deployedFrom(present, root);
  if (looked !== undefined) report.progress(looked);
  for (const { unit, why } of unreadable) report.progress(`⚠ ${unitTitle(unit)}: ${why}`);
  const charts = await gatherCharts(platform, { root, chartsFrom, releases, report });
  const wanted = wantedReleases(platform, charts, releases);
  const states = kube && (await readStates(kube));
  const all = statusOf({ platform, wanted, present: releases, states, now });
  confirmHubs(
    platform,
    hubs,
    all.map(({ hub }) => hub),
  );
  const shown = all.filter(({ hub }) => hubs.length === 0 || hubs.includes(hub));
  return outcome({
    exit: 0,
    text: statusText(shown),
    json: { schema_version: SCHEMA_VERSION, hubs: statusJson(shown) },
  });
}
