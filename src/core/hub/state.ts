import type { JsonObject } from '../json.ts';
import { OTHERS } from './adoption.ts';
import { RELEASE } from '../record/read.ts';
import { COUNT, TEXT, fields, readerOf } from '../shape.ts';
import type { Reading } from '../shape.ts';
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
  /** The release of others that is taken over, until what is wanted is proven. */
  adopting?: Adopting | undefined;
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

/** A release of others, and which revision of it is what they had deployed. */
export interface Adopting {
  release: string;
  revision: number;
}

/** What runs until a change is proven. */
export type Before = Pick<NonNullable<ReleaseState['healthy']>, 'revision' | 'digest'>;

/** What a hub goes back to; undefined where nothing ran before. */
export function beforeOf(
  state: Pick<ReleaseState, 'healthy' | 'adopting'> | undefined,
): Before | undefined {
  if (state?.healthy || !state?.adopting) return state?.healthy;
  return { revision: state.adopting.revision, digest: OTHERS };
}

export interface Removing {
  /** Its own name, by which its archive knows it again. */
  id: string;
  /** Homes of people when it began: a run that goes on finds fewer. */
  homes: number;
}

/** Reads a state as written by `stateObject`: every field that it must have is looked at. */
export const parseState = readerOf<ReleaseState>(
  fields(
    {
      v: { const: 1 },
      wanted: TEXT,
      infrastructure: COUNT,
      last: fields({ at: TEXT, outcome: TEXT, reason: TEXT }),
    },
    {
      healthy: fields({ digest: TEXT, revision: COUNT, since: TEXT, release: RELEASE }),
      adopting: fields({ release: TEXT, revision: COUNT }),
      quarantined: fields({ digest: TEXT, reason: TEXT, at: TEXT }),
      copy: TEXT,
      hold: fields({ until: TEXT, reason: TEXT }),
      removing: fields({ id: TEXT, homes: COUNT }),
    },
  ),
  '/v',
);

/** What a cluster knows of its hubs, by namespace. */
export interface States {
  known: ReadonlyMap<string, ReleaseState>;
  /** Hubs that nothing is done to: why not, and what to do. */
  unreadable: ReadonlyMap<string, string>;
}

/** Every state that was found; one that cannot be read is its own hub's matter. */
export function statesOf(found: readonly { namespace: string; text: string }[]): States {
  const known = new Map<string, ReleaseState>();
  const unreadable = new Map<string, string>();
  for (const { namespace, text } of found) {
    const reading = parseState(text);
    if (reading.kind === 'read') known.set(namespace, reading.value);
    else unreadable.set(namespace, unreadableText(namespace, reading));
  }
  return { known, unreadable };
}

function unreadableText(
  namespace: string,
  { kind, reason }: Exclude<Reading<ReleaseState>, { kind: 'read' }>,
): string {
  const what = `its state cannot be read: ${reason}`;
  if (kind === 'other-version') return `${what}; use the version that deployed it last`;
  const place = `configmap ${STATE_NAME} --namespace ${namespace}`;
  return (
    `${what}; look at it (kubectl get ${place} --output yaml) and put it right, or delete it: ` +
    'the hub is then deployed once more, and homes and database stay'
  );
}

/** Why nothing else may be deployed here now. */
export function holdReason(state: ReleaseState | undefined, now: number): string | undefined {
  const hold = state?.hold;
  return hold !== undefined && Date.parse(hold.until) > now
    ? `held until ${hold.until}: ${hold.reason}`
    : undefined;
}

/** A run has ended between what ran before and what was wanted: nobody knows what runs. */
export function isHalfWay(state: ReleaseState | undefined): boolean {
  return state?.last.outcome === 'started';
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
