import { expect, test } from '@jest/globals';
import { COMMENT_MARKER, reviewedSteps, stepsLine } from '../../../src/core/show/reviewed.ts';
import { aStep } from '../../support/shown.ts';

const digest = '0123456789abcdef0123456789abcdef01234567';

test('what a plan showed is read again from its comment', () => {
  const line = stepsLine({
    steps: [
      aStep({ reviewed: { name: 'hub-a', digest } }),
      aStep({ reviewed: undefined }),
      aStep({ reviewed: { name: 'b', digest: `f${digest}` } }),
    ],
  });
  expect(line).toBe('<!-- glaciocloud steps: hub-a=0123456789ab b=f0123456789a -->');
  expect([...reviewedSteps(`${COMMENT_MARKER}\ntext\n${line}\nmore`)]).toEqual([
    ['hub-a', '0123456789ab'],
    ['b', 'f0123456789a'],
  ]);
});

test('a plan without steps agrees to nothing', () => {
  expect(stepsLine({ steps: [] })).toBe('<!-- glaciocloud steps: -->');
  expect(reviewedSteps(stepsLine({ steps: [] })).size).toBe(0);
});

test.each([
  '',
  'no line of ours',
  '> <!-- glaciocloud steps: a=0123456789ab -->',
  '<!-- glaciocloud steps: a=0123456789a -->',
  '<!-- glaciocloud steps: A=0123456789ab -->',
  '<!-- glaciocloud steps: a=0123456789ab --> more',
])('nothing was agreed to by %j', (comment) => {
  expect(reviewedSteps(comment).size).toBe(0);
});
