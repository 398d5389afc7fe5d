import { canonical, isObject, objectOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { MACHINES } from './door.ts';
import type { Entries } from './entry.ts';

/** What one id is called in all hubs, for good, and the claim of its home in each. */
export interface GivenName {
  name: string;
  claims: Readonly<Record<string, string>>;
}

/** By GitHub id, or `erased-…`. A name is given once and never taken back: it leads to a home. */
export type NameBook = ReadonlyMap<string, GivenName>;

/** Of an id, or of what stands in its place after an erasure. */
const FILE = /^([1-9][0-9]{0,18}|erased-[0-9a-f]{1,40})\.json$/u;
/** As the hub's door reads it. */
const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/u;

export function nameFile(id: string): string {
  return `${id}.json`;
}

/** The book of a branch's files. Undefined where a file is damaged: nobody can say then whose a name is. */
export function readBook(files: ReadonlyMap<string, string>): NameBook | undefined {
  const book = new Map<string, GivenName>();
  const seen = new Set<string>();
  for (const [path, text] of files) {
    const id = FILE.exec(path)?.[1];
    if (id === undefined) continue;
    const given = givenName(objectOf(text));
    if (!given || seen.has(given.name)) return undefined;
    seen.add(given.name);
    book.set(id, given);
  }
  return book;
}

function givenName(object: JsonObject | undefined): GivenName | undefined {
  const { v, name, claims = {} } = object ?? {};
  if (v !== 1 || typeof name !== 'string' || !NAME.test(name) || !isObject(claims))
    return undefined;
  const texts = Object.entries(claims).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { name, claims: Object.fromEntries(texts) };
}

export function nameText({ name, claims }: GivenName): string {
  return `${canonical({ v: 1, name, claims: { ...claims } })}\n`;
}

/** What everybody is called: as before where there was a name, anew where there was none. */
export interface Naming {
  names: ReadonlyMap<string, string>;
  /** What the book does not hold yet. */
  fresh: ReadonlyMap<string, string>;
}

/**
 * Names for ids. Those of a hub that was filled before the book was kept go into it as they are; of two hubs that call
 * somebody differently the first counts, and in the second the name stays what it is.
 */
export function giveNames(
  ids: Iterable<string>,
  book: NameBook,
  present: readonly Entries[],
  logins: ReadonlyMap<string, string>,
): Naming {
  const names = new Map([...book].map(([id, { name }]) => [id, name]));
  const taken = new Set<string>([...names.values(), ...MACHINES]);
  const fresh = new Map<string, string>();
  const give = (id: string, name: string): void => {
    names.set(id, name);
    fresh.set(id, name);
    taken.add(name);
  };
  for (const entries of present)
    for (const [id, { name }] of entries)
      if (!names.has(id) && !taken.has(name) && NAME.test(name)) give(id, name);
  for (const entries of present) for (const { name } of entries.values()) taken.add(name);
  for (const id of ids) if (!names.has(id)) give(id, freeName(id, logins.get(id), taken));
  return { names, fresh };
}

function freeName(id: string, login: string | undefined, taken: ReadonlySet<string>): string {
  const small = login?.toLowerCase();
  const own = small === undefined ? [] : [small, `${small}-${id}`];
  const found = [...own, `user-${id}`].find((name) => NAME.test(name) && !taken.has(name));
  if (found !== undefined) return found;
  // No login has two hyphens in a row: nobody can take these.
  let count = 1;
  while (taken.has(`user-${id}--${count}`)) count += 1;
  return `user-${id}--${count}`;
}
