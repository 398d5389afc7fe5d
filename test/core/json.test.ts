import { describe, expect, test } from '@jest/globals';
import {
  at,
  canonical,
  compareText,
  isObject,
  lastObject,
  merge,
  objectOf,
  objectsIn,
  parentOf,
  pointer,
  pretty,
  segmentsOf,
  textAt,
  walk,
} from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { fc } from '../support/property.ts';

const anyJson = fc.jsonValue({ maxDepth: 3 }).map((value) => value as Json);

test.each<[Json | undefined, boolean]>([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  [undefined, false],
  ['text', false],
  [1, false],
])('isObject %j: %j', (value, expected) => {
  expect(isObject(value)).toBe(expected);
});

test.each([
  ['a', 'b', -1],
  ['b', 'a', 1],
  ['a', 'a', 0],
  ['B', 'a', -1],
  ['ä', 'z', 1],
  ['', 'a', -1],
])('compareText %j, %j: %j', (a, b, expected) => {
  expect(compareText(a, b)).toBe(expected);
});

describe('one text for one value', () => {
  test.each<[Json, string]>([
    [{ b: 1, a: [true, null, 'x"'] }, '{"a":[true,null,"x\\""],"b":1}'],
    [{ b: { d: 1, c: 2 }, a: {} }, '{"a":{},"b":{"c":2,"d":1}}'],
    [[{ b: 1, a: 2 }, []], '[{"a":2,"b":1},[]]'],
    [{ 'k"ey': 1 }, '{"k\\"ey":1}'],
    ['text', '"text"'],
    [null, 'null'],
  ])('%j', (value, expected) => {
    expect(canonical(value)).toBe(expected);
  });

  test('is what JSON reads back, whatever the order of keys', () => {
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonical(backwards(value))).toBe(canonical(value));
      }),
    );
  });

  test('on disk: sorted at every depth, indented, with a final newline', () => {
    expect(pretty({ b: [{ d: 1, c: 'x' }], a: null })).toBe(
      '{\n  "a": null,\n  "b": [\n    {\n      "c": "x",\n      "d": 1\n    }\n  ]\n}\n',
    );
    expect(pretty('x')).toBe('"x"\n');
  });
});

function backwards(value: Json): Json {
  if (Array.isArray(value)) return value.map(backwards);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, backwards(item)] as const);
  return Object.fromEntries(entries.reverse());
}

describe('merge', () => {
  test.each<[string, JsonObject, JsonObject[], JsonObject]>([
    ['nothing', { a: 1 }, [], { a: 1 }],
    ['key by key', { a: { b: 1, c: 2 } }, [{ a: { c: 3, d: 4 } }], { a: { b: 1, c: 3, d: 4 } }],
    ['a list replaces', { a: [1, 2] }, [{ a: [3] }], { a: [3] }],
    ['an object replaces text', { a: 'x' }, [{ a: { b: 1 } }], { a: { b: 1 } }],
    ['text replaces an object', { a: { b: 1 } }, [{ a: 'x' }], { a: 'x' }],
    ['a list replaces an object', { a: { b: 1 } }, [{ a: [1] }], { a: [1] }],
    ['null replaces', { a: { b: 1 } }, [{ a: null }], { a: null }],
    ['the last one wins', { a: 1 }, [{ a: 2 }, { a: 3, b: 4 }], { a: 3, b: 4 }],
  ])('%s', (_what, left, rights, expected) => {
    const before = structuredClone([left, rights]);
    expect(merge(left, ...rights)).toEqual(expected);
    expect([left, rights]).toEqual(before);
  });
});

describe('pointers', () => {
  test.each([
    [[], ''],
    [['a'], '/a'],
    [['a', 0, 'b'], '/a/0/b'],
    [['a/b', 'c~d', '~1'], '/a~1b/c~0d/~01'],
    [[''], '/'],
  ])('%j is %j, and back', (segments, path) => {
    expect(pointer(...segments)).toBe(path);
    expect(segmentsOf(path)).toEqual(segments.map(String));
  });

  test.each([
    ['/a/b', '/a'],
    ['/a', ''],
    ['', ''],
    ['/a/b~1c', '/a'],
  ])('the parent of %j is %j', (path, expected) => {
    expect(parentOf(path)).toBe(expected);
  });

  const value = { a: [{ 'b/c': 'text' }, 2], d: null, e: { f: false } };
  test.each<[string, Json | undefined]>([
    ['', value],
    ['/a/0/b~1c', 'text'],
    ['/a/1', 2],
    ['/a/2', undefined],
    ['/a/x', undefined],
    ['/a/1/x', undefined],
    ['/d', null],
    ['/d/x', undefined],
    ['/e/f', false],
    ['/e/g', undefined],
    ['/toString', undefined],
    ['/e/g/h', undefined],
  ])('at %j', (path, expected) => {
    expect(at(value, path)).toEqual(expected);
  });

  test('text, or nothing', () => {
    expect(textAt(value, '/a/0/b~1c')).toBe('text');
    expect(textAt(value, '/a/1')).toBe('');
    expect(textAt(value, '/x')).toBe('');
    expect(textAt(undefined, '/x')).toBe('');
  });

  test('walk: parents first, each with its pointer', () => {
    expect([...walk({ a: [1, { 'b/c': 2 }], d: 'x' })]).toEqual([
      { path: '', value: { a: [1, { 'b/c': 2 }], d: 'x' } },
      { path: '/a', value: [1, { 'b/c': 2 }] },
      { path: '/a/0', value: 1 },
      { path: '/a/1', value: { 'b/c': 2 } },
      { path: '/a/1/b~1c', value: 2 },
      { path: '/d', value: 'x' },
    ]);
    expect([...walk(1, '/from/here')]).toEqual([{ path: '/from/here', value: 1 }]);
  });

  test('what walk finds stands at its pointer', () => {
    fc.assert(
      fc.property(anyJson, (any) => {
        for (const found of walk(any)) expect(at(any, found.path)).toBe(found.value);
      }),
    );
  });
});

test('the objects in a list', () => {
  expect(objectsIn([{ a: 1 }, [1], null, 'x', {}])).toEqual([{ a: 1 }, {}]);
  expect(objectsIn({ a: 1 })).toEqual([]);
  expect(objectsIn(undefined)).toEqual([]);
});

test.each([
  ['{"a": 1}', { a: 1 }],
  ['[1]', undefined],
  ['null', undefined],
  ['"x"', undefined],
  ['{"a"', undefined],
  ['', undefined],
])('the object that %j is', (text, expected) => {
  expect(objectOf(text)).toEqual(expected);
});

test('the last object among lines', () => {
  expect(lastObject(['{"a": 1}', 'words', '{"b": 2}', '[3]', 'end'])).toEqual({ b: 2 });
  expect(lastObject(['words'])).toBeUndefined();
});
