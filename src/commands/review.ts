import { COMMENT_MARKER, reviewedText } from '../core/show/reviewed.ts';
import { deployedFrom } from '../edges/deployed.ts';
import { writeWhole } from '../edges/files.ts';
import { ownCall } from '../edges/in-actions.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';
import { planOutcome } from '../flow/plan-outcome.ts';
import { gatherPlan } from '../flow/plan.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { CheckRun, Forge } from '../ports.ts';

export type Commented = Pick<Forge, 'headOf' | 'stickyComment'>;

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
    outputs: {
      number: String(pull.number),
      head: pull.head,
      base: pull.base,
      merge: pull.merge ?? pull.head,
    },
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
  /** Where to write what the plan showed, and of which merge. */
  record: { file: string; base: string; merge: string } | undefined;
  full: string | undefined;
  now: number;
}

const FAILED = `${COMMENT_MARKER}
### No plan: it could not be made

What stood here before is about other files. The run says why; push again, or run it again.
`;

/** The plan of a pull request as its one comment, and as the record of what it showed. */
export async function review(
  inputs: ReviewInputs,
  github: Commented,
  report: Report,
): Promise<Outcome> {
  try {
    return await reviewed(inputs, github, report);
  } catch (error) {
    await tellFailed(inputs, github, report);
    throw error;
  }
}

async function reviewed(inputs: ReviewInputs, github: Commented, report: Report): Promise<Outcome> {
  // Until there is a plan nothing was shown, whatever an earlier run for the same commit has kept.
  await keepShown(inputs, []);
  const deployed = await deployedFrom(inputs.present, inputs.repository);
  const planned = await gatherPlan({ ...inputs, deployed }, report);
  const answer =
    planned.kind === 'refused'
      ? refused(planned.findings)
      : await planOutcome(
          planned.plan,
          { ...inputs, base: planned.base, call: ownCall() },
          inputs.html,
        );
  const comment = planned.kind === 'refused' ? `${REFUSED}${answer.summary}` : answer.summary;
  if (!(await postComment(inputs, { marker: COMMENT_MARKER, body: comment }, github, report)))
    return stale();
  if (planned.kind === 'planned') await keepShown(inputs, planned.plan.steps);
  return answer;
}

async function keepShown(
  { record, pull, head }: ReviewInputs,
  steps: Parameters<typeof reviewedText>[1],
): Promise<void> {
  if (record === undefined) return;
  const { file, base, merge } = record;
  await writeWhole(file, reviewedText({ pull, head, base, merge }, steps));
}

/** The old comment must not look current. Where that fails too, the first failure is the one that is told. */
async function tellFailed(inputs: ReviewInputs, github: Commented, report: Report): Promise<void> {
  try {
    await postComment(inputs, { marker: COMMENT_MARKER, body: FAILED }, github, report);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.progress(`comment on pull request ${inputs.pull}: ${error.message}`);
  }
}

/** Nothing is said about a commit that is no longer the head: the run for the new one says it. */
export async function postComment(
  { pull, head }: Pick<ReviewInputs, 'pull' | 'head'>,
  { marker, body }: { marker: string; body: string },
  github: Commented,
  report: Report,
): Promise<boolean> {
  if ((await github.headOf(pull)) !== head) return false;
  const address = await github.stickyComment(pull, marker, body);
  report.progress(`comment on pull request ${pull}: ${address}`);
  return true;
}

export function stale(): Outcome {
  return outcome({
    exit: 0,
    text: 'the pull request has moved on: the run for its new head comments\n',
  });
}
