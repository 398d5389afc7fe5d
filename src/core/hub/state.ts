import { isObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Digest, Instant, Release } from '../unit.ts';

export const STATE_NAME = 'glaciocloud-release';

/** What the cluster itself knows of a hub: the truth for `deploy`. Kept in a ConfigMap of the hub's namespace. */
export interface ReleaseState {
  v: 1;
  /** What was last asked for. */
  wanted: Digest;
  /** What Helm has applied and health has proven; undefined before the first success. */
  healthy: { digest: Digest; revision: number; since: Instant; release: Release } | undefined;
  /** A digest that failed here; it is not tried again until something changes or somebody says so. */
  quarantined: { digest: Digest; reason: string; at: Instant } | undefined;
  /** A copy of the hub's database from before a hub image that is not proven yet. */
  copy: string | undefined;
  /** A commit that is tried out here, before it is merged: nothing else is deployed until then. */
  hold: { until: Instant; reason: string } | undefined;
  /** The removal that has begun here: the hub may be down. Undefined again as soon as the hub is deployed. */
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

export function parseState(text: string): ReleaseState | undefined {
  const value = JSON.parse(text) as Json;
  // Written by this tool alone; the version guards the shape.
  return isObject(value) && value['v'] === 1 ? (value as unknown as ReleaseState) : undefined;
}

/** Why nothing else may be deployed here now. */
export function holdReason(state: ReleaseState | undefined, now: number): string | undefined {
  return state?.hold !== undefined && Date.parse(state.hold.until) > now
    ? `held until ${state.hold.until}: ${state.hold.reason}`
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
