import { at, isObject, objectOf } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Digest, Instant, Release } from '../unit.ts';

export const STATE_NAME = 'glaciocloud-release';

/**
 * What the cluster itself knows of a hub: the truth for `deploy`. Kept in a ConfigMap of the hub's
 * namespace.
 */
export interface ReleaseState {
  v: 1;
  /** What was last asked for. */
  wanted: Digest;
  /** What Helm has applied and health has proven; undefined before the first success. */
  healthy: { digest: Digest; revision: number; since: Instant; release: Release } | undefined;
  /**
   * A digest that failed here; it is not tried again until something changes or somebody says so.
   */
  quarantined: { digest: Digest; reason: string; at: Instant } | undefined;
  /** A copy of the hub's database from before a hub image that is not proven yet. */
  copy: string | undefined;
  /** A commit that is tried out here, before it is merged: nothing else is deployed until then. */
  hold: { until: Instant; reason: string } | undefined;
  /**
   * The removal that has begun here: the hub may be down. Undefined again as soon as the hub is
   * deployed.
   */
  removing: Removing | undefined;
  /** Rounds in a row that failed for the infrastructure's sake. */
  infrastructure: number;
  last: { at: Instant; outcome: string; reason: string };
}

/** The ConfigMap that holds a state. */
export function stateObject(namespace: string, state: ReleaseState): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: STATE_NAME,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'glaciocloud', 'glaciocloud.org/state': 'hub' },
    },
    data: { 'state.json': JSON.stringify(state) },
  };
}

export interface Removing {
  /** Its own name, by which its archive knows it again. */
  id: string;
  /** Homes of people when it began: a run that goes on finds fewer. */
  homes: number;
}

/** What the text of a state turned out to be. */
export type StateReading =
  | { kind: 'known'; state: ReleaseState }
  /** Written by another version of this tool. */
  | { kind: 'other-version'; version: Json }
  | { kind: 'unreadable'; reason: string };

/** Reads a state as written by `stateObject`: every field that it must have is looked at. */
export function parseState(text: string): StateReading {
  const value = objectOf(text);
  if (value === undefined) return { kind: 'unreadable', reason: 'it is no JSON object' };
  const version = value['v'];
  if (version !== 1) return { kind: 'other-version', version: version ?? null };
  const wrong = wrongField(value);
  // Every field has been looked at; a release within is compared by its digest.
  return wrong === undefined
    ? { kind: 'known', state: value as unknown as ReleaseState }
    : { kind: 'unreadable', reason: `its field ${wrong} is missing or is something else` };
}

type Check = (value: Json | undefined) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isCount: Check = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
const orAbsent =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);

/** Fields by their pointers; what stands below an optional field is looked at where it is there. */
const FIELDS: readonly { path: string; below?: string; check: Check }[] = [
  { path: '/wanted', check: isText },
  { path: '/healthy', check: orAbsent(isObject) },
  { path: '/healthy/digest', below: '/healthy', check: isText },
  { path: '/healthy/revision', below: '/healthy', check: isCount },
  { path: '/healthy/since', below: '/healthy', check: isText },
  { path: '/healthy/release', below: '/healthy', check: isObject },
  { path: '/quarantined', check: orAbsent(isObject) },
  { path: '/quarantined/digest', below: '/quarantined', check: isText },
  { path: '/quarantined/reason', below: '/quarantined', check: isText },
  { path: '/quarantined/at', below: '/quarantined', check: isText },
  { path: '/copy', check: orAbsent(isText) },
  { path: '/hold', check: orAbsent(isObject) },
  { path: '/hold/until', below: '/hold', check: isText },
  { path: '/hold/reason', below: '/hold', check: isText },
  { path: '/removing', check: orAbsent(isObject) },
  { path: '/removing/id', below: '/removing', check: isText },
  { path: '/removing/homes', below: '/removing', check: isCount },
  { path: '/infrastructure', check: isCount },
  { path: '/last/at', check: isText },
  { path: '/last/outcome', check: isText },
  { path: '/last/reason', check: isText },
];

function wrongField(value: JsonObject): string | undefined {
  return FIELDS.find(
    ({ path, below, check }) =>
      (below === undefined || at(value, below) !== undefined) && !check(at(value, path)),
  )?.path;
}

/** Why nothing else may be deployed here now. */
export function holdReason(state: ReleaseState | undefined, now: number): string | undefined {
  const hold = state?.hold;
  return hold !== undefined && Date.parse(hold.until) > now
    ? `held until ${hold.until}: ${hold.reason}`
    : undefined;
}

/** Whether a hub runs what is wanted, proven, with nothing left half done by any run. */
export function isSettled(state: ReleaseState | undefined, digest: Digest): boolean {
  return (
    state?.healthy?.digest === digest &&
    state.wanted === digest &&
    state.last.outcome === 'done' &&
    state.removing === undefined
  );
}
