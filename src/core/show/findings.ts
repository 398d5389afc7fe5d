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

/** What of many a terminal shows, and a table of a job summary, of which GitHub takes 1 MiB. */
const LINES_SHOWN = 1000;
const ROWS_SHOWN = 200;
const TABLE_CHARACTERS = 250_000;

/** At most so many, in their order, warnings left out before errors; and how many are left out. */
function theWorst(
  findings: readonly Finding[],
  limit: number,
): { shown: readonly Finding[]; left: number } {
  const left = Math.max(0, findings.length - limit);
  if (left === 0) return { shown: findings, left };
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const room = { error: limit, warning: Math.max(0, limit - errors) };
  const shown = findings.filter(({ severity }) => {
    room[severity] -= 1;
    return room[severity] >= 0;
  });
  return { shown, left };
}

/** Not escaped yet: each in a line, and how many there are beside those that are shown. */
export function findingLines(findings: readonly Finding[]): string[] {
  const { shown, left } = theWorst(findings, LINES_SHOWN);
  return [...shown.map(findingLine), ...(left > 0 ? [leftText(left)] : [])];
}

function leftText(left: number): string {
  return `… ${left} more; --json has all of them`;
}

export function findingsText(findings: readonly Finding[]): string {
  const lines = findingLines(findings).map((line) => `${oneLine(line)}\n`);
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
  const rows = tableRows(theWorst(findings, ROWS_SHOWN).shown);
  const left = findings.length - rows.length;
  const rest = left > 0 ? inMarkdown`\n${leftText(left)}\n` : inMarkdown``;
  return inMarkdown`### Check: ${countText(findings)}\n\n${TABLE_HEAD}${rows}${rest}`.text;
}

/** As many as there is room for. */
function tableRows(findings: readonly Finding[]): Markdown[] {
  const rows: Markdown[] = [];
  let room = TABLE_CHARACTERS;
  for (const finding of findings) {
    const row = tableRow(finding);
    room -= row.text.length;
    if (room < 0) break;
    rows.push(row);
  }
  return rows;
}

function tableRow({ rule, severity, at, message, hint }: Finding): Markdown {
  const mark = severity === 'error' ? '✗' : '⚠';
  const place = code(`${at.file}:${at.line}`);
  return inMarkdown`| ${mark} | ${place} | ${message} | ${hint} | ${code(rule)} |\n`;
}
