import { hasErrors, onePerPlace } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { runRules } from '../core/rules/run.ts';
import { findingsJson, findingsMarkdown, findingsText } from '../core/show/findings.ts';
import { checkValues } from '../core/values/validate.ts';
import type { Charts } from '../edges/charts.ts';
import type { Report } from '../edges/report.ts';
import { cachedCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { Reading } from '../core/model/platform.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface CheckInputs {
  root: string;
  chartsFrom: string | undefined;
  now: number;
}

/** Every mistake in the files, all at once, without the network. */
export async function check(inputs: CheckInputs, report: Report): Promise<Outcome> {
  const reading = await gatherPlatform(inputs.root);
  const charts = reading.platform && (await cachedCharts(reading.platform, { chartsFrom: inputs.chartsFrom, report }));
  const findings = allFindings(reading, charts, inputs.now);
  return outcome({
    exit: hasErrors(findings) ? 2 : 0,
    text: findingsText(findings),
    json: { schema_version: SCHEMA_VERSION, findings: findingsJson(findings) },
    findings,
    summary: findingsMarkdown(findings),
  });
}

/** Findings of the files, of the rules and of the chart's schema; one for each place. */
export function allFindings({ platform, findings }: Reading, charts: Pick<Charts, 'schema' | 'defaults'> | undefined, now: number): Finding[] {
  if (!platform) return onePerPlace(findings);
  const values = charts ? checkValues(platform, charts) : [unchecked(platform.settings.at('/charts/jupyterhub'))];
  return onePerPlace([...findings, ...runRules({ platform, now, defaults: charts?.defaults }), ...values]);
}

function unchecked(at: Finding['at']): Finding {
  return {
    rule: 'values-unchecked',
    severity: 'warning',
    at,
    message: 'values were not held to the chart’s schema: the chart is not at hand',
    hint: 'run `glaciocloud plan` once, or give --charts-from',
  };
}
