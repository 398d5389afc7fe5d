import { compareText } from '../../json.ts';
import type { HubPlan } from '../decide.ts';
import { hasEnded } from '../entry.ts';
import type { AccessStep, StepKind } from '../plan.ts';
import { heldOf, sameHeld } from './line.ts';
import type { AuditLine, Held, Result } from './line.ts';

/** What the audit knows of one person in one hub. */
export interface Known {
  held: Held | null;
  /** The file lets them in no more, and nobody has seen them out. */
  owed: boolean;
  /** Commits that were named for them. */
  commits: ReadonlySet<string>;
}

const NOBODY: Known = { held: null, owed: false, commits: new Set() };

/** One effect, before it is known who decided it and when it is written. */
export type Effect = Pick<
  AuditLine,
  'hub' | 'kind' | 'subject' | 'name' | 'before' | 'after' | 'why' | 'result'
>;

/** What became of a hub's steps: nobody knows where it failed midway; `stuck`: names of who is not seen to be out. */
export type Made =
  { kind: 'unknown' } | { kind: 'written'; stuck: ReadonlySet<string> } | { kind: 'nothing' };

/** By hub, then by id; of whom nobody can say the id, by `name:` and what the hub called them. */
export type Knowledge = ReadonlyMap<string, ReadonlyMap<string, Known>>;

/** All lines together: what is written down as true now. */
export function knowledgeOf(lines: readonly AuditLine[]): Knowledge {
  const hubs = new Map<string, Map<string, Known>>();
  for (const { hub, subject, name, after, result, commit } of lines) {
    const people = hubs.get(hub) ?? new Map<string, Known>();
    const key = keyOf(subject ?? undefined, name ?? '');
    const commits = new Set(people.get(key)?.commits);
    if (commit !== null) commits.add(commit);
    hubs.set(hub, people.set(key, { held: after, owed: result === 'stuck', commits }));
  }
  return hubs;
}

export function knownOf(known: Knowledge, { hub, subject, name }: Effect): Known {
  return known.get(hub)?.get(keyOf(subject ?? undefined, name ?? '')) ?? NOBODY;
}

function keyOf(id: string | undefined, name: string): string {
  return id ?? `name:${name}`;
}

/** A hub of which a run has seen what is there, and made what it could. */
export interface SeenHub {
  hub: HubPlan;
  made: Made;
  known: Knowledge;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * The effects that are not written down yet. They follow from what the audit knows, what was there and what was made,
 * never from what a run remembers: so none is lost with a run that was killed, and none is written twice.
 */
export function effectsOf(seen: SeenHub): Effect[] {
  const { hub, made, known } = seen;
  const steps = new Map(hub.steps.map((step) => [keyOf(step.id, step.name), step]));
  const people = known.get(hub.hub) ?? new Map<string, Known>();
  const keys = new Set([...hub.present.entries.keys(), ...people.keys(), ...steps.keys()]);
  return [...keys].sort(compareText).flatMap((key) => {
    const person = { key, step: steps.get(key), was: people.get(key) ?? NOBODY };
    const effects = earlier(seen, person);
    return made.kind === 'written' ? [...effects, ...own(seen, person, made.stuck)] : effects;
  });
}

interface Person {
  key: string;
  step: AccessStep | undefined;
  was: Known;
}

/** What an earlier run made, or somebody by hand, and nobody wrote down. */
function earlier({ hub, now }: SeenHub, { key, step, was }: Person): Effect[] {
  const there = heldOf(hub.present.entries.get(key));
  if (there === null && (isLeaving(step) || isOpen(hub, key))) return [];
  const isOut = there === null && was.owed && !step;
  if (sameHeld(was.held, there) && !isOut) return [];
  const kind = kindOf(was.held, there, now);
  const result: Result = 'found';
  return [{ ...who(hub.hub, key), kind, before: was.held, after: there, why: '', result }];
}

function isLeaving(step: AccessStep | undefined): boolean {
  return step?.kind === 'expire' || step?.kind === 'revoke';
}

/** Whether nobody can say now that they are out: the hub does not answer, or something holds them there. */
function isOpen({ present, held }: HubPlan, key: string): boolean {
  return present.isSilent === true || held.some(({ id }) => id === key);
}

function own({ hub, now }: SeenHub, person: Person, stuck: ReadonlySet<string>): Effect[] {
  const { key, step, was } = person;
  if (!step) return [];
  const there = heldOf(step.before);
  const about = { ...who(hub.hub, key), why: step.why };
  if (!isLeaving(step)) {
    const after = heldOf(hub.entries.get(key));
    return [{ ...about, kind: step.kind, before: there, after, result: 'done' }];
  }
  const isStuck = stuck.has(step.name);
  if (isStuck && was.owed && there === null) return [];
  // An earlier run took them out of the file: what they had is what was written down.
  const before = there ?? was.held;
  const kind = there === null ? kindOf(before, null, now) : step.kind;
  return [{ ...about, kind, before, after: null, result: isStuck ? 'stuck' : 'done' }];
}

function kindOf(before: Held | null, after: Held | null, now: number): StepKind {
  if (after) return before ? 'change' : 'grant';
  return before && hasEnded({ until: before.until ?? undefined }, now) ? 'expire' : 'revoke';
}

function who(hub: string, key: string): Pick<Effect, 'hub' | 'subject' | 'name'> {
  const isNamed = key.startsWith('name:');
  return {
    hub,
    subject: isNamed ? null : key,
    name: isNamed ? key.slice('name:'.length) : null,
  };
}
