import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { compareText } from '../core/json.ts';
import { append } from '../core/lists.ts';
import type { Platform } from '../core/model/types.ts';
import { planOf } from '../core/plan/plan.ts';
import type { Plan, PlanPart } from '../core/plan/plan.ts';
import type { PlanFrame } from '../core/show/frame.ts';
import type { Deployed } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { gatherPlanCharts } from '../gather/charts.ts';
import { gatherPlatform, mainPlatform } from '../gather/platform.ts';
import { FAMILIES } from './families.ts';
import type { FamilyPlan, PlannedStep, RegisteredFamily } from './family.ts';
import { allFindings } from './findings.ts';

export type Planned =
  | {
      kind: 'planned';
      platform: Platform;
      plan: Plan;
      steps: PlannedStep[];
      base: PlanFrame['base'];
    }
  | { kind: 'refused'; findings: Finding[] };

export interface PlanSources {
  root: string;
  /** A checkout of the default branch, where the files are somebody's proposal. */
  repository?: string;
  chartsFrom: string | undefined;
  now: number;
  deployed: Deployed;
}

/** Files and what is deployed → the plan. Every command that plans goes through here. */
export async function gatherPlan(
  { root, repository, chartsFrom, now, deployed }: PlanSources,
  report: Pick<Report, 'progress'>,
  families: readonly RegisteredFamily[] = FAMILIES,
): Promise<Planned> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  if (!platform) return { kind: 'refused', findings: await allFindings(reading, undefined, now) };
  const { releases, looked } = deployed;
  if (looked !== undefined) report.progress(looked);
  const sources = { root, repository, chartsFrom, releases, report };
  const { charts, findings: aboutCharts } = await gatherPlanCharts(platform, sources);
  const findings = [...aboutCharts, ...(await allFindings(reading, charts, now))];
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const wanted = wantedReleases(platform, charts, releases);
  const parts: FamilyPlan[] = [];
  for (const family of families) {
    const main = (): Promise<Platform | undefined> => mainPlatform(root, repository);
    const part = await family.plan({ platform, main, charts, wanted, deployed, now, report });
    parts.push(part);
    append(findings, part.findings);
  }
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const plan = planOf(parts.map(shownPart), { findings, charts: charts.pins });
  return {
    kind: 'planned',
    platform,
    plan,
    steps: parts.flatMap(({ steps }) => steps),
    base: lastDeployed(deployed),
  };
}

function shownPart({ steps, unchanged, orphans }: FamilyPlan): PlanPart {
  return { steps: steps.map(({ shown }) => shown), unchanged, orphans };
}

function lastDeployed(deployed: Deployed): PlanFrame['base'] {
  const all = deployed.releases.flatMap(({ status }) => (status ? [status] : []));
  return all.sort((a, b) => compareText(b.at, a.at))[0];
}
