import { flowJson, flowText } from '../core/images/flow-result.ts';
import type { FlowResult } from '../core/images/flow-result.ts';
import { exitOf } from '../core/images/test-report.ts';
import type { Finding } from '../core/finding.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** What became of images on their way through the channels, as a command tells it. */
export function flowOutcome(
  results: readonly FlowResult[],
  findings: readonly Finding[] = [],
): Outcome {
  return outcome({
    exit: exitOf(results),
    text: flowText(results),
    json: { schema_version: SCHEMA_VERSION, images: results.map(flowJson) },
    findings,
  });
}
