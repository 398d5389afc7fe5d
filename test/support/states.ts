import type { ReleaseState } from '../../src/core/hub/state.ts';

/** The least that is known of a hub, and what a case says otherwise. */
export function aState(more: Partial<ReleaseState> = {}): ReleaseState {
  return {
    v: 1,
    wanted: 'd',
    healthy: undefined,
    quarantined: undefined,
    copy: undefined,
    hold: undefined,
    removing: undefined,
    infrastructure: 0,
    last: { at: '2026-11-24T12:00:00Z', outcome: 'done', reason: '' },
    ...more,
  };
}
