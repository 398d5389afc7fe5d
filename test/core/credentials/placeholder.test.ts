import { expect, test } from '@jest/globals';
import { keyPlaceholders } from '../../../src/core/credentials/placeholder.ts';

const said = (text: string): [line: number, column: number][] =>
  keyPlaceholders(text).map(({ at }) => [at.line, at.column]);

test('what init writes for a key that is not there yet', () => {
  const text = 'creation_rules:\n  - path_regex: x\n    age: PUBLIC-KEY # the line\n';
  expect(keyPlaceholders(text)).toEqual([
    {
      rule: 'placeholder',
      severity: 'warning',
      at: { file: '.sops.yaml', line: 3, column: 10 },
      message: 'PUBLIC-KEY stands for a key: nothing can be encrypted yet',
      hint: 'run `age-keygen -o hubs.agekey` and write the key that it prints as public, age1…',
    },
  ]);
});

test.each<[string, [number, number][]]>([
  ['age: PUBLIC-KEY', [[1, 6]]],
  [
    'age:\n  - PUBLIC-KEY\n  - "PUBLIC-KEY"',
    [
      [2, 5],
      [3, 6],
    ],
  ],
  ['age: age1x # PUBLIC-KEY', []],
  ['# PUBLIC-KEY\n  # PUBLIC-KEY', []],
  ['age: PUBLIC-KEYS', []],
  ['age: age1x', []],
  ['', []],
])('in %j', (text, places) => {
  expect(said(text)).toEqual(places);
});
