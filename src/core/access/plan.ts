import { MACHINES } from './door.ts';
import { hasEnded, sameEntry } from './entry.ts';
import type { Entries, Entry } from './entry.ts';
import { isLeadGroup } from './leads.ts';
import type { Inherited } from './inherited.ts';
import type { NameBook, Naming } from './names.ts';
import { isTeam } from './teams.ts';
import type { Wanted } from './wanted.ts';
import { append } from '../lists.ts';

/** Somebody whom the hub itself knows, whatever the door says. */
export interface HubUser {
  name: string;
  /** Servers by name; the default one has an empty name. */
  servers: readonly string[];
  tokens: number;
}

/** What is there now in one hub. */
export interface PresentHub {
  entries: Entries;
  users: readonly HubUser[];
  /** The hub did not say whom it knows. */
  isSilent?: true;
  /** Names that were there before the hub was taken over. */
  inherited?: Inherited;
  /** Names that runs took out of its file, and that nobody has seen out, as the last of them wrote down. */
  owed?: ReadonlySet<string>;
}

export type StepKind = 'grant' | 'change' | 'expire' | 'revoke';

/** What becomes of one person in one hub. */
export interface AccessStep {
  kind: StepKind;
  hub: string;
  /** GitHub's id; undefined for whom the hub knows and nobody can say the id of. */
  id: string | undefined;
  name: string;
  why: string;
  until: string | undefined;
  /** Before, where there was an entry. */
  before: Entry | undefined;
}

/** Why somebody stays for whom no file and no team speaks any more, or why somebody who should enter does not. */
export type HeldReason =
  /** More at once than a mistake may take out. */
  | 'too-many'
  /** Nobody at all would be left. */
  | 'nobody-left'
  | 'protected'
  /** Teams are not known in full. */
  | 'incomplete'
  /** A file about them has a mistake. */
  | 'unreadable'
  /** The name belongs to somebody else in this hub, or did before it was taken over. */
  | 'name-taken'
  /** The book of names cannot be read or written: nobody new enters. */
  | 'no-names';

export interface HeldStep {
  hub: string;
  id: string | undefined;
  reason: HeldReason;
  /** For people: what holds it, and what lets it go on. */
  text: string;
}

/** Facts about one hub, from which its steps follow. */
export interface HubFacts {
  hub: string;
  wanted: ReadonlyMap<string, Wanted>;
  present: PresentHub;
  /** Teams that this hub names and that are not known in full. */
  unknown: readonly string[];
  /** Whether an account may have a name: not one that was somebody's before the hub was taken over. */
  mayHave: (id: string, name: string) => boolean;
}

export interface Around {
  naming: Naming;
  /** Undefined where names cannot be kept. */
  book: NameBook | undefined;
  /** Who waits for a name, because GitHub does not say what they are called. */
  unnamed: ReadonlySet<string>;
  unreadable: { ids: ReadonlySet<string>; cohorts: ReadonlySet<string>; limits: boolean };
  protected: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  now: number;
}

/** Steps of one hub before anything is counted, and whoever is held for a reason of their own. */
export interface HubSteps {
  steps: AccessStep[];
  held: HeldStep[];
}

/** Wanted against present: who comes, changes, ends and goes. Each hub for itself. */
export function hubSteps(facts: HubFacts, around: Around): HubSteps {
  const result: HubSteps = { steps: [], held: [] };
  for (const [id, one] of facts.wanted) comeOrChange(result, { facts, around, id, one });
  for (const [id, entry] of facts.present.entries)
    if (!facts.wanted.has(id)) leave(result, { facts, around, id, entry });
  append(result.steps, leftovers(facts, around, result.held));
  return result;
}

interface Coming {
  facts: HubFacts;
  around: Around;
  id: string;
  one: Wanted;
}

function comeOrChange(result: HubSteps, { facts, around, id, one }: Coming): void {
  const { hub, present } = facts;
  const before = present.entries.get(id);
  const entry = entryFor(id, one, before, around.naming);
  const step = { hub, id, name: entry.name, until: entry.until };
  const sources = one.why.join(', ');
  if (before === undefined && around.book === undefined) {
    const text = 'names cannot be kept, so nobody new enters';
    result.held.push({ hub, id, reason: 'no-names', text });
  } else if (before === undefined && around.unnamed.has(id)) {
    const text =
      'GitHub does not say what they are called, and a name is given once: the next run asks again';
    result.held.push({ hub, id, reason: 'no-names', text });
  } else if (before === undefined && isTaken(entry.name, present.entries)) {
    const text = 'the name belongs to somebody else in this hub';
    result.held.push({ hub, id, reason: 'name-taken', text });
  } else if (before === undefined && !facts.mayHave(id, entry.name)) {
    const text =
      'the name was somebody’s before the hub was taken over, and nothing says that it is the same ' +
      `person: write it into adopt: people: of environments/${hub}.yaml if it is`;
    result.held.push({ hub, id, reason: 'name-taken', text });
  } else if (before === undefined) {
    result.steps.push({ ...step, kind: 'grant', why: sources, before });
  } else if (!sameEntry(before, entry)) {
    if (isUnreadable(id, before, around)) result.held.push(unreadable(hub, id));
    else {
      const why = `${whatChanges(before, entry)}: ${sources}`;
      result.steps.push({ ...step, kind: 'change', why, before });
    }
  }
}

/** What is to stand in the file: in a hub that knows somebody the name stays what it is. */
export function entryFor(
  id: string,
  { admin, groups, from, until }: Wanted,
  before: Entry | undefined,
  { names }: Naming,
): Entry {
  return { name: before?.name ?? names.get(id) ?? '', admin, groups, from, until };
}

function isTaken(name: string, entries: Entries): boolean {
  return [...entries.values()].some((one) => one.name === name);
}

function whatChanges(before: Entry, after: Entry): string {
  const changes: string[] = [];
  if (before.until !== after.until)
    changes.push(`until ${before.until ?? 'no end'} → ${after.until ?? 'no end'}`);
  if (before.from !== after.from)
    changes.push(`from ${before.from ?? 'ever'} → ${after.from ?? 'ever'}`);
  if (before.admin !== after.admin)
    changes.push(after.admin ? 'becomes administrator' : 'is no administrator any more');
  const gone = before.groups.filter((group) => !after.groups.includes(group));
  const come = after.groups.filter((group) => !before.groups.includes(group));
  for (const group of come) changes.push(`+ ${group}`);
  for (const group of gone) changes.push(`− ${group}`);
  return changes.length > 0 ? changes.join(', ') : 'written anew';
}

interface Leaving {
  facts: HubFacts;
  around: Around;
  id: string;
  entry: Entry;
}

function leave(result: HubSteps, { facts, around, id, entry }: Leaving): void {
  const { hub } = facts;
  const step = { hub, id, name: entry.name, until: entry.until, before: entry };
  if (hasEnded(entry, around.now)) {
    const why = `access ended ${entry.until ?? ''}`;
    result.steps.push({ ...step, kind: 'expire', why });
    return;
  }
  const held = holds(id, entry, facts, around);
  if (held) result.held.push({ hub, id, ...held });
  else result.steps.push({ ...step, kind: 'revoke', why: whyGone(entry) });
}

function whyGone({ groups }: Entry): string {
  const named = groups.filter((group) => !isLeadGroup(group));
  if (named.length === 0) return 'no file and no team lets them in';
  const sources = named.map((group) => (isTeam(group) ? group : `files of ${group}`));
  return `no longer in ${sources.join(', ')}`;
}

function holds(
  id: string,
  entry: Entry,
  { unknown }: HubFacts,
  around: Around,
): Pick<HeldStep, 'reason' | 'text'> | undefined {
  if (around.protected.has(id))
    return { reason: 'protected', text: 'protected in access/removals.yaml' };
  if (around.unreadable.limits)
    return { reason: 'unreadable', text: 'access/removals.yaml has a mistake' };
  if (isUnreadable(id, entry, around))
    return { reason: 'unreadable', text: 'a file about them has a mistake' };
  // Who was in a team of which not everybody is known still counts as in it; here nobody can say who let them in.
  if (entry.groups.length === 0 && unknown.length > 0)
    return { reason: 'incomplete', text: `${unknown.join(', ')} is not known in full` };
  return undefined;
}

function isUnreadable(id: string, { groups }: Entry, { unreadable: broken }: Around): boolean {
  return (
    broken.ids.has(id) || [...broken.cohorts].some((slug) => groups.includes(`cohort:${slug}`))
  );
}

function unreadable(hub: string, id: string): HeldStep {
  return { hub, id, reason: 'unreadable', text: 'a file about them has a mistake' };
}

/** People whom the hub knows though its file does not: an earlier run that was cut off owes them the end. */
function leftovers(facts: HubFacts, around: Around, held: readonly HeldStep[]): AccessStep[] {
  const { hub, wanted, present } = facts;
  const listed = new Set<string>([...present.entries.values()].map(({ name }) => name));
  for (const id of wanted.keys()) listed.add(around.naming.names.get(id) ?? '');
  for (const machine of MACHINES) listed.add(machine);
  const ids = new Map([...(around.book ?? [])].map(([id, { name }]) => [name, id]));
  const isHeld = (id: string | undefined): boolean =>
    id !== undefined && (around.protected.has(id) || held.some((one) => one.id === id));
  return present.users
    .filter(({ name }) => !listed.has(name) && !isHeld(ids.get(name)))
    .map(({ name }): AccessStep => {
      const why = 'the hub still knows them, and nothing lets them in';
      const known = ids.get(name);
      // Who has an entry here under another name keeps it: this record is not that entry's.
      const id = known !== undefined && present.entries.has(known) ? undefined : known;
      return { kind: 'revoke', hub, id, name, why, until: undefined, before: undefined };
    });
}
