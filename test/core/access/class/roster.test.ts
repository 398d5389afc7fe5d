import { describe, expect, test } from '@jest/globals';
import { loginKey, rosterOf } from '../../../../src/core/access/class/roster.ts';
import type { FoundAccount } from '../../../../src/core/access/class/roster.ts';
import { classJson, classText } from '../../../../src/core/access/class/text.ts';
import type { ClassResult } from '../../../../src/core/access/class/text.ts';

const NOW = Date.UTC(2027, 1, 1);
const DAY = 86_400_000;
const account = (id: number, login: string, more: Partial<FoundAccount> = {}): FoundAccount => ({
  id,
  login,
  name: `Name ${id}`,
  createdAt: NOW - 30 * DAY,
  ...more,
});
const ada = account(1, 'Ada');
const bob = account(2, 'bob', { name: undefined });
const eva = account(3, 'eva', { createdAt: NOW - 30 * DAY + 1 });
const lea = account(4, 'lea');
const found = new Map([ada, bob, eva, lea].map((one) => [loginKey(one.login), one]));
const cohort = { leads: [4], members: [2] };

const roster = (logins: string[]) => rosterOf(logins, found, cohort, NOW);

describe('who of a list comes into a class', () => {
  test('members and leads are in already, and keep their places', () => {
    expect(roster(['ada', 'BOB', 'lea'])).toEqual({
      comes: [{ ...ada, isYoung: false }],
      already: [
        { ...bob, isYoung: false },
        { ...lea, isYoung: false },
      ],
      unknown: [],
      doubled: [],
      members: [2, 1],
    });
  });

  test('an account is young until it is 30 days old', () => {
    expect(roster(['ada', 'eva']).comes.map(({ isYoung }) => isYoung)).toEqual([false, true]);
  });

  test('twice is twice in other letters too, known or not', () => {
    const { comes, doubled, unknown } = roster(['eva', 'Eva', 'gone', 'GONE', 'eva']);
    expect([comes.map(({ login }) => login), doubled, unknown]).toEqual([
      ['eva'],
      ['Eva', 'GONE', 'eva'],
      ['gone'],
    ]);
  });
});

const result = (more: Partial<ClassResult> = {}): ClassResult => ({
  slug: 'course',
  file: 'access/cohorts/course.yaml',
  roster: roster(['ada', 'eva', 'bob', 'gone', 'Ada']),
  skipped: [
    { line: 1, text: 'login', why: 'heading' },
    { line: 7, text: 'a b', why: 'no-login' },
  ],
  capacity: 3,
  written: true,
  requests: 1,
  ...more,
});
const HEAD = 'course: 2 come in, 1 are in already, 1 unknown, 1 twice, 2 lines without a login';

describe('what is said of it', () => {
  test('to a person, with the names that people give themselves', () => {
    expect(classText(result(), 'everybody').split('\n')).toEqual([
      HEAD,
      '  + 1 Ada  Name 1',
      '  + 3 eva  Name 3  ⚠ the account is younger than 30 days',
      '  = 2 bob  (no name)',
      '  ⚠ nobody is called gone: mistyped, or renamed since',
      '  ⚠ Ada stands there twice',
      '  ⚠ line 1 is taken for a heading: login',
      '  ⚠ line 7 is no login: a b',
      '3 of 3 places: access/cohorts/course.yaml is written; look at the names, then ask for it in a pull request',
      '',
    ]);
  });

  test('names cannot write to the terminal', () => {
    const evil = account(9, 'x', { name: 'a\n::error::\u{1B}[31m\u{202E}' });
    const comes = { ...roster([]), comes: [{ ...evil, isYoung: false }] };
    expect(classText(result({ roster: comes }), 'everybody')).toContain(
      '  + 9 x  a ::error::<U+001B>[31m<U+202E>\n',
    );
  });

  test('where anybody may read along, numbers only', () => {
    const text = classText(result(), 'counts');
    expect(text.split('\n').slice(0, 2)).toEqual([HEAD, expect.stringMatching(/^3 of 3 places/u)]);
    const json = classJson(result(), 'counts');
    expect([
      json['comes'],
      json['already'],
      json['unknown'],
      json['doubled'],
      json['skipped'],
    ]).toEqual([[], [], [], [], []]);
    expect(json['counts']).toEqual({
      comes: 2,
      already: 1,
      unknown: 1,
      doubled: 1,
      young: 1,
      skipped: 2,
      members: 3,
    });
  });

  test('to programs', () => {
    expect(classJson(result(), 'everybody')).toMatchObject({
      cohort: 'course',
      file: 'access/cohorts/course.yaml',
      written: true,
      capacity: 3,
      requests: 1,
      comes: [
        { id: 1, login: 'Ada', name: 'Name 1', created: '2027-01-02T00:00:00.000Z', young: false },
        { id: 3, young: true },
      ],
      already: [{ id: 2, name: null }],
      unknown: ['gone'],
      doubled: ['Ada'],
      skipped: [{ line: 1, text: 'login', why: 'heading' }, { line: 7 }],
    });
  });

  test.each([
    [2, '3 of 2 places: nothing is written; raise the capacity, or make a second class'],
    [3, '3 of 3 places: there is nothing to write'],
  ])('why nothing is written with %i places', (capacity, expected) => {
    const text = classText(result({ capacity, written: false }), 'counts');
    expect(text.split('\n')[1]).toBe(expected);
  });
});
