import { ISSUES } from '../core/issues.ts';
import type { FillMode } from '../core/data/order.ts';
import { reportIssue, reportJson, reportText } from '../core/data/report-text.ts';
import type { FillReport } from '../core/data/report.ts';
import { inMarkdown } from '../core/escape.ts';
import { nearest } from '../core/model/nearest.ts';
import { UsageError } from '../failure.ts';
import type { LockWorld } from '../flow/data-lock.ts';
import { runData } from '../flow/data-run.ts';
import type { DataRun, DataWorld } from '../flow/data-run.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Forge } from '../ports.ts';
import { lockData } from './data-lock.ts';

export interface DataRequest extends Omit<DataRun, 'mode' | 'sets'> {
  target: readonly string[];
}

/** What each verb works with: made where it is asked for. */
export interface DataWorlds {
  lock: () => Promise<LockWorld>;
  run: () => DataWorld;
  /** Where a workflow tells what verifying could not mend. */
  github: () => Promise<Tracker | undefined>;
}

type Tracker = Pick<Forge, 'openIssue' | 'closeIssue'>;

const RUNS: readonly FillMode[] = ['plan', 'fill', 'verify'];

/** `data VERB SET…`: what can be done with data sets. Exit 1 where something is missing or damaged. */
export async function data(
  { target: [verb = '', ...names], ...request }: DataRequest,
  worlds: DataWorlds,
): Promise<Outcome> {
  if (verb === 'lock') return lockData(request.root, names, await worlds.lock());
  const mode = RUNS.find((one) => one === verb);
  if (mode === undefined) throw unknownVerb(verb);
  const world = worlds.run();
  const ended = await runData({ ...request, mode, sets: names }, world);
  if (ended.kind === 'refused') return refused(ended.findings);
  const { cluster, report } = ended;
  const well = report.sets.every(({ state }) => state === 'ready');
  const github = mode === 'verify' ? await worlds.github() : undefined;
  if (github) world.report.progress(await tell(github, cluster, { report, well }));
  return outcome({
    // The issue says it: a red run every night would say no more.
    exit: well || github ? 0 : 1,
    text:
      report.sets.length === 0 ? 'no hub of the cluster names a data set\n' : reportText(report),
    json: { schema_version: SCHEMA_VERSION, ...reportJson(report) },
  });
}

/** One issue for each cluster, closed when all is there. */
async function tell(
  github: Tracker,
  cluster: string,
  { report, well }: { report: FillReport; well: boolean },
): Promise<string> {
  const labels = [ISSUES.data, `cluster:${cluster}`];
  if (well) {
    await github.closeIssue(labels, inMarkdown`Input data of ${cluster} are whole again.`.text);
    return `input data of ${cluster} are whole`;
  }
  const { title, text } = reportIssue(cluster, report);
  return `what is missing or damaged is told in issue ${await github.openIssue(labels, title, text)}`;
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
