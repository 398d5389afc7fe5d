import { COMMENT_MARKER } from '../core/show/reviewed.ts';
import { deployedFrom } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { planOutcome } from '../flow/plan-outcome.ts';
import { gatherPlan } from '../flow/plan.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { CheckRun, Forge } from '../ports.ts';

type Commented = Pick<Forge, 'headOf' | 'stickyComment'>;

/**
 * Which pull request a finished check belongs to, and which commit to look at. Says `number: ''`
 * where there is none any more.
 */
export async function pullRequest(
  run: CheckRun,
  github: Pick<Forge, 'pullRequestOf'>,
): Promise<Outcome> {
  const pull = await github.pullRequestOf(run);
  if (!pull)
    return outcome({
      exit: 0,
      text: 'no open pull request has this commit as its head: nothing to do\n',
      outputs: { number: '' },
    });
  return outcome({
    exit: 0,
    text: `pull request ${pull.number} at ${pull.head}\n`,
    outputs: { number: String(pull.number), head: pull.head, merge: pull.merge ?? pull.head },
  });
}

const REFUSED = `${COMMENT_MARKER}\n### No plan: the files have errors\n\n`;

export interface ReviewInputs {
  /** The pull request's files, as data. */
  root: string;
  /** Our own checkout, for the branch `deployed`. */
  repository: string;
  chartsFrom: string | undefined;
  present: string | undefined;
  html: string | undefined;
  pull: number;
  head: string;
  full: string | undefined;
  now: number;
}

/** The plan of a pull request as its one comment. */
export async function review(
  inputs: ReviewInputs,
  github: Commented,
  report: Report,
): Promise<Outcome> {
  const deployed = await deployedFrom(inputs.present, inputs.repository);
  const planned = await gatherPlan({ ...inputs, deployed }, report);
  const answer =
    planned.kind === 'refused'
      ? refused(planned.findings)
      : await planOutcome(planned.plan, { ...inputs, base: planned.base }, inputs.html);
  const comment = planned.kind === 'refused' ? `${REFUSED}${answer.summary}` : answer.summary;
  return (await post(inputs, github, report, comment)) ? answer : stale();
}

/** Nothing is said about a commit that is no longer the head: the run for the new one says it. */
async function post(
  { pull, head }: ReviewInputs,
  github: Commented,
  report: Report,
  body: string,
): Promise<boolean> {
  if ((await github.headOf(pull)) !== head) return false;
  const address = await github.stickyComment(pull, COMMENT_MARKER, body);
  report.progress(`comment on pull request ${pull}: ${address}`);
  return true;
}

function stale(): Outcome {
  return outcome({
    exit: 0,
    text: 'the pull request has moved on: the run for its new head comments\n',
  });
}
