import { at, canonical, compareText, isObject, objectOf } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** One person in a hub's access.json. Days are UTC and included; times stand there where others wrote them. */
export interface Entry {
  name: string;
  admin: boolean;
  groups: readonly string[];
  from: string | undefined;
  until: string | undefined;
}

/** By GitHub id. */
export type Entries = ReadonlyMap<string, Entry>;

/** The people in a text of access.json; what is no entry is left out, as the hub's door does. */
export function readEntries(text: string): Map<string, Entry> {
  const users = at(objectOf(text), '/users');
  const entries = new Map<string, Entry>();
  for (const [id, given] of Object.entries(isObject(users) ? users : {})) {
    const entry = isObject(given) ? entryOf(given) : undefined;
    if (entry) entries.set(id, entry);
  }
  return entries;
}

function entryOf(given: JsonObject): Entry | undefined {
  const { name, admin, groups, from, until } = given;
  if (typeof name !== 'string') return undefined;
  return {
    name,
    admin: admin === true,
    groups: Array.isArray(groups) ? groups.filter(isText) : [],
    from: isText(from) ? from : undefined,
    until: isText(until) ? until : undefined,
  };
}

function isText(value: Json | undefined): value is string {
  return typeof value === 'string';
}

/** The text of access.json: the same for the same people. The machines stand in machines.json. */
export function entriesText(entries: Entries): string {
  const sorted = [...entries].sort(([a], [b]) => compareText(a, b));
  const users = sorted.map(([id, entry]): [string, Json] => [id, entryJson(entry)]);
  return `${canonical({ v: 1, users: Object.fromEntries(users) })}\n`;
}

function entryJson({ name, admin, groups, from, until }: Entry): JsonObject {
  return {
    name,
    groups: [...groups],
    ...(admin ? { admin } : {}),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  };
}

export function sameEntry(a: Entry, b: Entry): boolean {
  return canonical(entryJson(a)) === canonical(entryJson(b));
}

/** Whether an entry's end has passed, by the day or the moment that it writes. */
export function hasEnded({ until }: Pick<Entry, 'until'>, now: number): boolean {
  if (until === undefined) return false;
  const end = Date.parse(until.length === 10 ? `${until}T23:59:59.999Z` : withZone(until));
  return end < now;
}

/** The door takes a time without a zone for UTC; `Date.parse` takes it for local time. */
function withZone(time: string): string {
  return /(?:Z|[+-]\d\d:\d\d)$/u.test(time) ? time : `${time.replace(' ', 'T')}Z`;
}
