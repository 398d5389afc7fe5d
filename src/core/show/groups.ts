import type { ReleaseStep } from '../hub/step.ts';
import { effectsText, reasonsText } from '../hub/words.ts';

/** Steps that are the same change in different hubs: shown once. */
export interface Group {
  first: ReleaseStep;
  steps: ReleaseStep[];
}

/** Neighbours in order that make the same change with the same effects become one group. */
export function groupEqual(steps: readonly ReleaseStep[]): Group[] {
  const groups = new Map<string, Group>();
  for (const [index, step] of steps.entries()) {
    const key =
      step.kind === 'upgrade'
        ? `${step.to.unit.kind} ${step.to.wave} ${step.diff.shape} ${reasonsText(step, 1000)} ${effectsText(step)}`
        : String(index);
    const group = groups.get(key);
    if (group) group.steps.push(step);
    else groups.set(key, { first: step, steps: [step] });
  }
  return [...groups.values()];
}
