import { hasErrors } from '../core/finding.ts';
import { aboutHubs } from '../core/plan/plan.ts';
import { deployedFrom } from '../edges/deployed.ts';
import { headCommit } from '../edges/git.ts';
import { ownCall } from '../edges/in-actions.ts';
import type { Report } from '../edges/report.ts';
import { fileFindings } from '../flow/findings.ts';
import { confirmHubs } from '../flow/choose.ts';
import { planOutcome } from '../flow/plan-outcome.ts';
import { gatherPlan } from '../flow/plan.ts';
import { CHANGES, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface PlanInputs {
  root: string;
  chartsFrom: string | undefined;
  present: string | undefined;
  html: string | undefined;
  /** Only what is about them, and what all share; everything, where none is named. */
  hubs: readonly string[];
  /** Whether changes are told by the exit code. */
  exitCode: boolean;
  now: number;
}

/** What would change, compared with what is deployed. */
export async function plan(inputs: PlanInputs, report: Report): Promise<Outcome> {
  const { root, present, html } = inputs;
  const deployed = await deployedFrom(present, root).catch(async (cause: unknown) => {
    const findings = await fileFindings(root, inputs.now);
    if (hasErrors(findings)) return findings;
    throw cause;
  });
  if (Array.isArray(deployed)) return refused(deployed);
  const planned = await gatherPlan({ ...inputs, deployed }, report);
  if (planned.kind === 'refused') return refused(planned.findings);
  const head = await headCommit(root);
  const frame = { head, base: planned.base, full: undefined, call: ownCall() };
  const names = [...planned.plan.unchanged, ...planned.plan.orphans].map(({ id }) => id);
  confirmHubs(planned.platform, inputs.hubs, names);
  const shown = aboutHubs(planned.plan, inputs.hubs);
  const answer = await planOutcome(shown, frame, html);
  if (html !== undefined) report.progress(`the whole plan is the page ${html}`);
  return inputs.exitCode && shown.steps.length > 0 ? { ...answer, exit: CHANGES } : answer;
}
