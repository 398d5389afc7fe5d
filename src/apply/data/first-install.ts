import { lockedSets } from '../../core/data/lock.ts';
import { hasEnded } from '../../core/data/job.ts';
import { dataWanted } from '../../core/data/order.ts';
import type { FillReport } from '../../core/data/report.ts';
import { textAt } from '../../core/json.ts';
import type { ReleaseState } from '../../core/hub/state.ts';
import type { Doc, EnvironmentFile, Platform } from '../../core/model/types.ts';
import type { Ending } from '../../core/plan/result.ts';
import { orderedJob } from './fill.ts';
import { untilEnded } from './watch.ts';
import type { Watching, WatchWorld } from './watch.ts';

/** A hub that may be installed the first time. */
export interface NewHub {
  platform: Platform;
  hub: Doc<EnvironmentFile>;
  state: ReleaseState | undefined;
}

/** What keeps a new hub from its first installation because it waits for its data; undefined where nothing does. */
export async function lackingData(
  { platform, hub, state }: NewHub,
  world: WatchWorld,
  watching: Watching,
): Promise<Ending | undefined> {
  if (!hub.data.waitForData || state?.healthy !== undefined) return undefined;
  const asked = dataWanted(platform, hub.data.cluster);
  const own = lockedSets(platform, hub.data.data).map(({ set }) => set.name);
  if (asked === undefined || own.length === 0) return undefined;
  const job = await orderedJob(asked, world.kube);
  if (job === undefined) return blocked('they could not be ordered: this run said why');
  if (hasEnded(job, 'Complete')) return undefined;
  watching.say(`waiting for its input data (${own.join(', ')})`);
  const end = await untilEnded(textAt(job, '/metadata/name'), world, watching);
  switch (end.kind) {
    case 'report':
      return lackOf(own, end.report);
    case 'error':
      return blocked(`${end.cause}: ${end.cure}`);
    case 'late': {
      const how = end.text === '' ? '' : ` (${end.text})`;
      const reason = `its input data are still being fetched${how}: it is installed by the first run that finds them`;
      return { outcome: 'waiting', code: 'data-missing', reason };
    }
  }
}

function lackOf(own: readonly string[], { sets }: FillReport): Ending | undefined {
  const bad = sets.filter(({ set, state }) => own.includes(set) && state !== 'ready');
  const [first] = bad.flatMap(({ problems }) => problems);
  if (bad.length === 0) return undefined;
  const names = bad.map(({ set, state }) => `${set} is ${state}`).join(', ');
  return blocked(first === undefined ? names : `${names}: ${first.cause} ${first.cure}`);
}

function blocked(why: string): Ending {
  return {
    outcome: 'blocked',
    code: 'data-missing',
    reason: `its input data are not there: ${why}`,
  };
}
