import type { AccessFacts } from '../../src/core/access/decide.ts';
import type { Entry } from '../../src/core/access/entry.ts';
import type { Affiliation, People } from '../../src/core/access/people.ts';
import type { PresentHub } from '../../src/core/access/plan.ts';
import type { TeamList } from '../../src/core/access/teams.ts';
import type { HubWish } from '../../src/core/access/wanted.ts';

/** 24 November 2026, noon. */
export const NOON = Date.UTC(2026, 10, 24, 12);

export const entry = (name: string, more: Partial<Entry> = {}): Entry => ({
  name,
  admin: false,
  groups: [],
  from: undefined,
  until: undefined,
  ...more,
});

export const wish = (
  hub: string,
  access: { allow: string[] } & Partial<HubWish['data']['access']>,
): HubWish => ({
  hub,
  file: `environments/${hub}.yaml`,
  data: { access: { admins: [], staff: {}, ...access }, images: [], sizes: {}, mounts: [] },
});

export const of = (who: string, more: Partial<Affiliation> = {}): Affiliation => ({
  who,
  why: `file of ${who}`,
  from: undefined,
  until: undefined,
  ...more,
});

export const team = (...ids: string[]): TeamList => ({
  kind: 'complete',
  members: ids.map((id) => ({ id, login: `login${id}` })),
});

export const people = (
  affiliations: Record<string, Affiliation[]>,
  more: Partial<People> = {},
): People => ({
  affiliations: new Map(Object.entries(affiliations)),
  logins: new Map(),
  unreadable: { ids: new Set(), cohorts: new Set(), limits: false },
  removals: [],
  protected: new Set(),
  ...more,
});

export const presentHub = (
  entries: Record<string, Entry>,
  users: PresentHub['users'] = [],
): PresentHub => ({ entries: new Map(Object.entries(entries)), users });

/** So many people with ids from `first` on, in a hub by one group. */
export function many(count: number, group: string, first = 100): Record<string, Entry> {
  const all = Array.from({ length: count }, (_, index): [string, Entry] => {
    const id = String(first + index);
    return [id, entry(`login${id}`, { groups: [group] })];
  });
  return Object.fromEntries(all);
}

/** One hub that lets in researchers and a team, with nobody in it. */
export const facts = (more: Partial<AccessFacts> = {}): AccessFacts => ({
  wishes: [wish('science', { allow: ['tier:researcher', 'team:OGGM/users'] })],
  people: people({}),
  teams: new Map([['team:oggm/users', team()]]),
  present: new Map(),
  book: new Map(),
  unnamed: new Set(),
  now: NOON,
  ...more,
});
