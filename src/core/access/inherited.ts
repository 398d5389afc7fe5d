import { canonical, isObject, objectOf } from '../json.ts';
import type { Json } from '../json.ts';

/** Names of a hub that was taken over: since when each was there, as ISO time; empty where nobody knows. */
export type Inherited = ReadonlyMap<string, string>;

/** How long its people may go on without an entry in the people's file, until somebody lets them in. */
export const STAY_HOURS = 24;

/** Key of the door's Secret. */
export const ADOPTED = 'adopted.json';

/** The text of adopted.json: the hub and `access` read it. `claims`: homes by their owners' names. */
export function adoptedText(
  names: Inherited,
  claims: Readonly<Record<string, string>>,
  now: number,
): string {
  const until = new Date(now + STAY_HOURS * 3_600_000).toISOString();
  return `${canonical({ v: 1, until, names: Object.fromEntries(names), claims: { ...claims } })}\n`;
}

/** Names as adopted.json has them; none where there is none. */
export function inheritedIn(text: string): Map<string, string> {
  const names: Json | undefined = objectOf(text)?.['names'];
  const entries = Object.entries(isObject(names) ? names : {});
  return new Map(entries.map(([name, since]) => [name, typeof since === 'string' ? since : '']));
}

/** Each name with the earliest time that is known of it. */
export function inheritedFrom(
  known: readonly { name: string; since: string }[],
): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, since } of known) {
    const before = names.get(name);
    names.set(
      name,
      [before, since].filter((one) => one !== undefined && one !== '').sort()[0] ?? '',
    );
  }
  return names;
}

/** What says whose a name of a hub that was taken over is. */
export interface Owners {
  /** Of the hub, by name. */
  names: Inherited;
  /** Whom its file names: ids by name. */
  people: Readonly<Record<string, number>>;
}

/**
 * Whether an account may have a name of such a hub, and with it a home: its file says so, or the account is older than
 * the name. Who took a login that somebody gave up has a younger one. `created`: milliseconds since 1970.
 */
export function mayHave(
  { id, name, created }: { id: string; name: string; created: number | undefined },
  { names, people }: Owners,
): boolean {
  const since = names.get(name);
  if (since === undefined) return true;
  const owner = Object.hasOwn(people, name) ? people[name] : undefined;
  if (owner !== undefined) return String(owner) === id;
  return created !== undefined && created < Date.parse(since);
}
