import { terminal } from '../escape.ts';
import { columns } from '../columns.ts';
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
  return columns([head, ...rows]).map((line) => `  ${line}`.trimEnd());
}
