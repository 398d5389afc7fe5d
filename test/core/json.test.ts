import { expect, test } from '@jest/globals';
import { lastObject, objectOf } from '../../src/core/json.ts';

test.each([
  ['{"stage": "configuration", "error": "x"}', { stage: 'configuration', error: 'x' }],
  ["{'stage': 'printed by Python'}", undefined],
  ['["a list"]', undefined],
  ['null', undefined],
  ['7', undefined],
  ['Traceback (most recent call last):', undefined],
  ['', undefined],
])('%j, read as an object', (text, expected) => {
  expect(objectOf(text)).toEqual(expected);
});

test.each([
  [['{"a": 1}', '{"a": 2}', 'done', ''], { a: 2 }],
  [['[]', ''], undefined],
  [[], undefined],
])('the last object of %j', (lines, expected) => {
  expect(lastObject(lines)).toEqual(expected);
});
