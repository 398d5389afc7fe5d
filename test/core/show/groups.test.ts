import { describe, expect, test } from '@jest/globals';
import { byRisk, groupEqual } from '../../../src/core/show/groups.ts';
import { aStep } from '../../support/shown.ts';

const ids = (steps: readonly { id: string }[]): string[] => steps.map(({ id }) => id);

test('steps of one family and shape are shown once, where the first of them stood', () => {
  const steps = [
    aStep({ id: 'a', shape: '1' }),
    aStep({ id: 'b', shape: '2' }),
    aStep({ id: 'c', shape: '1' }),
    aStep({ id: 'd', shape: '1', family: 'removal' }),
  ];
  expect(groupEqual(steps).map(({ first, steps: same }) => [first.id, ids(same)])).toEqual([
    ['a', ['a', 'c']],
    ['b', ['b']],
    ['d', ['d']],
  ]);
  expect(groupEqual([])).toEqual([]);
});

describe('steps stand', () => {
  test('worst first, then by wave, then by name', () => {
    const steps = [
      aStep({ id: 'late', risk: 3, order: 2 }),
      aStep({ id: 'b', risk: 3, order: 1 }),
      aStep({ id: 'a', risk: 3, order: 1 }),
      aStep({ id: 'worst', risk: 9, order: 9 }),
      aStep({ id: 'least', risk: 0, order: 0 }),
    ];
    expect(ids(byRisk(steps))).toEqual(['worst', 'a', 'b', 'late', 'least']);
    expect(ids(steps)).toEqual(['late', 'b', 'a', 'worst', 'least']);
  });
});
