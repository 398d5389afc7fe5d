import type { FillMode } from '../core/data/order.ts';
import { reportJson, reportText } from '../core/data/report-text.ts';
import { nearest } from '../core/model/read.ts';
import { UsageError } from '../failure.ts';
import type { LockWorld } from '../flow/data-lock.ts';
import { runData } from '../flow/data-run.ts';
import type { DataRun, DataWorld } from '../flow/data-run.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { lockData } from './data-lock.ts';

export interface DataRequest extends Omit<DataRun, 'mode' | 'sets'> {
  target: readonly string[];
}

/** What each verb works with: made where it is asked for. */
export interface DataWorlds {
  lock: () => Promise<LockWorld>;
  run: () => DataWorld;
}

const RUNS: readonly FillMode[] = ['plan', 'fill', 'verify'];

/** `data VERB SET…`: what can be done with data sets. Exit 1 where something is missing or damaged. */
export async function data(
  { target: [verb = '', ...names], ...request }: DataRequest,
  worlds: DataWorlds,
): Promise<Outcome> {
  if (verb === 'lock') return lockData(request.root, names, await worlds.lock());
  const mode = RUNS.find((one) => one === verb);
  if (mode === undefined) throw unknownVerb(verb);
  const ended = await runData({ ...request, mode, sets: names }, worlds.run());
  if (ended.kind === 'refused') return refused(ended.findings);
  const { report } = ended;
  return outcome({
    exit: report.sets.every(({ state }) => state === 'ready') ? 0 : 1,
    text:
      report.sets.length === 0 ? 'no hub of the cluster names a data set\n' : reportText(report),
    json: { schema_version: SCHEMA_VERSION, ...reportJson(report) },
  });
}

function unknownVerb(verb: string): UsageError {
  const verbs = ['lock', ...RUNS];
  if (verb === '')
    return new UsageError(
      'data needs to know what to do',
      `write: glaciocloud data ${verbs.join('|')} SET…`,
    );
  const near = nearest(verb, verbs);
  return new UsageError(
    `data cannot "${verb}"`,
    near === undefined
      ? `write: glaciocloud data ${verbs.join('|')} SET…`
      : `did you mean "data ${near}"?`,
  );
}
