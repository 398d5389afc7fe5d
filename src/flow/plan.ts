import { runManifestRules } from '../core/check/run.ts';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { decide } from '../core/hub/decide.ts';
import { explain } from '../core/hub/explain.ts';
import { wantedReleases } from '../core/hub/release.ts';
import type { Plan } from '../core/hub/step.ts';
import { parseObject, splitDocuments } from '../core/manifests.ts';
import type { Platform } from '../core/model/types.ts';
import { diffManifests } from '../core/plan/diff.ts';
import type { Diff } from '../core/plan/types.ts';
import type { PlanFrame } from '../core/show/plan-markdown.ts';
import { unitId } from '../core/unit.ts';
import type { Deployed } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { allFindings } from './findings.ts';
import { renderAll } from './render.ts';

export type Planned =
  | { kind: 'planned'; plan: Plan; base: PlanFrame['base'] }
  | { kind: 'refused'; findings: Finding[] };

export interface PlanSources {
  root: string;
  chartsFrom: string | undefined;
  now: number;
  deployed: Deployed;
}

/** Files and what is deployed → the plan. Every command that plans goes through here. */
export async function gatherPlan(
  { root, chartsFrom, now, deployed }: PlanSources,
  report: Pick<Report, 'progress'>,
): Promise<Planned> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  if (!platform) return { kind: 'refused', findings: allFindings(reading, undefined, now) };
  const charts = await gatherCharts(platform, { chartsFrom, report });
  const findings = allFindings(reading, charts, now);
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const decision = decide(
    wantedReleases(platform, charts),
    deployed.releases,
    platform.settings.data.removals,
  );
  const present = new Map(
    decision.changed.flatMap(({ from }) => (from ? [[unitId(from.unit), from] as const] : [])),
  );
  const results = await renderAll({
    wanted: decision.changed.map(({ to }) => to),
    platform,
    charts,
    report,
    use: async ({ unit, manifests }) => {
      const from = present.get(unitId(unit));
      return {
        diff: diffManifests(from ? await deployed.manifests(from.unit) : '', manifests),
        findings: unit.kind === 'hub' ? manifestFindings(platform, now, unit.name, manifests) : [],
      };
    },
  });
  const diffs = new Map<string, Diff>();
  for (const one of results) {
    if (one.kind === 'failed') throw one.failure;
    diffs.set(unitId(one.unit.unit), one.result.diff);
    findings.push(...one.result.findings);
  }
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const plan = explain({ decision, diffs, findings, charts: charts.pins });
  return { kind: 'planned', plan, base: lastDeployed(deployed) };
}

/** Rules about rendered objects. Parsing them all would cost as much as rendering, so only those that a rule looks at are parsed. */
function manifestFindings(
  platform: Platform,
  now: number,
  hub: string,
  manifests: string,
): Finding[] {
  const looked = splitDocuments(manifests).filter(
    (text) =>
      /^kind: *(?:Deployment|DaemonSet|StatefulSet|Job|CronJob|Pod|Cluster\w+|PersistentVolumeClaim)\s*$/mu.test(
        text,
      ) || /^ {2}namespace: /mu.test(text),
  );
  return runManifestRules(platform, now, hub, looked.map(parseObject));
}

function lastDeployed(deployed: Deployed): PlanFrame['base'] {
  const all = deployed.releases.flatMap(({ status }) => (status ? [status] : []));
  return all.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}
