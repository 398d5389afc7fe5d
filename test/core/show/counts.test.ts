import { expect, test } from '@jest/globals';
import type { Finding } from '../../../src/core/finding.ts';
import { isObject, objectsIn } from '../../../src/core/json.ts';
import type { ShownStep } from '../../../src/core/plan/family.ts';
import { planHtml } from '../../../src/core/show/plan-html.ts';
import { planMarkdown } from '../../../src/core/show/plan-markdown.ts';
import { planJson, planText } from '../../../src/core/show/plan-text.ts';
import { NO_FRAME, aPlan, aStep, aUnit } from '../../support/shown.ts';
import { fc } from '../../support/property.ts';

const NOUNS = ['hub', 'hub', 'cluster', 'access list'];
const step = fc
  .record({
    noun: fc.constantFrom(...NOUNS),
    shape: fc.constantFrom('s', 't', 'u'),
    marker: fc.constantFrom<ShownStep['marker']>('+', '→', '~', '−'),
    images: fc.subarray(['x', 'y', 'z']),
  })
  .map((one) => ({ ...one, shape: `${one.noun}-${one.marker}-${one.shape}` }));
const finding = fc
  .constantFrom<Finding['severity']>('error', 'warning')
  .map((severity): Finding => ({
    rule: 'r',
    severity,
    at: { file: 'f', line: 1, column: 1 },
    message: 'm',
    hint: 'h',
  }));
const plans = fc
  .record({
    steps: fc.array(step, { minLength: 1, maxLength: 45 }),
    unchanged: fc.array(fc.constantFrom(...NOUNS), { maxLength: 45 }),
    findings: fc.array(finding, { maxLength: 30 }),
  })
  .map(({ steps, unchanged, findings }) =>
    aPlan({
      steps: steps.map(({ noun, shape, marker, images }, index) =>
        aStep({
          id: `${noun}${index}`,
          title: `${noun}${index}`,
          noun,
          shape,
          marker,
          touched: images.map((name) => ({ noun: 'image', name })),
          reasons: images.map((name) => ({ code: 'image', text: `image ${name}` })),
        }),
      ),
      unchanged: unchanged.map((noun, index) => aUnit(`u${index}`, noun)),
      findings,
    }),
  );

const numbers = (text: string): number[] => [...text.matchAll(/\d+/gu)].map(Number);
const between = (text: string, before: string, after: string): string => {
  expect(text).toContain(before);
  const from = text.indexOf(before) + before.length;
  return text.slice(from, text.indexOf(after, from));
};

test('comment, page, terminal and JSON count the same', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const json = planJson(plan, NO_FRAME);
      const counts = isObject(json['counts']) ? json['counts'] : {};
      const hubs = plan.steps.filter(({ noun }) => noun === 'hub').length;
      const staying = plan.unchanged.filter(({ noun }) => noun === 'hub').length;
      const others = objectsIn(counts['others']).map(({ count }) => Number(count));
      expect([counts['hubs'], counts['unchanged']]).toEqual([hubs, staying]);
      const moves = (['−', '→', '~', '+'] as const)
        .map((sign) => plan.steps.filter((one) => one.noun === 'hub' && one.marker === sign).length)
        .filter((count) => count > 0);
      const head = [...moves, ...others];

      const comment = planMarkdown(plan, NO_FRAME);
      const page = planHtml(plan, NO_FRAME);
      const last = planText(plan, NO_FRAME).trimEnd().split('\n').at(-1) ?? '';
      expect(numbers(between(comment, '### Plan · ', '\n'))).toEqual(head);
      expect(numbers(between(page, '<h1>Plan: ', '</h1>'))).toEqual(head);
      expect(numbers(last.split(' unchanged')[0] ?? '')).toEqual([...head, staying]);
      expect(/· (\d+) hubs? unchanged ·/u.exec(page)?.[1]).toBe(String(staying));

      const errors = plan.findings.filter(({ severity }) => severity === 'error').length;
      const found = [errors, plan.findings.length - errors].filter((count) => count > 0);
      for (const text of [comment, page])
        if (found.length > 0) expect(numbers(between(text, 'check: ', '<'))).toEqual(found);
      expect(objectsIn(json['findings'])).toHaveLength(plan.findings.length);
    }),
    { numRuns: 60 },
  );
});
