import { terminal } from '../escape.ts';
import { greatest } from '../lists.ts';
import type { BenchReport } from './report.ts';
import { changeText, notes, tables } from './table.ts';
import type { Table } from './table.ts';

/** The report for a terminal. */
export function benchText(report: BenchReport): string {
  const { figures, recommendation, comparison } = report;
  const lines = [
    `${figures.hub}: recommended: ${recommendation}`,
    ...tables(figures).flatMap((one) => ['', one.title, ...aligned(one)]),
    '',
    ...notes(report),
    ...(comparison?.changes ?? []).map((one) => `  ${changeText(one)}`),
  ];
  return lines.map((line) => terminal`${line}\n`.text).join('');
}

function aligned({ head, rows }: Table): string[] {
  const all = [head, ...rows];
  const widths = head.map((_, column) => greatest(all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
