import { hasErrors } from '../core/finding.ts';
import { findingsJson, findingsMarkdown, findingsText } from '../core/show/findings.ts';
import type { Report } from '../edges/report.ts';
import { cachedCharts } from '../gather/charts.ts';
import { allFindings } from '../flow/findings.ts';
import { gatherPlatform } from '../gather/platform.ts';
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
  const charts =
    reading.platform &&
    (await cachedCharts(reading.platform, { chartsFrom: inputs.chartsFrom, report }));
  const findings = await allFindings(reading, charts, inputs.now);
  return outcome({
    exit: hasErrors(findings) ? 2 : 0,
    text: findingsText(findings),
    json: { schema_version: SCHEMA_VERSION, findings: findingsJson(findings) },
    findings,
    summary: findingsMarkdown(findings),
  });
}
