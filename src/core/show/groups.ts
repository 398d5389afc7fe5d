import type { ShownStep } from '../plan/family.ts';
import { compareText } from '../json.ts';

/** Steps that are the same change in different places: shown once. */
export interface Group {
  first: ShownStep;
  steps: ShownStep[];
}

/** Steps of one family with an equal shape become one group, which stands where its first step stood. */
export function groupEqual(steps: readonly ShownStep[]): Group[] {
  const groups = new Map<string, Group>();
  for (const step of steps) {
    const key = `${step.family} ${step.shape}`;
    const group = groups.get(key);
    if (group) group.steps.push(step);
    else groups.set(key, { first: step, steps: [step] });
  }
  return [...groups.values()];
}

/** Worst first, then by wave and name: a fixed order. */
export function byRisk(steps: readonly ShownStep[]): ShownStep[] {
  return [...steps].sort((a, b) => b.risk - a.risk || a.order - b.order || compareText(a.id, b.id));
}
