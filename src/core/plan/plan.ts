import { digestOf } from '../digest.ts';
import type { Finding } from '../finding.ts';
import type { ChartPin, Digest } from '../unit.ts';
import type { ShownStep, ShownUnit } from './family.ts';

/** What all families would do, with what was found on the way. */
export interface Plan {
  digest: Digest;
  steps: ShownStep[];
  unchanged: ShownUnit[];
  /** Run somewhere, but no file names them any more; nothing happens to them without a reviewed removal. */
  orphans: ShownUnit[];
  findings: Finding[];
  charts: ChartPin[];
}

/** What of a plan is about these hubs, or about what all share; everything, where none is named. */
export function aboutHubs(plan: Plan, hubs: readonly string[]): Plan {
  if (hubs.length === 0) return plan;
  const isOne = ({ id }: ShownUnit): boolean => hubs.includes(id);
  return {
    ...plan,
    steps: plan.steps.filter(
      (step) => step.hubs.length === 0 || step.hubs.some((hub) => hubs.includes(hub)),
    ),
    unchanged: plan.unchanged.filter(isOne),
    orphans: plan.orphans.filter(isOne),
  };
}

/** One family's part of a plan. */
export type PlanPart = Pick<Plan, 'steps' | 'unchanged' | 'orphans'>;

/** Parts in the order in which families are registered, as one plan. */
export function planOf(
  parts: readonly PlanPart[],
  { findings, charts }: { findings: readonly Finding[]; charts: readonly ChartPin[] },
): Plan {
  const steps = parts.flatMap((part) => part.steps);
  return {
    digest: digestOf(steps.map(({ identity }) => identity)),
    steps,
    unchanged: parts.flatMap(({ unchanged }) => unchanged),
    orphans: parts.flatMap(({ orphans }) => orphans),
    findings: [...findings],
    charts: [...charts],
  };
}
