import { withoutCredentials } from './credentials/shapes.ts';
import { compareText } from './json.ts';

/** A point in a file of the platform. Paths are relative to its root with `/`; lines and columns start at 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export type Severity = 'error' | 'warning';

/** A mistake in a file is data with a place. Readers and rules collect findings and go on; nothing is thrown. */
export interface Finding {
  rule: string;
  severity: Severity;
  at: Place;
  /** What is wrong, in one sentence. */
  message: string;
  /** What to write instead. */
  hint: string;
  /** Stands above a plan, not folded away: people get something else than the files say. */
  upFront?: true;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

/**
 * By file, line and column; at one place a credential first, because others would repeat it, then errors.
 */
function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      compareText(a.at.file, b.at.file) ||
      a.at.line - b.at.line ||
      a.at.column - b.at.column ||
      Number(b.rule === 'credential') - Number(a.rule === 'credential') ||
      compareText(a.severity, b.severity) ||
      compareText(a.rule, b.rule) ||
      compareText(a.message, b.message),
  );
}

/**
 * One for each place, without credentials: of several the first in order stays, because one cause tends to show
 * itself more than once.
 */
export function onePerPlace(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  const first = sortFindings(findings).filter(({ at, rule, message }) => {
    // Keys that are missing all stand where their mapping begins, and each is a mistake of its own.
    const which = rule === 'missing-key' ? message : '';
    const key = `${at.file}:${at.line}:${at.column}:${which}`;
    const isFirst = !seen.has(key);
    seen.add(key);
    return isFirst;
  });
  return first.map((finding) => ({
    ...finding,
    message: withoutCredentials(finding.message),
    hint: withoutCredentials(finding.hint),
  }));
}
