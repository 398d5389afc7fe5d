import type { Finding } from './core/finding.ts';
import type { Json } from './core/json.ts';
import { findingsJson, findingsMarkdown, findingsText } from './core/show/findings.ts';
import type { ExitCode } from './failure.ts';
import type { Outputs } from './outputs.ts';

/** What a command returns; `main.ts` prints it, sets outputs and the exit code. Nothing else prints results. */
export interface Outcome {
  exit: ExitCode;
  /** For people, on stdout. */
  text: string;
  /** For programs, with `--json`. */
  json: Json;
  findings: readonly Finding[];
  /** Outputs of the action beside `result`. */
  outputs: Outputs;
  /** Markdown for the job summary. */
  summary: string;
}

export const SCHEMA_VERSION = 1;

/** With `--exit-code`: something changes, or has drifted. */
export const CHANGES = 4 satisfies ExitCode;

export function outcome(parts: Partial<Outcome> & Pick<Outcome, 'exit'>): Outcome {
  return {
    text: '',
    json: { schema_version: SCHEMA_VERSION },
    findings: [],
    outputs: {},
    summary: '',
    ...parts,
  };
}

/** Files with errors go no further: exit 2, with all findings. */
export function refused(findings: readonly Finding[]): Outcome {
  return outcome({
    exit: 2,
    text: findingsText(findings),
    json: { schema_version: SCHEMA_VERSION, findings: findingsJson(findings) },
    findings,
    summary: findingsMarkdown(findings),
  });
}
