import { describe, expect, test } from '@jest/globals';
import { hasErrors, onePerPlace } from '../../src/core/finding.ts';
import type { Finding } from '../../src/core/finding.ts';

const finding = (more: Partial<Finding>, file = 'b.yaml', line = 2, column = 2): Finding => ({
  rule: 'm',
  severity: 'warning',
  message: 'm',
  hint: 'h',
  at: { file, line, column },
  ...more,
});
const error = finding({ severity: 'error' });

test('warnings are no errors', () => {
  expect(hasErrors([])).toBe(false);
  expect(hasErrors([finding({})])).toBe(false);
  expect(hasErrors([finding({}), error])).toBe(true);
});

describe('their order', () => {
  test.each([
    ['file', finding({}, 'a.yaml', 9, 9), finding({})],
    ['line', finding({}, 'b.yaml', 1, 9), finding({})],
    ['line, as a number', finding({}, 'b.yaml', 9), finding({}, 'b.yaml', 10)],
    ['column', finding({ severity: 'warning' }, 'b.yaml', 2, 1), error],
    ['errors first', finding({ severity: 'error', rule: 'z' }), finding({ rule: 'a' })],
    ['rule', finding({ rule: 'a', message: 'z' }), finding({ rule: 'b', message: 'a' })],
    ['message', finding({ message: 'a' }), finding({ message: 'b' })],
  ])('%s', (_what, first, second) => {
    expect(onePerPlace([second, first])[0]).toEqual(first);
    expect(onePerPlace([first, second])[0]).toEqual(first);
  });

  test('the list that is given stays as it is', () => {
    const list = [finding({ rule: 'b' }), finding({ rule: 'a' })];
    onePerPlace(list);
    expect(list.map(({ rule }) => rule)).toEqual(['b', 'a']);
  });
});

test('one finding for one place: the first in order', () => {
  const others = [
    finding({}, 'c.yaml'),
    finding({}, 'b.yaml', 3),
    finding({}, 'b.yaml', 2, 3),
    finding({}, 'b.yaml', 22, 2),
    finding({}, 'b.yaml', 2, 22),
    finding({}, 'b.yaml1', 2, 2),
    finding({}, 'b.yaml', 12, 2),
  ];
  expect(onePerPlace([finding({ rule: 'z' }), ...others, error, finding({ rule: 'a' })])).toEqual([
    error,
    finding({}, 'b.yaml', 2, 3),
    finding({}, 'b.yaml', 2, 22),
    finding({}, 'b.yaml', 3),
    finding({}, 'b.yaml', 12, 2),
    finding({}, 'b.yaml', 22, 2),
    finding({}, 'b.yaml1', 2, 2),
    finding({}, 'c.yaml'),
  ]);
});

test('each key that is missing is a finding, though all stand at one place', () => {
  const missing = (message: string) => finding({ rule: 'missing-key', message });
  const all = [missing('a'), missing('b'), missing('b'), finding({ rule: 'z' })];
  expect(onePerPlace(all).map(({ message }) => message)).toEqual(['a', 'b', 'm']);
});
