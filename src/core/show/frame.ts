import type { Plan } from '../plan/plan.ts';
import { day } from '../time.ts';

/** Where the plan stands in time: shown, never part of its digest. */
export interface PlanFrame {
  /** Commit of the proposed files. */
  head: string | undefined;
  /** Commit that was deployed last, and when. */
  base: { commit: string; at: string } | undefined;
  /** Address of the whole plan, where there is one. */
  full: string | undefined;
}

/** What the plan is compared with, in words. */
export function against({ steps, unchanged, orphans }: Plan, { base }: PlanFrame): string {
  if (base !== undefined)
    return `compared with what runs now (deployed ${day(base.at)} from ${base.commit.slice(0, 7)})`;
  const known = unchanged.length + orphans.length > 0 || steps.some(({ marker }) => marker !== '+');
  return known ? 'compared with the given record' : 'nothing is deployed yet';
}
