import { isSettled } from '../core/hub/state.ts';
import { unitId } from '../core/unit.ts';
import { Failure } from '../failure.ts';
import type { Found, Job, Wanted } from './deployment.ts';
import { keepRecord } from './record.ts';
import { recordOf } from './tell.ts';

/**
 * Hubs that run what is wanted, while the record does not say so: GitHub refused it then, or the branch is gone. Later
 * waves of other clusters wait for it.
 */
export async function catchUpRecord(
  job: Job,
  wanted: Wanted,
  { states, present }: Found,
): Promise<void> {
  const { inputs, report } = job;
  const { hold, record, actions } = inputs;
  if (hold !== undefined || (record === undefined && !actions)) return;
  const unreadable = new Set(wanted.recorded.unreadable.map(({ unit }) => unitId(unit)));
  for (const to of wanted.chosen) {
    const { unit, digest, release } = to;
    const state = states.known.get(release.namespace);
    if (unreadable.has(unitId(unit))) continue; // a person looks at it first
    const known = present.get(unitId(unit));
    const isKnown = known?.digest === digest && known.status?.tried === undefined;
    if (!isSettled(state, digest) || isKnown) continue;
    const message = `${unit.name} runs ${digest.slice(0, 7)}, and was not recorded`;
    try {
      const files = await recordOf(job, wanted, to, state?.healthy?.since);
      await keepRecord(inputs, { unit, files, message }, report);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      report.progress(`record: ${error.message}`); // the hub runs either way
    }
  }
}
