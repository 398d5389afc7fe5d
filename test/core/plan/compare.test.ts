import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/core/json.ts';
import { canonical } from '../../../src/core/json.ts';
import { compare } from '../../../src/core/plan/compare.ts';
import { fc } from '../../support/property.ts';

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe('fields that differ', () => {
  test.each<[string, Json | undefined, Json | undefined, unknown]>([
    ['nothing at all', undefined, undefined, []],
    ['what came', undefined, 1, [{ path: '', from: undefined, to: 1 }]],
    ['what went', null, undefined, [{ path: '', from: null, to: undefined }]],
    ['null is a value', null, 0, [{ path: '', from: null, to: 0 }]],
    ['an object that became a list', {}, [], [{ path: '', from: {}, to: [] }]],
    ['a field inside', { a: { b: 1 } }, { a: { b: 2 } }, [{ path: '/a/b', from: 1, to: 2 }]],
    [
      'fields on either side alone',
      { a: 1 },
      { b: 2 },
      [
        { path: '/a', from: 1, to: undefined },
        { path: '/b', from: undefined, to: 2 },
      ],
    ],
    [
      'a field with a slash and a tilde',
      { 'a/b~c': 1 },
      { 'a/b~c': 2 },
      [{ path: '/a~1b~0c', from: 1, to: 2 }],
    ],
    ['the order of fields', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
    ['the order of a list', [1, 2], [2, 1], [{ path: '', from: [1, 2], to: [2, 1] }]],
    ['a list and no list', [1], 1, [{ path: '', from: [1], to: 1 }]],
  ])('%s', (_what, from, to, expected) => {
    expect(compare(from, to)).toEqual(expected);
  });

  test.each(['name', 'slug', 'mountPath', 'secretName'])('lists are compared by %s', (key) => {
    const from = [
      { [key]: 'a', v: 1 },
      { [key]: 'b', v: 2 },
    ];
    const to = [
      { [key]: 'x', v: 0 },
      { [key]: 'a', v: 1 },
      { [key]: 'b', v: 3 },
    ];
    expect(compare(from, to, '/list')).toEqual([
      { path: '/list/b/v', from: 2, to: 3 },
      { path: '/list/x', from: undefined, to: { [key]: 'x', v: 0 } },
    ]);
  });

  test.each<[string, Json[], Json[]]>([
    ['entries of one name', [{ name: 'a', v: 1 }, { name: 'a' }], [{ name: 'a', v: 2 }]],
    ['an entry without a name', [{ name: 'a' }, {}], [{ name: 'a' }]],
    ['an entry that is no object', [{ name: 'a' }, 'b'], [{ name: 'a' }]],
    ['a name that is no text', [{ name: 1, v: 1 }], [{ name: 1, v: 2 }]],
    ['names on one side alone', [{ name: 'a' }], [{ slug: 'a' }]],
  ])('a list is one value: %s', (_what, from, to) => {
    expect(compare(from, to)).toEqual([{ path: '', from, to }]);
  });

  test('nothing differs from an equal value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(compare(value, JSON.parse(JSON.stringify(value)) as Json)).toEqual([]);
      }),
    );
  });

  test('every other value differs, except where only the order of named entries does', () => {
    const unnamed = json.filter(
      (value) => !/"(name|slug|mountPath|secretName)"/u.test(canonical(value)),
    );
    fc.assert(
      fc.property(unnamed, unnamed, (from, to) => {
        expect(compare(from, to).length > 0).toBe(canonical(from) !== canonical(to));
      }),
    );
  });
});
