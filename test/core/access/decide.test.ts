import { describe, expect, test } from '@jest/globals';
import { decideAccess } from '../../../src/core/access/decide.ts';
import type { AccessFacts, AccessPlan } from '../../../src/core/access/decide.ts';
import { isMany } from '../../../src/core/access/gates.ts';
import type { Entry } from '../../../src/core/access/entry.ts';
import type { Affiliation } from '../../../src/core/access/people.ts';
import type { HubUser } from '../../../src/core/access/plan.ts';
import {
  NOON,
  entry,
  facts,
  many,
  of,
  people,
  presentHub,
  team,
  wish,
} from '../../support/access-facts.ts';
import { fc } from '../../support/property.ts';

const TEAM = 'team:OGGM/users';
const RESEARCHER = of('tier:researcher', { why: 'access/members/7.yaml', until: '2027-01-31' });

const steps = (plan: AccessPlan) =>
  plan.hubs.flatMap((hub) => hub.steps.map(({ kind, id, name, why }) => [kind, id, name, why]));
const held = (plan: AccessPlan) => plan.held.map(({ id, reason }) => [id, reason]);
const inHub = (plan: AccessPlan) => [...(plan.hubs[0]?.entries.keys() ?? [])];
const there = (entries: Parameters<typeof presentHub>[0], users: HubUser[] = []) =>
  new Map([['science', presentHub(entries, users)]]);
const user = (name: string): HubUser => ({ name, servers: [], tokens: 0 });

describe('a person', () => {
  test('who is new gets a name and comes in', () => {
    const plan = decideAccess(
      facts({ people: people({ '7': [RESEARCHER] }, { logins: new Map([['7', 'Ada']]) }) }),
    );
    expect(steps(plan)).toEqual([['grant', '7', 'ada', 'access/members/7.yaml']]);
    expect([...plan.names]).toEqual([['7', { name: 'ada', claims: {} }]]);
    expect(plan.hubs[0]?.entries.get('7')).toEqual(
      entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' }),
    );
  });

  test('of a team gets the login of the team', () => {
    const plan = decideAccess(facts({ teams: new Map([['team:oggm/users', team('7')]]) }));
    expect(steps(plan)).toEqual([['grant', '7', 'login7', TEAM]]);
  });

  test('who is there as wanted is left alone, under the name of this hub', () => {
    const present = entry('other', { groups: ['tier:researcher'], until: '2027-01-31' });
    const book = new Map([['7', { name: 'ada', claims: {} }]]);
    const plan = decideAccess(
      facts({ people: people({ '7': [RESEARCHER] }), present: there({ '7': present }), book }),
    );
    expect([steps(plan), plan.names.size]).toEqual([[], 0]);
  });

  test.each<[string, Partial<ReturnType<typeof entry>>, string]>([
    ['the end', { until: '2026-12-31' }, 'until 2026-12-31 → 2027-01-31'],
    ['an end at all', { until: undefined }, 'until no end → 2027-01-31'],
    ['the beginning', { from: '2026-01-01' }, 'from 2026-01-01 → ever'],
    ['an administrator', { admin: true }, 'is no administrator any more'],
    ['groups', { groups: ['cohort:old'] }, '+ tier:researcher, − cohort:old'],
    ['what the door cannot read', { groups: ['tier:researcher'], isDamaged: true }, 'written anew'],
    ['the order', { groups: ['tier:researcher', 'tier:researcher'] }, 'written anew'],
  ])('changes: %s', (_what, changes, why) => {
    const before = entry('ada', {
      groups: ['tier:researcher'],
      until: '2027-01-31',
      ...changes,
    });
    const plan = decideAccess(
      facts({ people: people({ '7': [RESEARCHER] }), present: there({ '7': before }) }),
    );
    expect(steps(plan)).toEqual([['change', '7', 'ada', `${why}: access/members/7.yaml`]]);
    expect(plan.hubs[0]?.entries.get('7')).toEqual(
      entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' }),
    );
  });

  test('becomes administrator', () => {
    const wishes = [wish('science', { allow: [], admins: ['tier:researcher'] })];
    const before = entry('ada', { groups: ['tier:researcher'], until: '2027-01-31' });
    const plan = decideAccess(
      facts({ wishes, people: people({ '7': [RESEARCHER] }), present: there({ '7': before }) }),
    );
    expect(steps(plan)[0]?.[3]).toBe('becomes administrator: access/members/7.yaml');
  });

  test('whose time is over expires, and is not counted as taken out', () => {
    const entries = Object.fromEntries(
      Object.entries(many(60, 'tier:researcher')).map(([id, one]) => [
        id,
        { ...one, until: '2026-11-23' },
      ]),
    );
    const plan = decideAccess(facts({ present: there(entries) }));
    expect(steps(plan).filter(([kind]) => kind === 'expire')).toHaveLength(60);
    expect(steps(plan)[0]).toEqual(['expire', '100', 'login100', 'access ended 2026-11-23']);
    expect([held(plan), inHub(plan)]).toEqual([[], []]);
  });

  test.each([
    [['tier:researcher'], 'no longer in files of tier:researcher'],
    [[TEAM, 'tier:a'], 'no longer in team:OGGM/users, files of tier:a'],
    [[], 'no file and no team lets them in'],
  ])('of %j whom nothing lets in is taken out', (groups, why) => {
    const plan = decideAccess(facts({ present: there({ '7': entry('ada', { groups }) }) }));
    expect(steps(plan)).toEqual([['revoke', '7', 'ada', why]]);
    expect(inHub(plan)).toEqual([]);
  });

  test('whose name somebody else has in this hub waits', () => {
    const book = new Map([['7', { name: 'ada', claims: {} }]]);
    const present = there({ '8': entry('ada', { groups: [TEAM] }) });
    const teams = new Map([['team:oggm/users', team('8')]]);
    const plan = decideAccess(
      facts({ people: people({ '7': [RESEARCHER] }), present, book, teams }),
    );
    expect(held(plan)).toEqual([['7', 'name-taken']]);
    expect(inHub(plan)).toEqual(['8']);
  });
});

describe('whom the hub still knows', () => {
  const book = new Map([['9', { name: 'gone', claims: {} }]]);

  test('and nothing lets in, is owed the end', () => {
    const users = ['gone', 'stranger', 'deploy_0', 'ada'].map(user);
    const logins = new Map([['7', 'ada']]);
    const plan = decideAccess(
      facts({ people: people({ '7': [RESEARCHER] }, { logins }), book, present: there({}, users) }),
    );
    const why = 'the hub still knows them, and nothing lets them in';
    expect(steps(plan).filter(([kind]) => kind === 'revoke')).toEqual([
      ['revoke', undefined, 'stranger', why],
      ['revoke', '9', 'gone', why],
    ]);
  });

  test('and who is protected, is left alone', () => {
    const plan = decideAccess(
      facts({
        people: people({}, { protected: new Set(['9']) }),
        book,
        present: there({}, [user('gone')]),
      }),
    );
    expect(steps(plan)).toEqual([]);
  });

  test('under another name than in the file, leaves what is in the file alone', () => {
    const stay = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [`${n + 1}`, [RESEARCHER]]),
    );
    const crowd = { ...many(40, 'tier:researcher', 1), ...many(8, TEAM) };
    const plan = decideAccess(
      facts({
        people: people(stay),
        book: new Map([['100', { name: 'other', claims: {} }]]),
        present: there(crowd, [user('other')]),
      }),
    );
    expect(steps(plan).filter(([kind]) => kind === 'revoke')).toEqual([
      ['revoke', undefined, 'other', 'the hub still knows them, and nothing lets them in'],
    ]);
    expect(inHub(plan)).toContain('100');
    expect(held(plan)).toHaveLength(8);
  });

  test('and who is in the file, is one revocation and not two', () => {
    const present = there({ '9': entry('gone') }, [user('gone')]);
    expect(steps(decideAccess(facts({ book, present })))).toHaveLength(1);
  });
});

describe('a class that has come to its end in a hub that did not answer', () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(100 + index));
  const book = new Map(ids.map((id) => [id, { name: `login${id}`, claims: {} }]));
  const users = ids.map((id) => user(`login${id}`));
  const names = (plan: AccessPlan) => steps(plan).map(([kind, , name]) => [kind, name]);

  const owed = new Set(users.map(({ name }) => name));
  /** The hub with these people in its file, after the run that took the class out. */
  const afterRun = (entries: Record<string, Entry>): AccessFacts['present'] =>
    new Map([['science', { ...presentHub(entries, users), owed }]]);

  // Their entries went with the first run, which was none of many; the records are owed.
  test('is owed the end by the next run, however many they are', () => {
    const plan = decideAccess(facts({ book, present: afterRun({}) }));
    expect(names(plan)).toEqual(users.map(({ name }) => ['revoke', name]));
    expect(held(plan)).toEqual([]);
  });

  test('holds up nobody else, and is held up by nobody', () => {
    const present = afterRun(many(6, 'tier:researcher', 300));
    const plan = decideAccess(facts({ book, present }));
    expect(names(plan)).toHaveLength(20);
    expect(held(plan)).toEqual(
      Array.from({ length: 6 }, (_, index) => [String(300 + index), 'nobody-left']),
    );
    const few = afterRun(many(5, 'tier:researcher', 300));
    const staying = people({ '300': [of('tier:researcher')] });
    expect(held(decideAccess(facts({ book, people: staying, present: few })))).toEqual([]);
  });

  test('is owed it where names cannot be read, too', () => {
    const plan = decideAccess(facts({ book: undefined, present: afterRun({}) }));
    expect([names(plan).length, held(plan)]).toEqual([20, []]);
  });

  test('whom the run did not write down is counted', () => {
    const present = new Map([
      ['science', { ...presentHub({}, users), owed: new Set([...owed].slice(2)) }],
    ]);
    expect(held(decideAccess(facts({ book, present })))).toEqual([
      ['100', 'nobody-left'],
      ['101', 'nobody-left'],
    ]);
  });

  test('those whom only the hub knows are counted', () => {
    const strangers = Array.from({ length: 6 }, (_, index) => user(`stranger-${index}`));
    const plan = decideAccess(facts({ book, present: there({}, strangers) }));
    expect(held(plan)).toEqual(strangers.map(() => [undefined, 'nobody-left']));
  });
});

describe('a hub whose file is lost while it knows people', () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(100 + index));
  const book = new Map(ids.map((id) => [id, { name: `login${id}`, claims: {} }]));
  const users = ids.map((id) => user(`login${id}`));
  const staying = (count: number) =>
    people(Object.fromEntries(ids.slice(0, count).map((id) => [id, [RESEARCHER]])));
  const decided = (count: number, meant = 0): AccessPlan => {
    const removals = [{ from: 'science', count: meant }];
    const named = { ...staying(count), removals };
    return decideAccess(facts({ book, people: named, present: there({}, users) }));
  };

  test('and people’s files with it, keeps everybody', () => {
    const plan = decided(0);
    expect([steps(plan), held(plan)]).toEqual([[], ids.map((id) => [id, 'nobody-left'])]);
  });

  test.each([
    [14, 6],
    [15, 0],
  ])('and files of all but %i: %i are held', (count, kept) => {
    const plan = decided(count);
    expect(held(plan)).toEqual(ids.slice(20 - kept, 20).map((id) => [id, 'too-many']));
    expect(steps(plan).filter(([kind]) => kind === 'grant')).toHaveLength(count);
    expect(steps(plan).filter(([kind]) => kind === 'revoke')).toHaveLength(20 - count - kept);
  });

  test('says what it found, and lets those go who are meant', () => {
    expect(decided(14).held[0]?.text).toBe(
      '6, and 0 are in its file, would leave science; if that is meant, write {from: science, count: 6, reason: …} into access/removals.yaml',
    );
    expect(held(decided(14, 6))).toEqual([]);
  });
});

describe('what holds a revocation', () => {
  const gone = there({ '7': entry('ada', { groups: ['tier:researcher'] }) });

  test.each<[string, Partial<AccessFacts>, string]>([
    ['protection', { people: people({}, { protected: new Set(['7']) }) }, 'protected'],
    [
      'a mistake in the person’s file',
      {
        people: people(
          {},
          { unreadable: { ids: new Set(['7']), cohorts: new Set(), limits: false } },
        ),
      },
      'unreadable',
    ],
    [
      'a mistake in removals.yaml',
      { people: people({}, { unreadable: { ids: new Set(), cohorts: new Set(), limits: true } }) },
      'unreadable',
    ],
    [
      'a mistake in the file of their class',
      {
        people: people(
          {},
          { unreadable: { ids: new Set(), cohorts: new Set(['class']), limits: false } },
        ),
        present: there({ '7': entry('ada', { groups: ['cohort:class'] }) }),
      },
      'unreadable',
    ],
    [
      'a team that is not known, where nobody knows who let them in',
      { teams: new Map(), present: there({ '7': entry('ada') }) },
      'incomplete',
    ],
  ])('%s', (_what, more, reason) => {
    const plan = decideAccess(facts({ present: gone, ...more }));
    expect([steps(plan), held(plan), inHub(plan)]).toEqual([[], [['7', reason]], ['7']]);
  });

  test('a team that is not known holds nobody whom a file let in', () => {
    const plan = decideAccess(facts({ teams: new Map(), present: gone }));
    expect(steps(plan)).toHaveLength(1);
    expect(plan.unknown).toEqual([{ team: TEAM, why: 'nothing is known of it' }]);
  });

  test('a team that is not known keeps its people as they are', () => {
    const present = there({ '7': entry('ada', { groups: [TEAM] }) });
    const plan = decideAccess(facts({ teams: new Map(), present }));
    expect([steps(plan), held(plan)]).toEqual([[], []]);
  });

  test('a change by files with mistakes waits too', () => {
    const before = entry('ada', { groups: ['cohort:class', 'tier:researcher'] });
    const plan = decideAccess(
      facts({
        people: people(
          { '7': [RESEARCHER] },
          { unreadable: { ids: new Set(), cohorts: new Set(['class']), limits: false } },
        ),
        present: there({ '7': before }),
      }),
    );
    expect([held(plan), plan.hubs[0]?.entries.get('7')]).toEqual([[['7', 'unreadable']], before]);
  });
});

describe('too many at once', () => {
  test.each([
    [5, 5, false],
    [6, 6, true],
    [6, 29, true],
    [6, 30, false],
    [7, 30, true],
    [10, 50, false],
    [11, 50, true],
    [11, 54, true],
  ])('%i of %i: %s', (going, present, expected) => {
    expect(isMany(going, present)).toBe(expected);
  });

  /** So many of 20 leave the hub, by their files. */
  const leaving = (count: number, removals: { from: string; count: number }[] = []) => {
    const entries = many(20, 'tier:researcher');
    const stay = Object.keys(entries).slice(count);
    return decideAccess(
      facts({
        people: people(Object.fromEntries(stay.map((id) => [id, [of('tier:researcher')]])), {
          removals,
        }),
        present: there(entries),
      }),
    );
  };

  test('few may go', () => {
    expect([steps(leaving(5)).length, held(leaving(5))]).toEqual([5, []]);
  });

  test('more are held, all of them, and it is said what lets them go', () => {
    const plan = leaving(6);
    expect([steps(plan), plan.held.length, inHub(plan).length]).toEqual([[], 6, 20]);
    expect(plan.held[0]).toEqual({
      hub: 'science',
      id: '100',
      reason: 'too-many',
      text: '6 of 20 would leave science; if that is meant, write {from: science, count: 6, reason: …} into access/removals.yaml',
    });
  });

  test.each([
    [[{ from: 'science', count: 6 }], 6],
    [[{ from: 'science', count: 7 }], 0],
    [[{ from: 'other', count: 6 }], 0],
  ])('with %j %i go', (removals, expected) => {
    expect(steps(leaving(6, removals))).toHaveLength(expected);
  });

  test('nobody left is no empty file’s doing, but one person may be the last', () => {
    const all = (count: number, removals: { from: string; count: number }[] = []) =>
      decideAccess(
        facts({ people: people({}, { removals }), present: there(many(count, 'tier:researcher')) }),
      );
    expect(steps(all(1))).toHaveLength(1);
    expect(held(all(2))).toEqual([
      ['100', 'nobody-left'],
      ['101', 'nobody-left'],
    ]);
    expect(all(2).held[0]?.text).toMatch(/^nobody would be left in science; if that is meant/u);
    expect(steps(all(2, [{ from: 'science', count: 2 }]))).toHaveLength(2);
  });

  test('somebody who comes is not held up', () => {
    const plan = decideAccess(
      facts({
        people: people({ '7': [RESEARCHER] }),
        present: there(many(20, 'tier:researcher')),
      }),
    );
    expect([steps(plan).map(([kind]) => kind), plan.held.length]).toEqual([['grant'], 20]);
  });

  /** A team of 8 in two hubs, of which so many are gone; in each hub there are 40 others. */
  const teamOf = (gone: number, removals: { from: string; count: number }[] = []) => {
    const members = many(8, TEAM, 900);
    const others = many(40, 'tier:researcher');
    const stay = Object.keys(members).slice(gone);
    const present = presentHub({ ...members, ...others });
    const files = Object.keys(others).map((id): [string, Affiliation[]] => [
      id,
      [of('tier:researcher')],
    ]);
    return decideAccess(
      facts({
        wishes: ['science', 'school'].map((hub) => wish(hub, { allow: ['tier:researcher', TEAM] })),
        people: people(Object.fromEntries(files), { removals }),
        teams: new Map([['team:oggm/users', team(...stay)]]),
        present: new Map([
          ['science', present],
          ['school', present],
        ]),
      }),
    );
  };

  test('of a team, each person once over all hubs', () => {
    expect([steps(teamOf(5)).length, teamOf(5).held]).toEqual([10, []]);
    const plan = teamOf(6);
    expect([steps(plan).length, plan.held.length]).toEqual([0, 12]);
    expect(plan.held[0]?.text).toMatch(/^6 of 8 would leave team:oggm\/users; if that is meant/u);
    expect(steps(teamOf(6, [{ from: TEAM, count: 6 }]))).toHaveLength(12);
    expect(steps(teamOf(6, [{ from: TEAM, count: 12 }]))).toHaveLength(0);
  });

  test('whatever the files: nobody protected goes, and no more than may', () => {
    const id = fc.integer({ min: 100, max: 139 }).map(String);
    fc.assert(
      fc.property(fc.uniqueArray(id), fc.uniqueArray(id, { maxLength: 3 }), (stay, kept) => {
        const plan = decideAccess(
          facts({
            people: people(Object.fromEntries(stay.map((one) => [one, [RESEARCHER]])), {
              protected: new Set(kept),
            }),
            present: there(many(40, 'tier:researcher')),
          }),
        );
        const gone = plan.hubs.flatMap((hub) =>
          hub.steps.filter(({ kind }) => kind === 'revoke').map((step) => step.id ?? ''),
        );
        expect(gone.length).toBeLessThanOrEqual(8);
        expect(gone.filter((one) => kept.includes(one))).toEqual([]);
      }),
    );
  });
});

describe('the digest', () => {
  const base = facts({ people: people({ '7': [RESEARCHER] }) });

  test('is the same for the same, and on the same day', () => {
    expect(decideAccess({ ...base, now: NOON + 3_600_000 }).digest).toBe(decideAccess(base).digest);
  });

  test.each<[string, Partial<AccessFacts>]>([
    ['people', { people: people({ '8': [RESEARCHER] }) }],
    ['what is there', { present: there({ '7': entry('login7') }) }],
    ['whom the hub knows', { present: there({}, [user('x')]) }],
  ])('differs by %s', (_what, more) => {
    expect(decideAccess({ ...base, ...more }).digest).not.toBe(decideAccess(base).digest);
  });
});
