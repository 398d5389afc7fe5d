import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../../src/core/digest.ts';
import type { StepResult } from '../../../src/core/plan/result.ts';
import { planOf } from '../../../src/core/plan/plan.ts';
import { effectsText, riskOf, summaryOf } from '../../../src/core/plan/words.ts';
import { applySteps } from '../../../src/flow/family.ts';
import type { PlanWorld } from '../../../src/flow/family.ts';
import { aStep, aUnit } from '../../support/shown.ts';
import { toy } from './toy-family.ts';

/** A double: the toy looks at nothing outside itself. */
const NO_WORLD = {} as PlanWorld;

describe('a registered family', () => {
  const jars = [
    { name: 'a', sweets: 1 },
    { name: 'b', sweets: 2 },
    { name: 'c', sweets: 3 },
  ];

  test('decides by what is present, and explains what was rendered', async () => {
    const present = new Map([
      ['a', 1],
      ['b', 9],
      ['z', 5],
    ]);
    const { steps, unchanged, orphans, findings } = await toy(jars, present).plan(NO_WORLD);
    expect(steps.map(({ shown }) => [shown.id, shown.marker, shown.summary])).toEqual([
      ['jars/b', '~', 'sweets 9 → 2'],
      ['jars/c', '+', 'sweets none → 3'],
    ]);
    expect(steps.map(({ shown }) => shown.diff?.changed.map(({ kind }) => kind))).toEqual([
      ['changed'],
      ['added'],
    ]);
    expect([unchanged, orphans].map((units) => units.map(({ id }) => id))).toEqual([
      ['jars/a'],
      ['jars/z'],
    ]);
    expect(findings).toEqual([]);
  });

  test('is applied in order, and only where it knows how', async () => {
    const asked: string[] = [];
    const done = (id: string): StepResult => ({
      id,
      outcome: 'done',
      code: 'deployed',
      reason: '',
      seconds: { x: 1 },
    });
    const step = (id: string, apply?: () => Promise<StepResult>) => ({
      shown: aStep({ id }),
      apply: apply && (() => (asked.push(id), apply())),
    });
    const results = await applySteps([
      step('a', () => Promise.resolve(done('a'))),
      step('b'),
      step('c', () => Promise.reject(new Error('broken'))),
      step('d', () => Promise.resolve(done('d'))),
    ]);
    expect(asked).toEqual(['a', 'c', 'd']);
    expect(results).toEqual([
      done('a'),
      { id: 'c', outcome: 'failed', code: 'refused', reason: 'broken', seconds: {} },
      done('d'),
    ]);
  });
});

test('a plan is its parts in their order, with a digest over what they would do', () => {
  const one = { steps: [aStep({ identity: ['one'] })], unchanged: [aUnit('a')], orphans: [] };
  const two = {
    steps: [aStep({ identity: ['two'] })],
    unchanged: [aUnit('b')],
    orphans: [aUnit('o')],
  };
  const at = { file: 'f', line: 1, column: 1 };
  const findings = [{ rule: 'r', severity: 'warning' as const, at, message: 'm', hint: 'h' }];
  const charts = [{ name: 'c', version: '1', digest: 'd', double: false, verified: true }];
  expect(planOf([one, two], { findings, charts })).toEqual({
    digest: digestOf([['one'], ['two']]),
    steps: [...one.steps, ...two.steps],
    unchanged: [aUnit('a'), aUnit('b')],
    orphans: [aUnit('o')],
    findings,
    charts,
  });
  expect(planOf([two, one], { findings, charts }).digest).not.toBe(digestOf([['one'], ['two']]));
});

describe('words', () => {
  const reasons = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ code: 'c', text: `r${index}` }));
  test.each([
    [0, ''],
    [1, 'r0'],
    [4, 'r0 · r1 · r2 · r3'],
    [5, 'r0 · r1 · r2 · r3 · and 1 more'],
    [7, 'r0 · r1 · r2 · r3 · and 3 more'],
  ])('%d reasons in a line', (count, text) => {
    expect(summaryOf(reasons(count))).toBe(text);
  });

  const effects = [
    { code: 'a', text: 'a', risk: 2 },
    { code: 'b', text: 'b', risk: 5 },
    { code: 'c', text: 'c', risk: 2 },
  ];
  test('effects, worst first, and as much risk as the worst', () => {
    expect([effectsText(effects), riskOf(effects)]).toEqual(['b; a; c', 5]);
    expect([effectsText([]), riskOf([])]).toEqual(['', 0]);
    expect(effects.map(({ code }) => code)).toEqual(['a', 'b', 'c']);
  });
});
