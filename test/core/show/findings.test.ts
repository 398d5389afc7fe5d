import { expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import {
  countText,
  findingLine,
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
