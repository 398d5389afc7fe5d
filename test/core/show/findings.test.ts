import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import {
  countText,
  findingLine,
  findingLines,
  findingsJson,
  findingsMarkdown,
  findingsText,
  plural,
} from '../../../src/core/show/findings.ts';

const finding = (more: Partial<Finding> = {}): Finding => ({
  rule: 'max-age',
  severity: 'error',
  at: { file: 'environments/hub.yaml', line: 14, column: 18 },
  message: 'too *old*',
  hint: 'write 0',
  ...more,
});
const warning = finding({ severity: 'warning', rule: 'small' });

test('a finding in a line', () => {
  expect(findingLine(finding())).toBe('environments/hub.yaml:14:18  max-age  too *old*; write 0');
  expect(findingLine(warning)).toBe(
    'environments/hub.yaml:14:18  warning small  too *old*; write 0',
  );
});

test.each<[Finding[], string]>([
  [[], 'no findings'],
  [[finding()], '1 error'],
  [[warning, warning], '2 warnings'],
  [[finding(), warning, finding()], '2 errors, 1 warning'],
])('findings are counted: %#', (findings, text) => {
  expect(countText(findings)).toBe(text);
});

test('findings as text, each in a line, with their number', () => {
  expect(findingsText([])).toBe('no findings\n');
  expect(findingsText([warning])).toBe(`${findingLine(warning)}\n\n1 warning\n`);
  expect(findingsText([finding(), warning])).toBe(
    `${findingLine(finding())}\n${findingLine(warning)}\n\n1 error, 1 warning\n`,
  );
});

test('findings as JSON', () => {
  expect(findingsJson([finding()])).toEqual([
    {
      rule: 'max-age',
      severity: 'error',
      file: 'environments/hub.yaml',
      line: 14,
      column: 18,
      message: 'too *old*',
      hint: 'write 0',
    },
  ]);
});

test('findings as a table', () => {
  expect(findingsMarkdown([])).toBe('### Check\n\nNo findings.\n');
  expect(findingsMarkdown([finding({ hint: 'a|b' }), warning])).toBe(
    [
      '### Check: 1 error, 1 warning',
      '',
      '| | where | what is wrong | what to write instead | rule |',
      '|---|---|---|---|---|',
      '| ✗ | `environments/hub.yaml:14` | too \\*old\\* | a\\|b | `max-age` |',
      '| ⚠ | `environments/hub.yaml:14` | too \\*old\\* | write 0 | `small` |',
      '',
    ].join('\n'),
  );
});

test.each([
  [0, '0 hubs'],
  [1, '1 hub'],
  [2, '2 hubs'],
])('%d of them', (count, text) => {
  expect(plural(count, 'hub')).toBe(text);
});

describe('more than anybody reads', () => {
  const several = (count: number, more: Partial<Finding>): Finding[] =>
    Array.from({ length: count }, (_, index) =>
      finding({ ...more, at: { file: 'f', line: index + 1, column: 1 } }),
    );
  const REST = '--json has all of them';

  test.each([
    [1000, 1000, undefined],
    [1001, 1000, `… 1 more; ${REST}`],
    [150_000, 1000, `… 149000 more; ${REST}`],
  ])('%d in lines: %d and how many more', (count, shown, rest) => {
    const all = several(count, {});
    const last = rest === undefined ? [] : [rest];
    expect(findingLines(all)).toEqual([...all.slice(0, shown).map(findingLine), ...last]);
    expect(findingsText(all).endsWith(`\n\n${count} errors\n`)).toBe(true);
    expect(findingsJson(all)).toHaveLength(count);
  });

  test('warnings make room for errors, in the order in which they stand', () => {
    const warnings = several(1000, { severity: 'warning' });
    const errors = [finding({ message: 'one' }), finding({ message: 'two' })];
    const first = warnings[0] ?? warning;
    expect(findingLines([first, ...errors, ...warnings.slice(1)])).toEqual([
      ...[first, ...errors, ...warnings.slice(1, 998)].map(findingLine),
      `… 2 more; ${REST}`,
    ]);
    const many = several(1001, {});
    expect(findingLines([first, ...many])).toEqual([
      ...many.slice(0, 1000).map(findingLine),
      `… 2 more; ${REST}`,
    ]);
  });

  const rowsOf = (text: string): number =>
    text.split('\n').filter((row) => row.startsWith('| ✗')).length;

  test.each([
    [200, 'm', 200, false],
    [201, 'm', 200, true],
    [3, 'm'.repeat(100_000), 2, true],
    [2, 'm'.repeat(100_000), 2, false],
  ])('%d in a table', (count, message, rows, cut) => {
    const text = findingsMarkdown(several(count, { message }));
    expect(rowsOf(text)).toBe(rows);
    const rest = `\n… ${count - rows} more; --json has all of them\n`;
    expect(text.endsWith(rest)).toBe(cut);
    expect(text.includes('more;')).toBe(cut);
  });
});
