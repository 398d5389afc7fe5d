import { describe, expect, test } from '@jest/globals';
import { entriesText, hasEnded, readEntries, sameEntry } from '../../../src/core/access/entry.ts';
import type { Entry } from '../../../src/core/access/entry.ts';

const ada: Entry = {
  name: 'ada',
  admin: true,
  groups: ['tier:researcher'],
  from: '2026-11-01',
  until: '2026-12-31',
};
const bob: Entry = { name: 'bob', admin: false, groups: [], from: undefined, until: undefined };

describe('access.json', () => {
  test('is the same text for the same people, and reads as it was written', () => {
    const text = entriesText(
      new Map([
        ['20', bob],
        ['1', ada],
      ]),
    );
    expect(text).toBe(
      '{"users":{"1":{"admin":true,"from":"2026-11-01","groups":["tier:researcher"],"name":"ada","until":"2026-12-31"},"20":{"groups":[],"name":"bob"}},"v":1}\n',
    );
    expect(readEntries(text)).toEqual(
      new Map([
        ['1', ada],
        ['20', bob],
      ]),
    );
  });

  test.each(['', '{', '[]', '{"users": []}', '{"users": {"1": 2, "3": {"name": 4}}}'])(
    '%j has nobody in it',
    (text) => {
      expect(readEntries(text).size).toBe(0);
    },
  );

  test('what others wrote is taken as far as it is understood', () => {
    const text =
      '{"users": {"1": {"name": "x", "admin": "yes", "groups": ["a", 1], "from": 3, "until": null}}}';
    expect(readEntries(text).get('1')).toEqual({
      ...bob,
      name: 'x',
      groups: ['a'],
      isDamaged: true,
    });
  });

  test.each<[object, boolean]>([
    [{}, false],
    [{ admin: null, groups: null, from: null, until: null }, false],
    [{ admin: false, groups: [], from: '2026-11-01', until: '2026-12-31' }, false],
    [{ note: 'x' }, true],
    [{ admin: 'yes' }, true],
    [{ groups: 'a' }, true],
    [{ groups: ['a', 1] }, true],
    [{ from: 3 }, true],
    [{ until: 3 }, true],
  ])('%j keeps the door shut: %s', (more, expected) => {
    const text = JSON.stringify({ v: 1, users: { '1': { name: 'bob', ...more } } });
    expect(readEntries(text).get('1')?.isDamaged === true).toBe(expected);
  });

  test.each([
    ['{"users":', false],
    ['{"v": 1, "users":', false],
    ['{"v": 2, "users":', true],
  ])('of another version the door reads nothing: %s', (begin, expected) => {
    const entries = readEntries(`${begin} {"1": {"name": "bob"}}}`);
    expect(entries.get('1')?.isDamaged === true).toBe(expected);
  });
});

test.each<[Partial<Entry>, boolean]>([
  [{}, true],
  [{ admin: false }, false],
  [{ groups: [] }, false],
  [{ from: undefined }, false],
  [{ until: '2027-01-01' }, false],
  [{ name: 'x' }, false],
  [{ isDamaged: true }, false],
])('with %j an entry is the same: %s', (changes, expected) => {
  expect(sameEntry(ada, { ...ada, ...changes })).toBe(expected);
});

test.each([
  [undefined, '2999-01-01T00:00:00Z', false],
  ['2026-12-31', '2026-12-31T23:59:59.999Z', false],
  ['2026-12-31', '2027-01-01T00:00:00.000Z', true],
  ['2026-12-31T18:00:00Z', '2026-12-31T18:00:00.001Z', true],
  ['2026-12-31T18:00:00Z', '2026-12-31T18:00:00.000Z', false],
  ['2026-12-31 18:00', '2026-12-31T18:00:00.001Z', true],
  ['2026-12-31T18:00+02:00', '2026-12-31T16:00:00.001Z', true],
  ['2026-12-31T18:00-02:00', '2026-12-31T19:00:00.000Z', false],
])('until %s at %s: over is %s', (until, now, expected) => {
  expect(hasEnded({ until }, Date.parse(now))).toBe(expected);
});
