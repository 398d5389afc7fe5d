import { digestOf } from '../digest.ts';
import { canonical, compareText } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { EnvironmentFile, Platform, Who } from '../model/types.ts';
import type { Decision, Family, ShownEffect, ShownReason, ShownStep } from '../plan/family.ts';
import { effectsText, riskOf, summaryOf } from '../plan/words.ts';
import { dayOf } from './days.ts';
import type { Day } from './days.ts';
import { peopleOf } from './people.ts';
import { wantedIn } from './wanted.ts';
import type { HubWish, Wanted } from './wanted.ts';

/** Files as they are proposed, and as the default branch has them; undefined where none is known. */
export interface AccessFamilyFacts {
  platform: Platform;
  before: Platform | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

type List = 'allow' | 'admins';
type Access = EnvironmentFile['access'];

/** Somebody of whom a hub's file speaks, who comes or goes. */
interface NamedChange {
  list: List;
  change: 'added' | 'removed';
  who: Who;
}

/** What files change about who enters a hub. People are counted: a plan is read by anybody. */
export interface HubAccessChange {
  hub: string;
  named: NamedChange[];
  people: { come: number; go: number; change: number };
  /** Whether leads begin, or cease, to open servers of their class. */
  leads: 'begin' | 'cease' | 'same';
  /** Staff who open servers of others: what begins so, and what ceases. */
  staff: { begin: string[]; cease: string[] };
}

/** Who enters hubs, as far as files say it: what teams are is known where access is applied, and shown nowhere else. */
export const accessFamily: Family<AccessFamilyFacts, HubAccessChange, HubAccessChange> = {
  name: 'access',
  decide: decideAccessChanges,
  idOf: ({ hub }) => idOf(hub),
  explain: (change) => change,
  show: showAccess,
};

function idOf(hub: string): string {
  return `access/${hub}`;
}

/** Hubs that are new say it themselves. */
function decideAccessChanges({
  platform,
  before,
  now,
}: AccessFamilyFacts): Decision<HubAccessChange> {
  const decision: Decision<HubAccessChange> = { changes: [], unchanged: [], orphans: [] };
  if (!before) return decision;
  const today = dayOf(now);
  for (const [hub, doc] of platform.environments) {
    const old = before.environments.get(hub);
    if (!old) continue;
    const named = namedChanges(old.data.access, doc.data.access);
    const people = counted(entering(before, hub, today), entering(platform, hub, today));
    const leads = leadsChange(old.data.access, doc.data.access);
    const isSame = named.length === 0 && people.come + people.go + people.change === 0;
    const staff = staffChange(old.data.access, doc.data.access);
    const helps = leads !== 'same' || staff.begin.length + staff.cease.length > 0;
    if (!isSame || helps) decision.changes.push({ hub, named, people, leads, staff });
  }
  return decision;
}

function leadsChange(from: Access, to: Access): HubAccessChange['leads'] {
  const [before, after] = [from.leads?.servers === true, to.leads?.servers === true];
  if (before === after) return 'same';
  return after ? 'begin' : 'cease';
}

function staffChange(from: Access, to: Access): HubAccessChange['staff'] {
  const list = (all: readonly string[]): string =>
    [...all].sort(compareText).map(spoken).join(', ');
  const texts = ({ staff }: Access): string[] =>
    Object.entries(staff).map(
      ([name, { who, over }]) => `staff ${name}: ${list(who)} over ${list(over)}`,
    );
  const [before, after] = [texts(from), texts(to)];
  return { begin: without(after, before), cease: without(before, after) };
}

function namedChanges(from: Access, to: Access): NamedChange[] {
  const lists: List[] = ['allow', 'admins'];
  return lists.flatMap((list) => [
    ...without(to[list], from[list]).map((who): NamedChange => ({ list, change: 'added', who })),
    ...without(from[list], to[list]).map((who): NamedChange => ({ list, change: 'removed', who })),
  ]);
}

function without(some: readonly string[], others: readonly string[]): string[] {
  return some.filter((who) => !others.includes(who));
}

/** By files alone, with nobody in a team. */
function entering(platform: Platform, hub: string, today: Day): Map<string, Wanted> {
  const doc = platform.environments.get(hub);
  if (!doc) return new Map();
  const wish: HubWish = { hub, file: doc.file, data: doc.data };
  const people = peopleOf(platform, [], today);
  return wantedIn(wish, { people, teams: new Map(), present: new Map(), today });
}

function counted(
  from: ReadonlyMap<string, Wanted>,
  to: ReadonlyMap<string, Wanted>,
): HubAccessChange['people'] {
  const people = { come: 0, go: 0, change: 0 };
  for (const [id, one] of to) {
    const old = from.get(id);
    if (!old) people.come += 1;
    else if (textOf(old) !== textOf(one)) people.change += 1;
  }
  for (const id of from.keys()) if (!to.has(id)) people.go += 1;
  return people;
}

function textOf({ admin, groups, from, until }: Wanted): string {
  return canonical([admin, [...groups], from ?? null, until ?? null]);
}

function showAccess(change: HubAccessChange): ShownStep {
  const { hub, named, people, leads, staff } = change;
  const reasons = reasonsOf(change);
  const effects = effectsOf(change);
  const id = idOf(hub);
  const names = named.map((one): Json => [one.list, one.change, one.who]);
  return {
    family: 'access',
    marker: '~',
    id,
    title: `access to ${hub}`,
    noun: 'access list',
    hubs: [hub],
    wave: '',
    order: 8,
    risk: riskOf(effects),
    reasons,
    summary: summaryOf(reasons),
    effects,
    touched: [],
    diff: undefined,
    detail: 'changes',
    shape: digestOf([reasons.map(({ text }) => text), effectsText(effects)]),
    identity: [
      'access',
      hub,
      names,
      { ...people },
      ...(leads === 'same' ? [] : [leads]),
      ...staff.begin,
      ...staff.cease.map((text) => `no ${text}`),
    ],
    reviewed: undefined,
    json: {
      kind: 'access',
      unit: { kind: 'access', name: hub },
      wave: null,
      from: null,
      to: null,
      restartsHub: false,
      people: { ...people },
      why: reasons.map(({ text }) => text),
      effects: effects.map(({ text }) => text),
      diff: noObjects(),
    },
  };
}

function noObjects(): JsonObject {
  return { added: [], removed: [], changed: [] };
}

function reasonsOf({ named, people, leads, staff }: HubAccessChange): ShownReason[] {
  const texts = named.map(({ list, change, who }) => {
    const sign = change === 'added' ? '+' : '−';
    return {
      code: list,
      text: `${sign} ${spoken(who)}${list === 'admins' ? ' (administrators)' : ''}`,
    };
  });
  const changed = people.come + people.go + people.change;
  const files: ShownReason[] = changed === 0 ? [] : [{ code: 'people', text: 'people’s files' }];
  const servers: ShownReason[] =
    leads === 'same' ? [] : [{ code: 'leads', text: `${leads === 'begin' ? '+' : '−'} leads` }];
  const helping = [
    ...staff.cease.map((text) => ({ code: 'staff', text: `− ${text}` })),
    ...staff.begin.map((text) => ({ code: 'staff', text: `+ ${text}` })),
  ];
  return [...texts.sort((a, b) => compareText(a.text, b.text)), ...servers, ...helping, ...files];
}

/** A person stays unnamed. */
function spoken(who: Who): string {
  return who.startsWith('user:') ? 'a person' : who;
}

function effectsOf({ named, people, leads, staff }: HubAccessChange): ShownEffect[] {
  const effects: ShownEffect[] = [];
  const has = (list: List, change: NamedChange['change']): boolean =>
    named.some((one) => one.list === list && one.change === change);
  if (people.go > 0)
    effects.push({ code: 'people-go', text: `access ends for ${persons(people.go)}`, risk: 6 });
  if (has('admins', 'added'))
    effects.push({ code: 'admins', text: 'more administrators, who can read every home', risk: 6 });
  if (leads === 'begin')
    effects.push({
      code: 'leads',
      text: 'leads of a class can read the homes of its members',
      risk: 6,
    });
  if (leads === 'cease')
    effects.push({ code: 'leads', text: 'leads of a class open no servers any more', risk: 1 });
  if (staff.begin.length > 0)
    effects.push({
      code: 'staff',
      text: 'staff can read the homes of those whom they look after',
      risk: 6,
    });
  else if (staff.cease.length > 0)
    effects.push({ code: 'staff', text: 'staff open no servers of others any more', risk: 1 });
  if (has('allow', 'removed') || has('admins', 'removed'))
    effects.push({ code: 'group-goes', text: 'a group loses access, or a part of it', risk: 5 });
  if (people.change > 0)
    effects.push({
      code: 'people-change',
      text: `access changes for ${persons(people.change)}`,
      risk: 1,
    });
  if (people.come > 0)
    effects.push({
      code: 'people-come',
      text: `access begins for ${persons(people.come)}`,
      risk: 1,
    });
  if (has('allow', 'added'))
    effects.push({ code: 'group-comes', text: 'a group gets access', risk: 1 });
  return effects;
}

function persons(count: number): string {
  return `${count} ${count === 1 ? 'person' : 'people'}`;
}
