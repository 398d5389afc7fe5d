import { expect, test } from '@jest/globals';
import { reviewedArtifact, reviewedSteps, reviewedText } from '../../../src/core/show/reviewed.ts';
import { aStep } from '../../support/shown.ts';

const digest = '0123456789abcdef0123456789abcdef01234567';
const change = {
  pull: 5,
  head: 'a'.repeat(40),
  base: 'b'.repeat(40),
  merge: 'c'.repeat(40),
};
const steps = [
  aStep({ reviewed: { name: 'hub-a', digest } }),
  aStep({ reviewed: undefined }),
  aStep({ reviewed: { name: 'b', digest: 'f'.repeat(40) } }),
];

test('what a plan showed is kept in full, and read again', () => {
  const text = reviewedText(change, steps);
  expect(JSON.parse(text)).toEqual({
    version: 1,
    ...change,
    steps: [
      { name: 'hub-a', digest },
      { name: 'b', digest: 'f'.repeat(40) },
    ],
  });
  expect([...reviewedSteps(text, change)]).toEqual([
    ['hub-a', digest],
    ['b', 'f'.repeat(40)],
  ]);
  expect(reviewedArtifact(5)).toBe('reviewed-5');
});

test('a plan without steps agrees to nothing', () => {
  expect(reviewedSteps(reviewedText(change, []), change).size).toBe(0);
});

const step = { name: 'a', digest };
test.each<[string, object]>([
  ['another pull request', { pull: 6 }],
  ['another head', { head: 'd'.repeat(40) }],
  ['another version', { version: 2 }],
  ['no base', { base: undefined }],
  ['no commit as base', { base: 'main' }],
  ['no merge', { merge: undefined }],
  ['no commit as merge', { merge: 'c'.repeat(39) }],
  ['no steps', { steps: undefined }],
  ['steps that are no list', { steps: { a: digest } }],
  ['a digest that is cut', { steps: [{ ...step, digest: digest.slice(0, 39) }] }],
  ['a digest that is longer', { steps: [{ ...step, digest: `${digest}0` }] }],
  ['a name with a line break', { steps: [{ ...step, name: 'a\nb' }] }],
  ['a step without a digest', { steps: [{ name: 'a' }] }],
  ['a step that says more', { steps: [{ ...step, approved: true }] }],
  ['more than we write', { approved: true }],
])('a record with %s agrees to nothing', (_what, part) => {
  const record = { version: 1, ...change, steps: [step] };
  expect(reviewedSteps(JSON.stringify(record), change).size).toBe(1);
  expect(reviewedSteps(JSON.stringify({ ...record, ...part }), change).size).toBe(0);
});

test.each(['', 'no JSON', '[]', 'null', `<!-- glaciocloud steps: a=${digest.slice(0, 12)} -->`])(
  'nothing was agreed to by %j',
  (text) => {
    expect(reviewedSteps(text, change).size).toBe(0);
  },
);
