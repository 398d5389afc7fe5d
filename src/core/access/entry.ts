import { at, canonical, compareText, isObject, objectOf } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** One person in a hub's access.json. Days are UTC and included; times stand there where others wrote them. */
export interface Entry {
  name: string;
  admin: boolean;
  groups: readonly string[];
  from: string | undefined;
  until: string | undefined;
  /** Something stands there that the hub's door does not read, and it keeps the person out: it is written anew. */
  isDamaged?: true;
}

const FIELDS = ['name', 'admin', 'groups', 'from', 'until'];

/** By GitHub id. */
export type Entries = ReadonlyMap<string, Entry>;

/** The people in a text of access.json; what is no entry is left out, as the hub's door does. */
export function readEntries(text: string): Map<string, Entry> {
  const object = objectOf(text);
  const users = at(object, '/users');
  const isOurs = (object?.['v'] ?? 1) === 1;
  const entries = new Map<string, Entry>();
  for (const [id, given] of Object.entries(isObject(users) ? users : {})) {
    const entry = isObject(given) ? entryOf(given) : undefined;
    if (entry) entries.set(id, isOurs ? entry : { ...entry, isDamaged: true });
  }
  return entries;
}

function entryOf(given: JsonObject): Entry | undefined {
  const { name, admin, groups, from, until } = given;
  if (typeof name !== 'string') return undefined;
  const entry = {
    name,
    admin: admin === true,
    groups: Array.isArray(groups) ? groups.filter(isText) : [],
    from: isText(from) ? from : undefined,
    until: isText(until) ? until : undefined,
  };
  return isDamaged(given) ? { ...entry, isDamaged: true } : entry;
}

/** As the door sees it: a field that it does not know, or a value of another kind. */
function isDamaged(given: JsonObject): boolean {
  const { admin, groups, from, until } = given;
  const isList = Array.isArray(groups) && groups.every(isText);
  return (
    Object.keys(given).some((key) => !FIELDS.includes(key)) ||
    typeof (admin ?? false) !== 'boolean' ||
    !((groups ?? undefined) === undefined || isList) ||
    ![from, until].every((time) => (time ?? undefined) === undefined || isText(time))
  );
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
  const isSame = canonical(entryJson(a)) === canonical(entryJson(b));
  return isSame && a.isDamaged === b.isDamaged;
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
