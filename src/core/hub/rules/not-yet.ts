import { pointer } from '../../json.ts';
import type { Doc, Platform } from '../../model/types.ts';
import type { Problem, Rule } from '../../rule.ts';

/** A field without effect; it is named where a file writes it. */
interface Idle {
  path: string;
  /** What to do until then. */
  hint: string;
}

const KEPT = 'it is kept for later';

const OF_HUBS: readonly Idle[] = [
  { path: '/dask', hint: KEPT },
  { path: '/shared', hint: KEPT },
  { path: '/quota', hint: KEPT },
  { path: '/backup', hint: KEPT },
  { path: '/mirrors', hint: KEPT },
  { path: '/budget', hint: 'it is kept for later: watch the bill of the provider' },
];
const OF_CLUSTERS: readonly Idle[] = [
  { path: '/ingress/email', hint: 'give it to the issuer of certificates in the cluster' },
];
const OF_SETTINGS: readonly Idle[] = [
  {
    path: '/access/ref',
    hint: 'check that branch out yourself, and name the folder with --people',
  },
  { path: '/charts/dask-gateway', hint: KEPT },
  { path: '/mirrors/conda', hint: KEPT },
  { path: '/mirrors/apt', hint: KEPT },
  { path: '/mirrors/images', hint: KEPT },
];

function* idleIn(doc: Doc<unknown>, fields: readonly Idle[]): Generator<Problem> {
  for (const { path, hint } of fields)
    if (doc.has(path)) yield idle(doc.keyAt(path), path.slice(path.lastIndexOf('/') + 1), hint);
}

function idle(at: Problem['at'], name: string, hint: string): Problem {
  return { at, message: `"${name}" does nothing yet`, hint };
}

function hoursOf(event: number): Idle {
  const hint = 'it is kept for later: the class counts for its whole time';
  return { path: pointer('capacity', 'events', event, 'hours'), hint };
}

function* idleOfHubs({ environments }: Platform): Generator<Problem> {
  for (const hub of environments.values()) {
    yield* idleIn(hub, OF_HUBS);
    yield* idleIn(
      hub,
      hub.data.capacity.events.map((_, index) => hoursOf(index)),
    );
    if (hub.data.kind === 'binder')
      yield {
        at: hub.at('/kind'),
        message: 'binder hubs are not rendered yet',
        hint: 'use kind: hub',
      };
  }
}

export const notYet: Rule = {
  id: 'not-yet',
  severity: 'warning',
  title: 'Some fields are known but do nothing yet.',
  why: 'The format has room for them, so that files need no change later; until then they are without effect.',
  on: 'platform',
  *check(platform) {
    yield* idleIn(platform.settings, OF_SETTINGS);
    for (const cluster of platform.clusters.values()) yield* idleIn(cluster, OF_CLUSTERS);
    yield* idleOfHubs(platform);
  },
};
