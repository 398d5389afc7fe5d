import { expect, test } from '@jest/globals';
import { dottedNameProblem, unitNameProblem } from '../../../src/core/check/names.ts';

const UNIT_HINT =
  'use lower-case letters, digits and single hyphens, at most 32, starting with a letter';
const DOTTED_HINT = 'use lower-case letters, digits, single hyphens and dots';
const reserved = (name: string): { message: string; hint: string } => ({
  message: `the name "${name}" is reserved`,
  hint: 'choose another name for the file',
});

test.each([
  'hub',
  'a',
  'a1',
  'my-hub-2',
  'a'.repeat(32),
  'defaults',
  'my-default',
  'kubed',
  'probe',
])('a hub may be called %j', (name) => {
  expect(unitNameProblem(name)).toBeUndefined();
});

test.each(['', 'Hub', '1hub', '-hub', 'hub-', 'my--hub', 'my.hub', 'my/hub', '..', 'a'.repeat(33)])(
  'a hub may not be called %j',
  (name) => {
    expect(unitNameProblem(name)).toEqual({
      message: `"${name}" cannot be a name`,
      hint: UNIT_HINT,
    });
  },
);

test.each([
  'default',
  'access',
  'charts',
  'clusters',
  'data',
  'environments',
  'images',
  'secrets',
  'kube-system',
  'glaciocloud-x',
  'my-probe',
])('the name %j is taken', (name) => {
  expect(unitNameProblem(name)).toEqual(reserved(name));
});

test.each(['science', '1', 'image-1.6.3', 'a.b', 'a'.repeat(63)])('an image may be %j', (name) => {
  expect(dottedNameProblem(name)).toBeUndefined();
});

test.each(['', 'Science', '.a', 'a.', 'a..b', 'a.-b', 'a--b', 'a_b', '..', 'a/b'])(
  'an image may not be %j',
  (name) => {
    expect(dottedNameProblem(name)).toEqual({
      message: `"${name}" cannot be a name`,
      hint: DOTTED_HINT,
    });
  },
);

test('nor longer than a label of Kubernetes', () => {
  expect(dottedNameProblem('a'.repeat(64))?.message).toBe(
    `"${'a'.repeat(57)}..." cannot be a name`,
  );
});
