import { computingText, keepsBusy } from '../../core/hub/computing.ts';
import { KubeFailure, TimedOut } from '../../failure.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** A hub that does not answer at once is no reason to wait. */
const SECONDS = 20;

/**
 * Who computes, as counts, before anything is touched: a deployment ends no server, but whoever means to empty nodes
 * or to remove the hub next should know.
 */
export async function tellComputing(
  { to, state }: HubTask,
  { kube, script, progress }: ApplyWorld,
): Promise<void> {
  if (!state?.healthy || !keepsBusy(state.healthy.release.values)) return;
  try {
    await kube.python(to.release.namespace, {
      script: await script('hub_people.py'),
      args: [JSON.stringify({ do: 'computing' })],
      onLine: (line) => {
        const text = computingText(line);
        if (text !== undefined) progress(to.unit, `${text}; this goes on`);
      },
      timeoutMs: SECONDS * 1000,
    });
  } catch (error) {
    if (!(error instanceof KubeFailure || error instanceof TimedOut)) throw error;
  }
}
