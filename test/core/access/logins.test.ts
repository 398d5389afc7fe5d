import { describe, expect, test } from '@jest/globals';
import { decideAccess, loginsToAsk } from '../../../src/core/access/decide.ts';
import { entry, facts, of, people, presentHub, team } from '../../support/access-facts.ts';

const STUDENT = of('tier:researcher', { until: '2027-01-31' });
/** Somebody of each kind: in a team, in a hub, in the book, with a login in a file, and one with none of these. */
const GIVEN = {
  people: people(
    { '1': [STUDENT], '2': [STUDENT], '3': [STUDENT], '4': [STUDENT], '9': [of('tier:other')] },
    { logins: new Map([['3', 'cleo']]) },
  ),
  teams: new Map([['team:oggm/users', team('5')]]),
  present: new Map([['science', presentHub({ '1': entry('ada') })]]),
  book: new Map([['2', { name: 'bob', claims: {} }]]),
};

describe('who has no name, and nobody says what they are called', () => {
  test('is asked for; who does not enter is not', () => {
    expect(loginsToAsk(facts(GIVEN))).toEqual(['4']);
    expect(loginsToAsk(facts({ ...GIVEN, book: undefined }))).toEqual(['2', '4']);
  });

  test('waits while GitHub does not say it, and everybody else enters', () => {
    const { hubs, held, names } = decideAccess(facts({ ...GIVEN, unnamed: new Set(['4']) }));
    expect(hubs[0]?.steps.map(({ kind, id }) => `${kind} ${id ?? ''}`)).toEqual([
      'change 1',
      'grant 2',
      'grant 3',
      'grant 5',
    ]);
    expect(held.map(({ id, reason }) => [id, reason])).toEqual([['4', 'no-names']]);
    expect([...names.keys()]).toEqual(['1', '3', '5']);
    expect(hubs[0]?.entries.has('4')).toBe(false);
  });

  test('stays in a hub that knows them', () => {
    const present = new Map([['science', presentHub({ '4': entry('dan') })]]);
    const { held } = decideAccess(facts({ ...GIVEN, present, unnamed: new Set(['4']) }));
    expect(held).toEqual([]);
  });

  test('is called by the login that was found', () => {
    const logins = new Map([['4', 'Dan']]);
    const found = { ...GIVEN, people: { ...GIVEN.people, logins } };
    expect(decideAccess(facts(found)).hubs[0]?.entries.get('4')?.name).toBe('dan');
  });
});
