import { describe, expect, test } from '@jest/globals';
import { agesToAsk, decideAccess } from '../../../src/core/access/decide.ts';
import type { AccessFacts, AccessPlan } from '../../../src/core/access/decide.ts';
import {
  adoptedText,
  inheritedFrom,
  inheritedIn,
  mayHave,
} from '../../../src/core/access/inherited.ts';
import { NOON, facts, presentHub, team, wish } from '../../support/access-facts.ts';

const SINCE = '2024-03-01T09:30:00Z';
const OLDER = Date.parse('2019-01-01T00:00:00Z');
const YOUNGER = Date.parse('2026-01-01T00:00:00Z');

test('names are kept with the earliest time that is known, and read as they were written', () => {
  const names = inheritedFrom([
    { name: 'ada', since: '2025-01-01T00:00:00Z' },
    { name: 'ada', since: SINCE },
    { name: 'bob', since: '' },
  ]);
  expect([...names]).toEqual([
    ['ada', SINCE],
    ['bob', ''],
  ]);
  const text = adoptedText(names, { ada: 'claim-ada' }, NOON);
  expect(text).toContain('"claims":{"ada":"claim-ada"}');
  expect(text).toContain('"until":"2026-11-25T12:00:00.000Z"');
  expect(inheritedIn(text)).toEqual(names);
  expect([...inheritedIn(''), ...inheritedIn('{"names": []}')]).toEqual([]);
});

test.each([
  ['a name that nobody had', 'eve', undefined, {}, true],
  ['an account that is older than the name', 'ada', OLDER, {}, true],
  ['an account that is younger', 'ada', YOUNGER, {}, false],
  ['an account of which nobody knows how old it is', 'ada', undefined, {}, false],
  ['a name of which nobody knows how old it is', 'bob', OLDER, {}, false],
  ['whom the file names', 'bob', undefined, { bob: 7 }, true],
  ['another than whom the file names', 'ada', OLDER, { ada: 8 }, false],
])('%s', (_what, name, created, people, may) => {
  const names = new Map([
    ['ada', SINCE],
    ['bob', ''],
  ]);
  expect(mayHave({ id: '7', name, created }, { names, people })).toBe(may);
});

describe('a hub that was taken over', () => {
  const hub = (people: Record<string, number> = {}) => {
    const made = wish('science', { allow: ['team:OGGM/users'] });
    return { ...made, data: { ...made.data, adopt: { release: 'science', people } } };
  };
  const inherited = new Map([['login1', SINCE]]);
  const given = (more: Partial<AccessFacts> = {}): AccessFacts =>
    facts({
      wishes: [hub()],
      teams: new Map([['team:oggm/users', team('1', '2')]]),
      present: new Map([['science', { ...presentHub({}), inherited }]]),
      ...more,
    });
  const names = ({ hubs }: AccessPlan): string[] =>
    (hubs[0]?.steps ?? []).map(({ kind, id, name }) => `${kind} ${id ?? ''} ${name}`);

  test('asks how old accounts are that want a name that was there', () => {
    expect([...agesToAsk(given())]).toEqual([['1', 'login1']]);
    expect([...agesToAsk(given({ present: new Map() }))]).toEqual([]);
    expect([...agesToAsk(given({ wishes: [hub({ login1: 1 })] }))]).toEqual([]);
  });

  test('gives a name to whose it was, and to nobody else', () => {
    const older = new Map([['1', OLDER]]);
    expect(names(decideAccess(given({ created: older })))).toEqual([
      'grant 1 login1',
      'grant 2 login2',
    ]);
    const younger = new Map([['1', YOUNGER]]);
    expect(names(decideAccess(given({ created: younger })))).toEqual([
      'grant 1 login1-1',
      'grant 2 login2',
    ]);
    const said = given({ created: younger, wishes: [hub({ login1: 1 })] });
    expect(names(decideAccess(said))).toContain('grant 1 login1');
  });

  test('gives a name to whom its file says, whatever they are called now, and to no other', () => {
    const wishes = [hub({ login1: 2 })];
    expect(agesToAsk(given({ wishes })).size).toBe(0);
    expect(names(decideAccess(given({ wishes })))).toEqual(['grant 1 login1-1', 'grant 2 login1']);
    // A name that nobody had is a slip of the pen, and names are given once.
    const slip = given({ wishes: [hub({ logni1: 2 })], created: new Map([['1', OLDER]]) });
    expect(names(decideAccess(slip))).toEqual(['grant 1 login1', 'grant 2 login2']);
  });

  test('takes a name from the branch names where the file came too late, as soon as both say it', () => {
    const book = new Map([['2', { name: 'login2', claims: {} }]]);
    const wishes = [hub({ login1: 2 })];
    expect(names(decideAccess(given({ wishes, book })))).toContain('grant 2 login2');
    const mended = new Map([['2', { name: 'login1', claims: {} }]]);
    expect(names(decideAccess(given({ wishes, book: mended })))).toContain('grant 2 login1');
    const { held } = decideAccess(given({ book: mended }));
    expect(held).toMatchObject([{ id: '2', reason: 'name-taken' }]);
  });

  test('holds who has such a name by another hub', () => {
    const book = new Map([['1', { name: 'login1', claims: {} }]]);
    const { hubs, held } = decideAccess(given({ book, created: new Map([['1', YOUNGER]]) }));
    expect(hubs[0]?.steps.map(({ id }) => id)).toEqual(['2']);
    expect(held).toMatchObject([
      { id: '1', reason: 'name-taken', text: expect.stringMatching(/adopt: people:/u) as unknown },
    ]);
  });

  test('puts nobody out while somebody waits for a name', () => {
    const users = [{ name: 'login1', servers: [''], tokens: 0 }];
    const present = new Map([['science', { ...presentHub({}, users), inherited }]]);
    const { hubs, held } = decideAccess(given({ present, unnamed: new Set(['1']) }));
    expect(hubs[0]?.steps).toEqual([]);
    expect(held.map(({ reason }) => reason)).toEqual(['no-names', 'no-names', 'no-names']);
  });

  test('lets nobody in before many who were there may go', () => {
    const users = Array.from({ length: 6 }, (_, index) => {
      return { name: `old${index}`, servers: [''], tokens: 0 };
    });
    const present = new Map([['science', { ...presentHub({}, users), inherited }]]);
    const created = new Map([['1', OLDER]]);
    const first = decideAccess(given({ present, created }));
    expect([first.hubs[0]?.steps, first.held.length]).toEqual([[], 8]);
    const removals = [{ from: 'science', count: 6, reason: 'they left' }];
    const meant = given({ present, created, people: { ...given().people, removals } });
    expect(decideAccess(meant).hubs[0]?.steps.length).toBe(8);
  });
});
