import type { Plan } from '../core/plan/plan.ts';
import type { PlanFrame } from '../core/show/frame.ts';
import { planHtml } from '../core/show/plan-html.ts';
import { planMarkdown } from '../core/show/plan-markdown.ts';
import { planJson, planText } from '../core/show/plan-text.ts';
import { writeWhole } from '../edges/files.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** A plan in all its views; as a page only where a file is named. */
export async function planOutcome(
  plan: Plan,
  frame: PlanFrame,
  html: string | undefined,
): Promise<Outcome> {
  if (html !== undefined) await writeWhole(html, planHtml(plan, frame));
  return outcome({
    exit: 0,
    text: planText(plan, frame),
    json: planJson(plan, frame),
    findings: plan.findings,
    outputs: { digest: plan.digest, has_changes: String(plan.steps.length > 0) },
    summary: planMarkdown(plan, frame),
  });
}
