import type { Plan } from '../plan/plan.ts';

/** The comment is found again by this line and by its author. */
export const COMMENT_MARKER = '<!-- glaciocloud plan -->';

const STEPS = /^<!-- glaciocloud steps:((?: [a-z0-9-]+=[0-9a-f]{12})*) -->$/mu;

/** Names of hubs have this form; another could end the line. */
const STEP = /^ [a-z0-9-]+=[0-9a-f]{1,12}$/u;

/** What the plan showed, for the deployment that follows: hubs with the beginning of their digests. */
export function stepsLine({ steps }: Pick<Plan, 'steps'>): string {
  const shown = steps
    .flatMap(({ reviewed }) =>
      reviewed ? [` ${reviewed.name}=${reviewed.digest.slice(0, 12)}`] : [],
    )
    .filter((one) => STEP.test(one));
  return `<!-- glaciocloud steps:${shown.join('')} -->`;
}

/** Names with the beginning of their digests, as a comment showed them. */
export function reviewedSteps(comment: string): Map<string, string> {
  const found = STEPS.exec(comment)?.[1]?.trim() ?? '';
  return new Map(
    found === '' ? [] : found.split(' ').map((one) => one.split('=') as [string, string]),
  );
}
