import { planHtml } from '../core/show/plan-html.ts';
import { planMarkdown } from '../core/show/plan-markdown.ts';
import type { PlanFrame } from '../core/show/frame.ts';
import { planJson, planText } from '../core/show/plan-text.ts';
import { deployedInFolder, deployedOnBranch } from '../edges/deployed.ts';
import { writeWhole } from '../edges/files.ts';
import { headCommit } from '../edges/git.ts';
import type { Report } from '../edges/report.ts';
import { gatherPlan } from '../flow/plan.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface PlanInputs {
  root: string;
  chartsFrom: string | undefined;
  present: string | undefined;
  html: string | undefined;
  now: number;
}

/** What would change, compared with what is deployed. */
export async function plan(inputs: PlanInputs, report: Report): Promise<Outcome> {
  const deployed =
    inputs.present === undefined
      ? await deployedOnBranch(inputs.root)
      : await deployedInFolder(inputs.present);
  const planned = await gatherPlan({ ...inputs, deployed }, report);
  if (planned.kind === 'refused') return refused(planned.findings);
  const frame: PlanFrame = {
    head: await headCommit(inputs.root),
    base: planned.base,
    full: undefined,
  };
  if (inputs.html !== undefined) await writeWhole(inputs.html, planHtml(planned.plan, frame));
  return outcome({
    exit: 0,
    text: planText(planned.plan, frame),
    json: planJson(planned.plan, frame),
    findings: planned.plan.findings,
    outputs: { digest: planned.plan.digest, has_changes: String(planned.plan.steps.length > 0) },
    summary: planMarkdown(planned.plan, frame),
  });
}
