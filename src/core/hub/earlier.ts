import { unitId } from '../unit.ts';
import type { Digest, Instant, WantedRelease } from '../unit.ts';
import type { Earlier } from './gates.ts';
import { isSettled } from './state.ts';
import type { States } from './state.ts';

/** How a hub of a wave before stands, for the gate of the waves after it. */
type Standing = Pick<Earlier, 'how' | 'since'>;

/** What is known in public of what runs, and of which units nobody can read it. */
export interface PublicFacts {
  runs: { digest: Digest; since: Instant | undefined } | undefined;
  unreadable: { has: (id: string) => boolean };
}

/** By what is known in public: of another cluster, or where none is asked. */
export function publicStanding(one: WantedRelease, { runs, unreadable }: PublicFacts): Standing {
  if (runs === undefined) {
    const how = unreadable.has(unitId(one.unit)) ? 'unfinished' : 'unseen';
    return { how, since: undefined };
  }
  return runs.digest === one.digest
    ? { how: 'healthy', since: timeOf(runs.since) }
    : { how: 'unfinished', since: undefined };
}

/** By the cluster itself. `hasFailed`: a run that goes on now has just seen it fail. */
export function liveStanding(one: WantedRelease, states: States, hasFailed: boolean): Standing {
  if (states.unreadable.has(one.release.namespace)) return { how: 'failed', since: undefined };
  const state = states.known.get(one.release.namespace);
  if (isSettled(state, one.digest)) return { how: 'healthy', since: timeOf(state?.healthy?.since) };
  const isFailed = hasFailed || state?.quarantined?.digest === one.digest;
  return { how: isFailed ? 'failed' : 'unfinished', since: undefined };
}

/** The wanted hubs of the waves before one, on whichever cluster. */
export function hubsBefore(
  waves: readonly { name: string }[],
  wave: { name: string },
  hubs: readonly WantedRelease[],
): WantedRelease[] {
  const names = waves.map(({ name }) => name);
  const before = names.slice(0, names.indexOf(wave.name));
  return hubs.filter(({ unit, wave: name }) => unit.kind === 'hub' && before.includes(name));
}

function timeOf(at: Instant | undefined): number | undefined {
  return at === undefined ? undefined : Date.parse(at);
}
