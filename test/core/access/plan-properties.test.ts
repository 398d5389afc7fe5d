import { describe, expect, test } from '@jest/globals';
import { dayOf, daysAfter } from '../../../src/core/access/days.ts';
import { decideAccess } from '../../../src/core/access/decide.ts';
import type { AccessFacts, AccessPlan } from '../../../src/core/access/decide.ts';
import type { Entry } from '../../../src/core/access/entry.ts';
import type { Affiliation } from '../../../src/core/access/people.ts';
import type { AccessStep, HubUser, PresentHub } from '../../../src/core/access/plan.ts';
import { teamKey } from '../../../src/core/access/teams.ts';
import type { TeamList } from '../../../src/core/access/teams.ts';
import { NOON, entry, of, people, team, wish } from '../../support/access-facts.ts';
import { fc } from '../../support/property.ts';

/*
 * What holds of every plan, whatever the files say and whatever the hubs know: two hubs, two teams, forty people.
 */
const HUBS = ['science', 'teaching'];
const IDS = Array.from({ length: 40 }, (_, index) => String(100 + index));
const TEAM = 'team:OGGM/users';
const GROUPS = ['tier:researcher', 'tier:student', 'cohort:course', TEAM, 'team:OGGM/model'];
const RUNS = { numRuns: 250 };

const someDay = fc.integer({ min: -3, max: 3 }).map((ago) => daysAfter(dayOf(NOON), ago));
const day = fc.option(someDay, { nil: undefined });
/** No span ends before it begins: `check` refuses such a file. */
const span = fc
  .record({ from: day, until: day })
  .filter(({ from, until }) => from === undefined || until === undefined || from <= until);
const groups = fc.subarray(GROUPS, { maxLength: 2 });

/** Mostly one kind, so that gates have something to count. */
const belonging: fc.Arbitrary<Affiliation> = fc
  .record({ who: fc.constantFrom(...GROUPS.slice(0, 3)), span })
  .map((drawn) => of(drawn.who, drawn.span));

function byId<T>(values: fc.Arbitrary<T>): fc.Arbitrary<Map<string, T>> {
  const pairs = fc.tuple(fc.constantFrom(...IDS), values);
  return fc
    .uniqueArray(pairs, { selector: ([id]) => id, maxLength: IDS.length, size: 'max' })
    .map((found) => new Map(found));
}

/** A name belongs to one person: mostly the own login, now and then another one's. */
function withNames<T>(map: Map<string, T>, turned: number): [string, T, string][] {
  return [...map].map(([id, value]) => [id, value, `login${Number(id) + turned}`]);
}

const turn = fc.constantFrom(0, 0, 0, 1, 40);

const presentHub: fc.Arbitrary<PresentHub> = fc
  .record({
    entries: byId(fc.record({ groups, span, admin: fc.boolean() })),
    turned: turn,
    users: fc.uniqueArray(fc.constantFrom(...IDS), { maxLength: 12 }),
    owed: fc.subarray(IDS),
  })
  .map(({ entries, turned, users, owed }) => ({
    owed: new Set(owed.map((id) => `login${id}`)),
    entries: new Map(
      withNames(entries, turned).map(([id, { span: days, ...more }, name]): [string, Entry] => [
        id,
        entry(name, { ...days, ...more }),
      ]),
    ),
    users: users.map((id): HubUser => ({ name: `login${id}`, servers: [''], tokens: 1 })),
  }));

const teamOf: fc.Arbitrary<TeamList> = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(IDS).map((ids) => team(...ids)) },
  { weight: 1, arbitrary: fc.constant<TeamList>({ kind: 'unknown', why: 'a page is missing' }) },
);

const book = byId(fc.constant(undefined)).chain((ids) =>
  turn.map(
    (turned) => new Map(withNames(ids, turned).map(([id, , name]) => [id, { name, claims: {} }])),
  ),
);

const removals = fc.uniqueArray(
  fc.record({
    from: fc.constantFrom(...HUBS, TEAM, 'team:oggm/MODEL'),
    count: fc.integer({ min: 1, max: 40 }),
  }),
  { maxLength: 3 },
);

const allow = fc.subarray(GROUPS, { minLength: 1 });

const anyFacts: fc.Arbitrary<AccessFacts> = fc
  .record({
    allows: fc.tuple(allow, allow),
    affiliations: byId(fc.array(belonging, { minLength: 1, maxLength: 2 })),
    teams: fc.tuple(teamOf, teamOf),
    present: fc.tuple(presentHub, presentHub),
    book: fc.option(book, { nil: undefined, freq: 9 }),
    removals,
    protectedIds: fc.subarray(IDS, { maxLength: 3 }),
    unreadable: fc.subarray(IDS, { maxLength: 2 }),
  })
  .map((drawn) => ({
    wishes: HUBS.map((hub, index) => wish(hub, { allow: drawn.allows[index] ?? [] })),
    people: people(Object.fromEntries(drawn.affiliations), {
      removals: drawn.removals,
      protected: new Set(drawn.protectedIds),
      unreadable: { ids: new Set(drawn.unreadable), cohorts: new Set(), limits: false },
    }),
    teams: new Map([
      ['team:oggm/users', drawn.teams[0]],
      ['team:oggm/model', drawn.teams[1]],
    ]),
    present: new Map(HUBS.map((hub, index) => [hub, drawn.present[index] ?? drawn.present[0]])),
    book: drawn.book,
    unnamed: new Set<string>(),
    now: NOON,
  }));

const steps = ({ hubs }: AccessPlan): AccessStep[] => hubs.flatMap((hub) => hub.steps);
const revoked = (plan: AccessPlan): AccessStep[] =>
  steps(plan).filter(({ kind }) => kind === 'revoke');
const key = ({ hub, id }: { hub: string; id: string | undefined }): string => `${hub} ${id ?? ''}`;
const mostOf = (count: number): number => Math.max(5, Math.floor(count / 5));
const meant = (facts: AccessFacts, from: string): number[] =>
  facts.people.removals.filter((one) => teamKey(one.from) === from).map(({ count }) => count);

function always(check: (facts: AccessFacts, plan: AccessPlan) => void): void {
  fc.assert(
    fc.property(anyFacts, (facts) => check(facts, decideAccess(facts))),
    RUNS,
  );
}

describe('of a hub', () => {
  test('no more go than a mistake may take out, or than somebody wrote down', () => {
    always((facts, plan) => {
      for (const { hub, steps: all, present } of plan.hubs) {
        // Whom an earlier run took out of the file, as it wrote down, was counted there.
        const isOwed = ({ before, name }: AccessStep): boolean =>
          before === undefined && present.owed?.has(name) === true;
        const gone = all.filter((step) => step.kind === 'revoke' && !isOwed(step)).length;
        const allowed = Math.max(mostOf(present.entries.size), ...meant(facts, hub));
        expect(gone).toBeLessThanOrEqual(allowed);
      }
    });
  });

  test('whom a team lets in that is not known in full, nobody is taken out', () => {
    always((facts, plan) => {
      for (const { who, list } of [
        { who: 'team:oggm/users', list: facts.teams.get('team:oggm/users') },
        { who: 'team:oggm/model', list: facts.teams.get('team:oggm/model') },
      ]) {
        if (list?.kind !== 'unknown') continue;
        const naming = facts.wishes.filter(({ data }) => data.access.allow.some(isSame(who)));
        const out = revoked(plan).filter(
          ({ hub, before }) =>
            naming.some((one) => one.hub === hub) && before?.groups.some(isSame(who)) === true,
        );
        expect(out).toEqual([]);
      }
    });
  });

  test('nobody protected is taken out', () => {
    always((facts, plan) => {
      const out = revoked(plan).filter(({ id }) => facts.people.protected.has(id ?? ''));
      expect(out).toEqual([]);
    });
  });
});

const isSame =
  (who: string) =>
  (one: string): boolean =>
    teamKey(one) === who;

test('of a team no more go than a mistake may take out, or than somebody wrote down', () => {
  always((facts, plan) => {
    for (const who of facts.teams.keys()) {
      const known = namesIn(
        [...facts.present.values()].flatMap(({ entries }) => [...entries.values()]),
        who,
      );
      const gone = namesIn(
        revoked(plan).flatMap(({ before }) => before ?? []),
        who,
      );
      expect(gone).toBeLessThanOrEqual(Math.max(mostOf(known), ...meant(facts, who)));
    }
  });
});

function namesIn(entries: readonly Entry[], who: string): number {
  return new Set(entries.filter((one) => one.groups.some(isSame(who))).map(({ name }) => name))
    .size;
}

test('who is held stays exactly as they are', () => {
  always((facts, plan) => {
    const held = new Set(plan.held.filter(({ id }) => id !== undefined).map(key));
    expect(steps(plan).filter((step) => held.has(key(step)))).toEqual([]);
    for (const { hub, entries } of plan.hubs)
      for (const [id, before] of facts.present.get(hub)?.entries ?? [])
        if (held.has(key({ hub, id }))) expect(entries.get(id)).toEqual(before);
  });
});

test('each name of a hub belongs to one person', () => {
  always((_facts, plan) => {
    for (const { entries } of plan.hubs) {
      const names = [...entries.values()].map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});

/** The hubs and the book after everything was done. */
function after(facts: AccessFacts, plan: AccessPlan): AccessFacts {
  const present = plan.hubs.map(({ hub, entries, steps: done, present: before }) => {
    const out = done.filter(({ kind }) => kind === 'expire' || kind === 'revoke');
    const users = before.users.filter(({ name }) => !out.some((step) => step.name === name));
    return [hub, { entries, users, owed: before.owed ?? new Set<string>() }] as const;
  });
  const kept = facts.book && new Map([...facts.book, ...plan.names]);
  return { ...facts, present: new Map(present), book: kept };
}

test('what was done is not done again: only who was held may move next', () => {
  always((facts, plan) => {
    // Without a book a name is a guess, from the other hubs.
    if (!facts.book) return;
    const held = new Set(plan.held.map(key));
    const next = decideAccess(after(facts, plan));
    // Whose id nobody could say was held without one; the book may know it now.
    const mayMove = (step: AccessStep): boolean =>
      held.has(key(step)) || (step.before === undefined && held.has(`${step.hub} `));
    expect(steps(next).filter((step) => !mayMove(step))).toEqual([]);
    expect([...next.names.keys()]).toEqual([]);
  });
});

test('it comes to rest', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      let [state, rounds] = [facts, 0];
      for (let plan = decideAccess(state); steps(plan).length > 0; plan = decideAccess(state)) {
        state = after(state, plan);
        rounds += 1;
        if (rounds > IDS.length * HUBS.length) throw new Error('it does not come to rest');
      }
    }),
    RUNS,
  );
});

/** The same facts in another order. Hubs are in the order of their names, wherever they come from. */
function turned(facts: AccessFacts): AccessFacts {
  const back = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> => new Map([...map].reverse());
  const { affiliations, protected: ids, removals: given } = facts.people;
  return {
    ...facts,
    people: {
      ...facts.people,
      affiliations: new Map([...back(affiliations)].map(([id, list]) => [id, [...list].reverse()])),
      protected: new Set([...ids].reverse()),
      removals: [...given].reverse(),
    },
    teams: new Map(
      [...back(facts.teams)].map(([who, list]) => [
        who,
        list.kind === 'complete' ? { ...list, members: [...list.members].reverse() } : list,
      ]),
    ),
    present: new Map(
      [...back(facts.present)].map(([hub, { entries, users, owed = [] }]) => [
        hub,
        {
          entries: back(entries),
          users: [...users].reverse(),
          owed: new Set([...owed].reverse()),
        },
      ]),
    ),
    book: facts.book && back(facts.book),
  };
}

test('the order in which things are read decides nothing', () => {
  always((facts, plan) => {
    const other = decideAccess(turned(facts));
    const said = (one: AccessPlan): string[] =>
      one.held.map((step) => `${key(step)} ${step.reason}`).sort();
    const brief = (one: AccessPlan) =>
      steps(one).map(({ kind, hub, id, name, until }) => ({ kind, hub, id, name, until }));
    expect(other.digest).toBe(plan.digest);
    expect(brief(other)).toEqual(brief(plan));
    expect(said(other)).toEqual(said(plan));
    expect(new Map([...other.names].sort())).toEqual(new Map([...plan.names].sort()));
  });
});
