import { digestOf } from '../digest.ts';
import { compareText } from '../json.ts';
import type { Digest } from '../unit.ts';
import { dayOf } from './days.ts';
import { entriesText } from './entry.ts';
import type { Entries, Entry } from './entry.ts';
import { gated } from './gates.ts';
import type { Counted } from './gates.ts';
import { mayHave } from './inherited.ts';
import { giveNames } from './names.ts';
import type { GivenName, NameBook, Naming } from './names.ts';
import type { People } from './people.ts';
import { entryFor, hubSteps } from './plan.ts';
import type { AccessStep, Around, HeldStep, HubSteps, PresentHub } from './plan.ts';
import { teamList } from './teams.ts';
import type { TeamLists } from './teams.ts';
import { unknownTeams, wantedIn } from './wanted.ts';
import type { HubWish, Wanted } from './wanted.ts';

/** Everything that decides who enters which hub. */
export interface AccessFacts {
  wishes: readonly HubWish[];
  people: People;
  teams: TeamLists;
  present: ReadonlyMap<string, PresentHub>;
  /** Undefined where names cannot be kept: nobody new enters then, and everything else goes on. */
  book: NameBook | undefined;
  /** Who has no name yet while GitHub does not say what they are called: a name is given once, so they wait. */
  unnamed: ReadonlySet<string>;
  /** When accounts were made that want names of a hub that was taken over: milliseconds since 1970. */
  created?: ReadonlyMap<string, number>;
  now: number;
}

/** One hub: its steps, and what its file is to hold after them. */
export interface HubPlan extends HubSteps {
  hub: string;
  present: PresentHub;
  entries: Entries;
}

export interface AccessPlan {
  digest: Digest;
  hubs: readonly HubPlan[];
  /** Names that the book has to hold before any file is written. */
  names: ReadonlyMap<string, GivenName>;
  held: readonly HeldStep[];
  /** What a hub was told of teams that are not known in full. */
  unknown: readonly { team: string; why: string }[];
}

const NOBODY: PresentHub = { entries: new Map(), users: [] };

/** Logins of who is to enter and has none, where a hub that was taken over had somebody of that name. By id. */
export function agesToAsk(facts: AccessFacts): Map<string, string> {
  const { wishes, people, teams, present, book } = facts;
  const said = new Set(wishes.flatMap(({ data }) => Object.keys(data.adopt?.people ?? {})));
  const names = new Set(
    [...present.values()].flatMap(({ inherited }) => [...(inherited?.keys() ?? [])]),
  );
  const logins = loginsOf(people, teams);
  const wanted = names.size === 0 ? [] : wantedIds(facts);
  return new Map(
    wanted.flatMap((id): [string, string][] => {
      const login = logins.get(id);
      const name = book?.get(id)?.name ?? login?.toLowerCase();
      return login !== undefined && name !== undefined && names.has(name) && !said.has(name)
        ? [[id, login]]
        : [];
    }),
  );
}

/** Ids that are to enter and have no name, of which neither files nor teams say what they are called. */
export function loginsToAsk(facts: AccessFacts): string[] {
  const { people, teams, present, book } = facts;
  const known = new Set([...(book?.keys() ?? []), ...loginsOf(people, teams).keys()]);
  for (const { entries } of present.values()) for (const id of entries.keys()) known.add(id);
  return wantedIds(facts)
    .filter((id) => !known.has(id))
    .sort(compareText);
}

/** Everybody who is to enter some hub. */
function wantedIds({ wishes, people, teams, present, now }: AccessFacts): string[] {
  const wanted = wishes.flatMap((wish) => {
    const entries = present.get(wish.hub)?.entries ?? NOBODY.entries;
    return [...wantedIn(wish, { people, teams, present: entries, today: dayOf(now) }).keys()];
  });
  return [...new Set(wanted)];
}

/** Whether an account may have a name in a hub. */
function ownsIn(
  { wish, present }: { wish: HubWish; present: PresentHub },
  created: AccessFacts['created'],
): (id: string, name: string) => boolean {
  const owners = { names: present.inherited ?? new Map(), people: wish.data.adopt?.people ?? {} };
  return (id, name) => mayHave({ id, name, created: created?.get(id) }, owners);
}

/** Files and teams against what the hubs know. Pure: the same facts give the same plan and the same digest. */
export function decideAccess(facts: AccessFacts): AccessPlan {
  const { wishes, people, teams, present, book, now } = facts;
  const hubs = wishes.map((wish) => {
    const here = present.get(wish.hub) ?? NOBODY;
    const sources = { people, teams, present: here.entries, today: dayOf(now) };
    return { wish, present: here, wanted: wantedIn(wish, sources) };
  });
  const naming = namingFor(facts, hubs);
  const around: Around = { ...people, naming, book, unnamed: facts.unnamed, now };
  const counted = hubs.map(({ wish, present: here, wanted }): Counted => {
    const unknown = unknownTeams(wish, teams);
    const mayOwn = ownsIn({ wish, present: here }, facts.created);
    const given = { hub: wish.hub, wanted, present: here, unknown, mayHave: mayOwn };
    const result = hubSteps(given, around);
    return { hub: wish.hub, result, present: here, wanted: wanted.size };
  });
  const passed = gated(counted, people.removals);
  const plans = hubs.map(({ wish: { hub }, wanted, present: here }): HubPlan => {
    const result = passed.get(hub) ?? { steps: [], held: [] };
    const entries = entriesAfter(result.steps, here.entries, wanted, naming);
    return { ...sorted(result), hub, present: here, entries };
  });
  const unknown = [...new Set(wishes.flatMap((wish) => unknownTeams(wish, teams)))];
  return {
    digest: digestOf(
      plans.map(({ hub, steps, entries }) => [hub, ends(steps), entriesText(entries)]),
    ),
    hubs: plans,
    names: book ? givenNames(naming) : new Map(),
    held: plans.flatMap(({ held }) => held),
    unknown: unknown.map((team) => ({ team, why: whyUnknown(team, teams) })),
  };
}

function givenNames({ fresh }: Naming): Map<string, GivenName> {
  return new Map([...fresh].map(([id, name]) => [id, { name, claims: {} }]));
}

function namingFor(
  { people, teams, present, book, unnamed, wishes, created }: AccessFacts,
  hubs: readonly { wish: HubWish; present: PresentHub; wanted: ReadonlyMap<string, Wanted> }[],
): Naming {
  const ids = [...new Set(hubs.flatMap(({ wanted }) => [...wanted.keys()]))]
    .filter((id) => !unnamed.has(id))
    .sort(compareText);
  const here = wishes.flatMap(({ hub }) => present.get(hub)?.entries ?? []);
  const owns = hubs.map((one) => ownsIn(one, created));
  const isFree = (id: string, name: string): boolean => owns.every((mayOwn) => mayOwn(id, name));
  const wished = [...loginsOf(people, teams), ...saidNames(hubs)];
  const logins = new Map(
    wished.map(([id, login]) => {
      const own = isFree(id, login.toLowerCase()) ? login : `${login}-${id}`;
      return [id, own] as const;
    }),
  );
  return giveNames(ids, book ?? new Map(), here, logins);
}

/** Names that files of hubs that were taken over give to somebody, whatever they are called at GitHub, by id. */
function saidNames(hubs: readonly { wish: HubWish; present: PresentHub }[]): [string, string][] {
  return hubs.flatMap(({ wish, present: { inherited } }) =>
    Object.entries(wish.data.adopt?.people ?? {})
      .filter(([name]) => inherited?.has(name) === true)
      .map(([name, id]): [string, string] => [String(id), name]),
  );
}

function loginsOf({ logins }: People, teams: TeamLists): Map<string, string> {
  const all = new Map(logins);
  for (const list of teams.values())
    if (list.kind === 'complete')
      for (const { id, login } of list.members) if (login !== undefined) all.set(id, login);
  return all;
}

function entriesAfter(
  steps: readonly AccessStep[],
  before: Entries,
  wanted: ReadonlyMap<string, Wanted>,
  naming: Naming,
): Entries {
  const entries = new Map<string, Entry>(before);
  for (const { kind, id } of steps) {
    if (id === undefined) continue;
    const one = wanted.get(id);
    if (kind === 'expire' || kind === 'revoke') entries.delete(id);
    else if (one) entries.set(id, entryFor(id, one, before.get(id), naming));
  }
  return entries;
}

function sorted({ steps, held }: HubSteps): HubSteps {
  const key = ({ kind, id, name }: AccessStep): string => `${kind} ${id ?? ''} ${name}`;
  return { steps: [...steps].sort((a, b) => compareText(key(a), key(b))), held };
}

function ends(steps: readonly AccessStep[]): string[][] {
  return steps.map(({ kind, id, name }) => [kind, id ?? '', name]);
}

function whyUnknown(team: string, teams: TeamLists): string {
  const list = teamList(teams, team);
  return list.kind === 'unknown' ? list.why : '';
}
