import { at, canonical, compareText, objectOf, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { HubPlan } from './decide.ts';
import { entriesText } from './entry.ts';
import type { Entries } from './entry.ts';

/** The Secret that the hub's door reads: people, and the last run that wrote them. */
export const ACCESS_SECRET = 'hub-access';
/** Who owns these keys of it. It is never Helm's: a rollback must not undo a revocation. */
export const ACCESS_MANAGER = 'glaciocloud-access';
/** Kubernetes takes 1 MiB; the rest is for the names of things, and for what others keep beside. */
export const MOST_BYTES = 900 * 1024;

/** The text of access.json for these people. The machines that prove the hub healthy stay as deployment wrote them. */
export function doorText(entries: Entries, before: string): string {
  const machines: Json = objectOf(before)?.['machines'] ?? {};
  const people = objectOf(entriesText(entries)) ?? {};
  return `${canonical({ ...people, machines })}\n`;
}

/** What a run writes of itself. */
export interface RunNote {
  /** ISO time. */
  at: string;
  /** Digest of the plan that it followed. */
  plan: string;
  /** Names that are out of the file, and that nobody has seen out. */
  owed: readonly string[];
}

export function runText({ at, plan, owed }: RunNote): string {
  return `${canonical({ v: 1, at, plan, ...(owed.length === 0 ? {} : { owed: [...owed] }) })}\n`;
}

/** Names that the note of a run says are owed the end. */
export function owedIn(run: Json | undefined): Set<string> {
  const owed = at(run, '/owed');
  return new Set(Array.isArray(owed) ? owed.filter((one) => typeof one === 'string') : []);
}

/**
 * Whom this plan takes out, and whom earlier ones did and nobody has seen out: a hub that does not answer has not said
 * that they are.
 */
export function owedAfter({ present, entries, steps }: HubPlan): string[] {
  const known = new Set(present.users.map(({ name }) => name));
  const earlier = [...(present.owed ?? [])].filter((name) => present.isSilent || known.has(name));
  const leaving = steps.filter(({ kind }) => kind === 'revoke' || kind === 'expire');
  const names = new Set([...earlier, ...leaving.map(({ name }) => name)]);
  for (const { name } of entries.values()) names.delete(name);
  return [...names].sort(compareText);
}

/** A run that has nothing to do says so after so many hours: the hub's page warns administrators after 26. */
const SAID_AGAIN_HOURS = 12;

/** Whether what the last run wrote of itself is too old, or cannot be read. */
export function isOldRun(text: string, now: number): boolean {
  const said = Date.parse(textAt(objectOf(text), '/at'));
  return !(now - said < SAID_AGAIN_HOURS * 3_600_000);
}

/** Values are encoded here: `stringData` would leave the server in doubt about who owns a key. */
export function accessSecret(
  namespace: string,
  texts: Readonly<Record<string, string>>,
  encode: (text: string) => string,
): JsonObject {
  const data = Object.entries(texts).map(([name, text]) => [name, encode(text)]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: ACCESS_SECRET, namespace },
    data: Object.fromEntries(data) as JsonObject,
  };
}
