import type { WaveRows } from './wave-rows.ts';

/**
 * What the run that looks every quarter of an hour does, or what is done with it: each look costs a job, so it is
 * on only while something waits.
 */
export type CatchUp = 'start' | 'switch-off' | 'switch-on' | 'leave';

/** By the clock, or after a merge or a trial, which may have left something that waits. */
export function decideCatchUp({ rows }: WaveRows, by: 'clock' | 'change'): CatchUp {
  const waits = rows.some(({ waiting }) => waiting.length > 0);
  if (by === 'clock') return waits ? 'start' : 'switch-off';
  return waits ? 'switch-on' : 'leave';
}
