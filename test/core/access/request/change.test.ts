import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { memberPath, memberText, withMembers } from '../../../../src/core/access/request/change.ts';
import { fc } from '../../../support/property.ts';

const file = 'access/cohorts/a.yaml';
const HEAD = '# A class\ntitle: A # of ice\n';

test.each([
  [
    'a list on one line',
    `${HEAD}members: [1, 2]\ncapacity: 3\n`,
    `${HEAD}members:\n  - 5\n  - 1\ncapacity: 3\n`,
  ],
  [
    'a list of lines',
    `${HEAD}members:\n  - 1\n  - 2 # two\ncapacity: 3\n`,
    `${HEAD}members:\n  - 5\n  - 1\ncapacity: 3\n`,
  ],
  [
    'lines without a margin',
    `${HEAD}members:\n- 1\n# old\n- 2\ncapacity: 3\n`,
    `${HEAD}members:\n  - 5\n  - 1\ncapacity: 3\n`,
  ],
  ['no list', `${HEAD}capacity: 3\n\n`, `${HEAD}capacity: 3\nmembers:\n  - 5\n  - 1\n`],
  ['at the end', `${HEAD}members: []`, `${HEAD}members:\n  - 5\n  - 1\n`],
])('members are written in place of %s', (_name, text, expected) => {
  expect(withMembers({ file, text }, [5, 1])).toEqual({ path: file, text: expected });
});

const LISTED = `${HEAD}members:\n  # first week\n  - 1 # ada\n  - 2\n# places\ncapacity: 3\n`;
test.each<[string, string, number[], string]>([
  ['behind the last one', LISTED, [1, 2, 7, 9], LISTED.replace('- 2\n', '- 2\n  - 7\n  - 9\n')],
  ['without one', LISTED, [2], LISTED.replace('  - 1 # ada\n', '')],
  ['one for another', LISTED, [1, 9], LISTED.replace('- 2\n', '- 9\n')],
  ['with their margin', `members:\n- 1\n- 2 # b\n`, [1, 2, 3], `members:\n- 1\n- 2 # b\n- 3\n`],
  ['in another order', LISTED, [2, 1], `${HEAD}members:\n  - 2\n  - 1\ncapacity: 3\n`],
  ['nobody any more', LISTED, [], `${HEAD}members: []\ncapacity: 3\n`],
  ['ids that are no plain numbers', 'members:\n  - "1"\n', [1], 'members:\n  - 1\n'],
])('of a list of lines what is said stays: %s', (_name, text, members, expected) => {
  expect(withMembers({ file, text }, members)).toEqual({ path: file, text: expected });
});

test('a class without members', () => {
  expect(withMembers({ file, text: 'members: [1]\n' }, [])).toEqual({
    path: file,
    text: 'members: []\n',
  });
});

test.each(['{members: [1]}\n', '"members": [1]\n'])('%j cannot be added to', (text) => {
  expect(withMembers({ file, text }, [5, 1])).toBeUndefined();
});

test('a member’s file reads as what it is, whatever the login', () => {
  const word = fc.oneof(
    fc.constantFrom('no', '1e3', '0x4A6F', 'null', '__proto__', 'true', '123'),
    fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,20}$/u),
  );
  fc.assert(
    fc.property(word, fc.integer({ min: 1, max: 2 ** 40 }), (login, id) => {
      const member = {
        id,
        login,
        tier: 'null',
        from: '2026-01-01',
        until: '2027-02-28',
        request: 3,
      };
      expect(load(memberText(member))).toEqual(member);
    }),
  );
});

test('a member’s file holds what is known', () => {
  expect(memberText({ id: 7, tier: 'a', until: '2027-02-28' })).toBe(
    'id: 7\ntier: "a"\nuntil: "2027-02-28"\n',
  );
  expect(memberPath(7)).toBe('access/members/7.yaml');
});
