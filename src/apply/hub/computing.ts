import { computingText, keepsBusy } from '../../core/hub/computing.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Unit } from '../../core/unit.ts';
import { KubeFailure, TimedOut } from '../../failure.ts';
import type { ApplyWorld } from '../types.ts';

/** A hub that does not answer at once is no reason to wait. */
const SECONDS = 20;

/** A hub that runs, and what becomes of computations by what follows. */
export interface Computing {
  unit: Unit;
  values: JsonObject;
  then: string;
}

/** Who computes, as counts, before anything is touched. */
export async function tellComputing(
  { unit, values, then }: Computing,
  { kube, script, progress }: Pick<ApplyWorld, 'kube' | 'script' | 'progress'>,
): Promise<void> {
  if (!keepsBusy(values)) return;
  try {
    await kube.python(unit.name, {
      script: await script('hub_people.py'),
      args: [JSON.stringify({ do: 'computing' })],
      onLine: (line) => {
        const text = computingText(line);
        if (text !== undefined) progress(unit, `${text}; ${then}`);
      },
      timeoutMs: SECONDS * 1000,
    });
  } catch (error) {
    if (!(error instanceof KubeFailure || error instanceof TimedOut)) throw error;
  }
}
