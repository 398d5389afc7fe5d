import { inMarkdown, joined } from '../escape.ts';
import type { Markdown } from '../escape.ts';
import type { BenchReport } from './report.ts';
import { changeText, notes, tables } from './table.ts';
import type { Table } from './table.ts';

const NEXT = inMarkdown`\n`;

/** The report as a Markdown file. */
export function benchMarkdown(report: BenchReport): string {
  const { figures, recommendation, comparison } = report;
  const changes = (comparison?.changes ?? []).map((one) => inMarkdown`- ${changeText(one)}`);
  const parts = [
    inMarkdown`# Volumes of ${figures.hub}\n`,
    inMarkdown`Measured at ${figures.at} by \`glaciocloud bench\`.\n`,
    inMarkdown`**Recommended:** ${recommendation}\n`,
    ...tables(figures).map(tableText),
    inMarkdown`## About these figures\n`,
    ...notes(report).map((one) => inMarkdown`- ${one}`),
    ...changes,
  ];
  return `${joined(parts, NEXT).text}\n`;
}

function tableText({ title, head, rows }: Table): Markdown {
  const rule = inMarkdown`|${head.map(() => inMarkdown` --- |`)}`;
  const lines = [rowText(head), rule, ...rows.map(rowText)];
  return inMarkdown`## ${title}\n\n${joined(lines, NEXT)}\n`;
}

function rowText(cells: readonly string[]): Markdown {
  const plain = cells.map((cell) => inMarkdown`${cell}`);
  return inMarkdown`| ${joined(plain, inMarkdown` | `)} |`;
}
