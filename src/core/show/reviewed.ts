import { unitOf } from '../hub/step.ts';
import type { Plan } from '../hub/step.ts';

/** The comment is found again by this line and by its author. */
export const COMMENT_MARKER = '<!-- glaciocloud plan -->';

const STEPS = /^<!-- glaciocloud steps:((?: [a-z0-9-]+=[0-9a-f]{12})*) -->$/mu;

/** What the plan showed, for the deployment that follows: hubs with the beginning of their digests. */
export function stepsLine(plan: Pick<Plan, 'steps'>): string {
  const shown = plan.steps.flatMap((step) =>
    step.kind !== 'remove' && unitOf(step).kind === 'hub'
      ? [` ${step.to.unit.name}=${step.to.digest.slice(0, 12)}`]
      : [],
  );
  return `<!-- glaciocloud steps:${shown.join('')} -->`;
}

export function reviewedSteps(comment: string): Map<string, string> {
  const found = STEPS.exec(comment)?.[1]?.trim() ?? '';
  return new Map(
    found === '' ? [] : found.split(' ').map((one) => one.split('=') as [string, string]),
  );
}
