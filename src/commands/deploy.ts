import type { UnitResult } from '../apply/types.ts';
import { deployJson, deployMarkdown, deployText } from '../core/show/deploy-text.ts';
import type { WantedRelease } from '../core/unit.ts';
import { UsageError } from '../failure.ts';
import type { ExitCode } from '../failure.ts';
import { runDeployment } from '../flow/deploy.ts';
import type { DeployInputs, Job } from '../flow/deployment.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** From what runs to what is wanted, wave by wave; prints what became of each hub. */
export async function deploy(job: Job): Promise<Outcome> {
  checkOptions(job.inputs);
  const ended = await runDeployment(job);
  switch (ended.kind) {
    case 'refused':
      return refused(ended.findings);
    case 'moved-on':
      return outcome({
        exit: 0,
        text: `${ended.branch} has moved on: the run for its newest commit deploys\n`,
        json: { schema_version: SCHEMA_VERSION, ...deployJson([], ended.wanted) },
      });
    case 'deployed':
      return summary(ended.results, ended.wanted);
  }
}

function checkOptions({ hubs, now, again, retry, hold, reason = '' }: DeployInputs): void {
  if ((now || again || retry !== undefined) && reason === '')
    throw new UsageError('--now, --again and --retry need a --reason');
  if (hold !== undefined && (reason === '' || !/^[1-9][0-9]*[mh]$/u.test(hold)))
    throw new UsageError('--hold needs a time such as 2h, and a --reason');
  if (again && hubs.length === 0) throw new UsageError('--again needs the names of hubs');
}

function summary(results: readonly UnitResult[], wanted: readonly WantedRelease[]): Outcome {
  return outcome({
    exit: exitCode(results),
    text: deployText(results),
    json: { schema_version: SCHEMA_VERSION, ...deployJson(results, wanted) },
    outputs: {
      has_changes: String(results.length > 0),
      waiting: String(results.some((one) => one.outcome === 'waiting')),
    },
    summary: deployMarkdown(results),
  });
}

/** Partly done, or only held up, is 3: nothing is broken that was not before. */
function exitCode(results: readonly Pick<UnitResult, 'outcome'>[]): ExitCode {
  const bad = results.filter(({ outcome: how }) => how !== 'done' && how !== 'waiting');
  if (bad.length === 0) return 0;
  const someDone = results.some(({ outcome: how }) => how === 'done');
  return someDone || bad.every(({ outcome: how }) => how === 'blocked') ? 3 : 1;
}
