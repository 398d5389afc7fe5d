import type { Plan } from '../core/plan/plan.ts';
import type { PlanFrame } from '../core/show/frame.ts';
import { planHtml } from '../core/show/plan-html.ts';
import { planMarkdown } from '../core/show/plan-markdown.ts';
import { planJson, planText } from '../core/show/plan-text.ts';
import { writeOver } from '../edges/files.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** Every page of a plan begins alike up to here. */
const PAGE_TITLE = '<title>Plan ';

/** A plan in all its views; as a page only where a file is named. */
export async function planOutcome(
  plan: Plan,
  frame: PlanFrame,
  html: string | undefined,
): Promise<Outcome> {
  if (html !== undefined) {
    const page = planHtml(plan, frame);
    await writeOver(html, page, page.slice(0, page.indexOf(PAGE_TITLE) + PAGE_TITLE.length));
  }
  return outcome({
    exit: 0,
    text: planText(plan, frame),
    json: planJson(plan, frame),
    findings: plan.findings,
    outputs: { digest: plan.digest, has_changes: String(plan.steps.length > 0) },
    summary: planMarkdown(plan, frame),
  });
}
