import { expect, test } from '@jest/globals';
import { hasDots, plainPath } from '../../src/core/paths.ts';

test.each([
  ['/a/b', '/a/b'],
  ['//a//b/', '/a/b'],
  ['/a/./b/../c', '/a/c'],
  ['/../../a', '/a'],
  ['a', '/a'],
  ['/', ''],
  ['/a/..', ''],
])('%s is %s', (path, plain) => {
  expect(plainPath(path)).toBe(plain);
});

test('names with dots are no way elsewhere', () => {
  expect(['/a/..', './a', '..', '/a/.', '/a/.b', '/a..b', '...'].map(hasDots)).toEqual([
    ...[true, true, true, true],
    ...[false, false, false],
  ]);
});
