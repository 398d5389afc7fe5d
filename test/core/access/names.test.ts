import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../src/core/access/entry.ts';
import { giveNames, nameFile, nameText, readBook } from '../../../src/core/access/names.ts';
import { fc } from '../../support/property.ts';

const entry = (name: string): Entry => ({
  name,
  admin: false,
  groups: [],
  from: undefined,
  until: undefined,
});
const book = new Map([['1', { name: 'ada', claims: {} }]]);

describe('a name', () => {
  test('is the login where it is free, and small', () => {
    const { names, fresh } = giveNames(['2'], book, [], new Map([['2', 'Grace-H']]));
    expect([...names]).toEqual([
      ['1', 'ada'],
      ['2', 'grace-h'],
    ]);
    expect([...fresh]).toEqual([['2', 'grace-h']]);
  });

  test('stays what it is, whatever the login is now', () => {
    const { names, fresh } = giveNames(['1'], book, [], new Map([['1', 'ada-married']]));
    expect([names.get('1'), fresh.size]).toEqual(['ada', 0]);
  });

  test('of a login that somebody else had gets the id', () => {
    const logins = new Map([['2', 'Ada']]);
    expect(giveNames(['2'], book, [], logins).names.get('2')).toBe('ada-2');
  });

  test.each([
    ['no login is known', new Map<string, string>(), 'user-7'],
    ['the login is a machine of ours', new Map([['7', 'deploy_0']]), 'deploy_0-7'],
    ['the login has a form that hubs do not take', new Map([['7', 'a[bot]']]), 'user-7'],
  ])('%s', (_what, logins, expected) => {
    expect(giveNames(['7'], book, [], logins).names.get('7')).toBe(expected);
  });

  test('accounts that bear all of them keep nobody out, and stop no run', () => {
    const logins = new Map([
      ['90', 'user-7'],
      ['91', 'user-7-7'],
      ['92', 'user-7--1'],
      ['93', 'user-7--2'],
    ]);
    const { names } = giveNames([...logins.keys(), '7'], new Map(), [], logins);
    expect([...names.values()]).toEqual([...logins.values(), 'user-7--3']);
  });

  test('the id’s own names may be taken too', () => {
    const names = ['ada-2', 'user-2'].map((name, index) => [String(90 + index), entry(name)]);
    const present = new Map(names as [string, Entry][]);
    const given = giveNames(['2'], book, [present], new Map([['2', 'ada']]));
    expect(given.names.get('2')).toBe('user-2--1');
  });

  test('of a hub that was filled by hand goes into the book; of two hubs the first counts', () => {
    const [one, two] = [new Map([['5', entry('eva')]]), new Map([['5', entry('eva-2')]])];
    const { fresh } = giveNames(['5', '6'], book, [one, two], new Map([['6', 'eva-2']]));
    expect([...fresh]).toEqual([
      ['5', 'eva'],
      ['6', 'eva-2-6'],
    ]);
  });

  test('no two ids ever get the same, whatever the logins', () => {
    const login = fc.constantFrom('ada', 'ADA', 'ada-2', 'user-3', 'deploy_0', 'x', 'a b');
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('2', '3', '4', '5'), login), (logins) => {
        const ids = Object.keys(logins);
        const { names } = giveNames(ids, book, [], new Map(Object.entries(logins)));
        expect(new Set(names.values()).size).toBe(ids.length + 1);
      }),
    );
  });
});

describe('the book', () => {
  test('is one file for each id', () => {
    const ada = { name: 'ada', claims: { science: 'claim-ada' } };
    const files = new Map([
      [nameFile('1'), nameText(ada)],
      ['README.md', 'names'],
    ]);
    expect(files.get('1.json')).toBe('{"claims":{"science":"claim-ada"},"name":"ada","v":1}\n');
    expect(readBook(files)).toEqual(new Map([['1', ada]]));
  });

  test.each([
    ['no JSON', '{'],
    ['another version', '{"v": 2, "name": "ada"}'],
    ['no name', '{"v": 1}'],
    ['no name of ours', '{"v": 1, "name": "Ada"}'],
    ['claims of another form', '{"v": 1, "name": "ada", "claims": []}'],
  ])('that is damaged is none: %s', (_what, text) => {
    expect(readBook(new Map([['1.json', text]]))).toBeUndefined();
  });

  test('that gives one name twice is none', () => {
    const text = '{"v": 1, "name": "ada"}';
    const files = ['1.json', '2.json'].map((path): [string, string] => [path, text]);
    expect(readBook(new Map(files))).toBeUndefined();
    expect(readBook(new Map(files.slice(1)))).toEqual(
      new Map([['2', { name: 'ada', claims: {} }]]),
    );
  });
});
