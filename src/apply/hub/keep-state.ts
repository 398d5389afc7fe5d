import { beforeOf, stateObject } from '../../core/hub/state.ts';
import type { Before, ReleaseState } from '../../core/hub/state.ts';
import { Failure } from '../../failure.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** What runs until what is wanted is proven. */
export function before({
  state,
  adopting,
}: Pick<HubTask, 'state' | 'adopting'>): Before | undefined {
  return beforeOf({ healthy: state?.healthy, adopting });
}

/** What is not named stays as it was. */
export async function saveState(
  { to, state: old, adopting, held }: HubTask,
  { kube }: ApplyWorld,
  change: Partial<ReleaseState> & Pick<ReleaseState, 'last'>,
): Promise<void> {
  held();
  const state: ReleaseState = {
    v: 1,
    wanted: to.digest,
    healthy: old?.healthy,
    adopting,
    quarantined: old?.quarantined,
    copy: old?.copy,
    hold: old?.hold,
    removing: undefined,
    infrastructure: old?.infrastructure ?? 0,
    ...change,
  };
  await kube.apply([stateObject(to.release.namespace, state)]);
}

/** A cluster that does not answer keeps what it knew; the next run goes on from there. */
export function ifNotAnswered(error: unknown): void {
  if (!(error instanceof Failure)) throw error;
}
