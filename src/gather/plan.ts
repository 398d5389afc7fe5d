import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { parseObject, splitDocuments } from '../core/render/manifests.ts';
import { decide } from '../core/plan/decide.ts';
import { explain } from '../core/plan/explain.ts';
import { unitId } from '../core/plan/types.ts';
import type { Plan } from '../core/plan/types.ts';
import { runManifestRules } from '../core/rules/run.ts';
import type { PlanFrame } from '../core/show/plan-markdown.ts';
import { wantedReleases } from '../core/values/release.ts';
import type { Deployed } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { allFindings } from './findings.ts';
import { gatherCharts } from './charts.ts';
import { gatherPlatform } from './platform.ts';
import { renderAll } from './render.ts';

export type Planned = { kind: 'planned'; plan: Plan; base: PlanFrame['base'] } | { kind: 'refused'; findings: Finding[] };

export interface PlanSources {
  root: string;
  chartsFrom: string | undefined;
  now: number;
  deployed: Deployed;
}

/** Files and what is deployed → the plan. Every command that plans goes through here. */
export async function gatherPlan({ root, chartsFrom, now, deployed }: PlanSources, report: Pick<Report, 'progress'>): Promise<Planned> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  if (!platform) return { kind: 'refused', findings: allFindings(reading, undefined, now) };
  const charts = await gatherCharts(platform, { chartsFrom, report });
  const findings = allFindings(reading, charts, now);
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const decision = decide(wantedReleases(platform, charts), deployed.releases, platform.settings.data.removals);
  const results = await renderAll(decision.changed.map(({ to }) => to), platform, charts, report);
  const rendered = new Map<string, string>();
  for (const result of results) {
    if (result.kind === 'failed') throw result.failure;
    rendered.set(unitId(result.unit.unit), result.rendered.manifests);
    if (result.unit.unit.kind === 'hub') {
      const objects = splitDocuments(result.rendered.manifests).filter((text) => text.trim() !== '').map(parseObject);
      findings.push(...runManifestRules(platform, now, result.unit.unit.name, objects));
    }
  }
  if (hasErrors(findings)) return { kind: 'refused', findings };
  const before = new Map<string, string>();
  for (const { from } of decision.changed) {
    if (from) before.set(unitId(from.unit), await deployed.manifests(from.unit));
  }
  const plan = explain({ decision, rendered, deployed: before, findings, charts: charts.pins });
  return { kind: 'planned', plan, base: lastDeployed(deployed) };
}

function lastDeployed(deployed: Deployed): PlanFrame['base'] {
  const all = deployed.releases.flatMap(({ status }) => (status ? [status] : []));
  return all.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
}
