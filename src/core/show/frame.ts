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
  /** How whoever reads the plan calls the tool. */
  call: string;
}

/** What the plan is compared with: words, and the commit that ends them where there is one. */
export interface Comparison {
  words: string;
  commit: string | undefined;
}

export function comparison({ steps, unchanged, orphans }: Plan, { base }: PlanFrame): Comparison {
  if (base !== undefined)
    return {
      words: `compared with what runs now (deployed ${day(base.at)} from`,
      commit: base.commit.slice(0, 7),
    };
  const isKnown = ({ marker }: Plan['steps'][number]): boolean => marker !== '+' && marker !== '→';
  const known = unchanged.length + orphans.length > 0 || steps.some(isKnown);
  const words = known ? 'compared with the given record' : 'nothing is deployed yet';
  return { words, commit: undefined };
}

/** What the plan is compared with, in words. */
export function against(plan: Plan, frame: PlanFrame): string {
  const { words, commit } = comparison(plan, frame);
  return commit === undefined ? words : `${words} ${commit})`;
}
