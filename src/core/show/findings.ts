import { code, inMarkdown, oneLine } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';

/** Not escaped yet, beginning with its place: `environments/hub.yaml:14:18  memory-suffix  …`. */
export function findingLine({ rule, severity, at, message, hint }: Finding): string {
  const place = `${at.file}:${at.line}:${at.column}`;
  const name = severity === 'warning' ? `warning ${rule}` : rule;
  return `${place}  ${name}  ${message}; ${hint}`;
}

export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => `${oneLine(findingLine(finding))}\n`);
  return `${lines.join('')}${lines.length > 0 ? '\n' : ''}${countText(findings)}\n`;
}

/** What stands above a plan, and what is folded away below it. */
export function byPlace(findings: readonly Finding[]): { above: Finding[]; below: Finding[] } {
  return {
    above: findings.filter(({ upFront }) => upFront === true),
    below: findings.filter(({ upFront }) => upFront !== true),
  };
}

export function countText(findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return 'no findings';
  const counts = [
    errors > 0 ? plural(errors, 'error') : '',
    warnings > 0 ? plural(warnings, 'warning') : '',
  ];
  return counts.filter(Boolean).join(', ');
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

export function findingsJson(findings: readonly Finding[]): Json {
  return findings.map(({ rule, severity, at, message, hint }) => ({
    rule,
    severity,
    file: at.file,
    line: at.line,
    column: at.column,
    message,
    hint,
  }));
}

const TABLE_HEAD = inMarkdown`| | where | what is wrong | what to write instead | rule |
|---|---|---|---|---|
`;

/** A table for the job summary. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  if (findings.length === 0) return '### Check\n\nNo findings.\n';
  const rows = findings.map(tableRow);
  return inMarkdown`### Check: ${countText(findings)}\n\n${TABLE_HEAD}${rows}`.text;
}

function tableRow({ rule, severity, at, message, hint }: Finding): Markdown {
  const mark = severity === 'error' ? '✗' : '⚠';
  const place = code(`${at.file}:${at.line}`);
  return inMarkdown`| ${mark} | ${place} | ${message} | ${hint} | ${code(rule)} |\n`;
}
