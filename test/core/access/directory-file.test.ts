import { describe, expect, test } from '@jest/globals';
import { readDirectory } from '../../../src/core/access/directory-file.ts';
import { teamList } from '../../../src/core/access/teams.ts';
import type { TeamList } from '../../../src/core/access/teams.ts';

const team = (slug: string, more: object = {}) => ({ organization: 'OGGM', slug, ...more });

function listOf(who: string, ...teams: object[]): TeamList {
  const reading = readDirectory(JSON.stringify({ v: 1, teams }));
  if (reading.kind === 'wrong') throw new Error(reading.message);
  return teamList(reading.teams, who);
}

const ada = { id: 1, login: 'ada' };
const ids = (list: TeamList) =>
  list.kind === 'complete' ? list.members.map(({ id }) => id) : list.why;

describe('a team', () => {
  test('by whatever letters, with ids and logins', () => {
    expect(listOf('team:oggm/Users', team('users', { members: [ada, { id: 2 }] }))).toEqual({
      kind: 'complete',
      members: [
        { id: '1', login: 'ada' },
        { id: '2', login: undefined },
      ],
    });
  });

  test.each<[string, object, string | string[]]>([
    ['all are there', { members: [ada], totalCount: 1 }, ['1']],
    ['one is missing', { members: [ada], totalCount: 2 }, '1 of 2 members are listed'],
    ['one too many', { members: [ada], totalCount: 0 }, '1 of 0 members are listed'],
    ['one has no id', { members: [ada, { login: 'b' }] }, '1 of 2 members are listed'],
    ['an id is text', { members: [{ id: '7' }] }, '0 of 1 members are listed'],
    ['an id is none', { members: [{ id: 0 }] }, '0 of 1 members are listed'],
    ['nobody is in it', { members: [], totalCount: 0 }, []],
    ['no list', {}, 'there is no list of its members'],
  ])('%s', (_what, more, expected) => {
    expect(ids(listOf('team:OGGM/users', team('users', more)))).toEqual(expected);
  });

  test('that nobody wrote down is unknown', () => {
    expect(ids(listOf('team:OGGM/other', team('users', { members: [ada] })))).toBe(
      'nothing is known of it',
    );
  });

  test('has the members of the teams below it, each once', () => {
    const teams = [
      team('all', { members: [ada] }),
      team('users', { parent: 'all', members: [{ id: 2 }, ada] }),
      team('deep', { parent: 'users', members: [{ id: 3 }] }),
    ];
    expect(ids(listOf('team:OGGM/all', ...teams))).toEqual(['1', '2', '3']);
    expect(ids(listOf('team:OGGM/deep', ...teams))).toEqual(['3']);
  });

  test('is not known while one below it is not', () => {
    const teams = [
      team('all', { members: [ada] }),
      team('users', { parent: 'all', members: [{ id: 2 }], totalCount: 3 }),
    ];
    expect(ids(listOf('team:OGGM/all', ...teams))).toBe('1 of 3 members are listed');
  });

  test('below itself is unknown', () => {
    const teams = [
      team('a', { parent: 'b', members: [] }),
      team('b', { parent: 'a', members: [] }),
    ];
    expect(ids(listOf('team:OGGM/a', ...teams))).toMatch(/is below itself/u);
  });
});

test.each([
  ['{', 'it is no object with "v": 1 and a list "teams"'],
  ['{"v": 2, "teams": []}', 'it is no object with "v": 1 and a list "teams"'],
  ['{"v": 1}', 'it is no object with "v": 1 and a list "teams"'],
  ['{"v": 1, "teams": [{"slug": "a"}]}', 'a team in it has no organization, or no slug'],
  ['{"v": 1, "teams": [{"organization": "a"}]}', 'a team in it has no organization, or no slug'],
])('%s is refused', (text, message) => {
  expect(readDirectory(text)).toEqual({ kind: 'wrong', message });
});
