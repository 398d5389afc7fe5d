import { isOfHub } from '../core/check/of-hub.ts';
import { inMarkdown, oneLine } from '../core/escape.ts';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import type { Platform } from '../core/model/types.ts';
import { findingsJson, findingsMarkdown, findingsText } from '../core/show/findings.ts';
import type { Report } from '../edges/report.ts';
import { cachedCharts } from '../gather/charts.ts';
import { confirmHubs } from '../flow/choose.ts';
import { allFindings } from '../flow/findings.ts';
import type { Reading } from '../core/model/platform.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface CheckInputs {
  root: string;
  chartsFrom: string | undefined;
  /** Only what they are made of; everything, where none is named. */
  hubs: readonly string[];
  now: number;
}

/** Every mistake in the files, all at once, without the network. */
export async function check(inputs: CheckInputs, report: Report): Promise<Outcome> {
  const reading = await gatherPlatform(inputs.root);
  const charts =
    reading.platform &&
    (await cachedCharts(reading.platform, { chartsFrom: inputs.chartsFrom, report }));
  const all = await allFindings(reading, charts, inputs.now);
  const findings = reading.platform ? aboutHubs(all, reading.platform, inputs.hubs) : all;
  const unread = unreadLines(reading);
  return outcome({
    exit: hasErrors(findings) ? 2 : 0,
    text: `${findingsText(findings)}${unread.map((line) => `${oneLine(line)}\n`).join('')}`,
    json: {
      schema_version: SCHEMA_VERSION,
      findings: findingsJson(findings),
      unread: reading.platform ? [...reading.unread] : ['platform.yaml'],
    },
    findings,
    summary: [
      findingsMarkdown(findings),
      ...unread.map((line) => inMarkdown`\n${line}\n`.text),
    ].join(''),
  });
}

function aboutHubs(
  findings: readonly Finding[],
  platform: Platform,
  hubs: readonly string[],
): readonly Finding[] {
  if (hubs.length === 0) return findings;
  confirmHubs(platform, hubs);
  const ofOne = hubs.map((hub) => isOfHub(platform, hub));
  return findings.filter(({ at }) => ofOne.some((isOf) => isOf(at.file)));
}

/** What is not said, because it could not be looked at; not escaped yet. */
function unreadLines({ platform, unread }: Reading): string[] {
  if (!platform) return ['Rules have looked at no file, because platform.yaml cannot be read.'];
  return unread.length === 0
    ? []
    : [`Rules have not looked at ${unread.join(', ')} yet: mend what is told here first.`];
}
