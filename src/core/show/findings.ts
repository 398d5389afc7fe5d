import type { Finding } from '../finding.ts';
import type { Json } from '../json.ts';

/** A finding in one line, beginning with its place: `environments/hub.yaml:14:18  memory-suffix  …`. */
export function findingLine({ rule, severity, at, message, hint }: Finding): string {
  const place = `${at.file}:${at.line}:${at.column}`;
  const name = severity === 'warning' ? `warning ${rule}` : rule;
  return `${place}  ${name}  ${message}; ${hint}`;
}

export function findingsText(findings: readonly Finding[]): string {
  const lines = findings.map((finding) => `${findingLine(finding)}\n`);
  return `${lines.join('')}${lines.length > 0 ? '\n' : ''}${countText(findings)}\n`;
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

const TABLE_HEAD =
  '| | where | what is wrong | what to write instead | rule |\n|---|---|---|---|---|\n';

/** A table for the job summary. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  if (findings.length === 0) return '### Check\n\nNo findings.\n';
  return `### Check: ${countText(findings)}\n\n${TABLE_HEAD}${findings.map(tableRow).join('')}`;
}

function tableRow({ rule, severity, at, message, hint }: Finding): string {
  const cells = [
    severity === 'error' ? '✗' : '⚠',
    `\`${at.file}:${at.line}\``,
    escapeMarkdown(message),
    escapeMarkdown(hint),
    `\`${rule}\``,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

/** Text from files or people as plain text in Markdown: no links, images, mentions, HTML or table breaks. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\r\n]+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|~!]/gu, (char) => `\\${char}`)
    .replaceAll('&', '&amp;')
    .replaceAll('\\<', '&lt;')
    .replaceAll('\\>', '&gt;')
    .replaceAll('@', '@\u{200B}')
    .replaceAll('://', ':\u{200B}//');
}
