import type { Finding } from '../core/finding.ts';
import type { Platform } from '../core/model/types.ts';
import type { Family, ShownStep } from '../core/plan/family.ts';
import type { PlanPart } from '../core/plan/plan.ts';
import type { StepResult } from '../core/plan/result.ts';
import type { Diff } from '../core/plan/types.ts';
import type { WantedRelease } from '../core/unit.ts';
import type { Charts } from '../edges/charts.ts';
import type { Deployed } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import { messageOf } from '../failure.ts';

/** What families gather and render from. */
export interface PlanWorld {
  platform: Platform;
  /** The files as the default branch has them; undefined where no such branch is known, or they cannot be read. */
  main: () => Promise<Platform | undefined>;
  charts: Charts;
  wanted: readonly WantedRelease[];
  deployed: Deployed;
  /** Milliseconds since 1970. */
  now: number;
  report: Pick<Report, 'progress'>;
}

/** Deployed against new objects by what `idOf` says, and what rules say of the new ones. */
export interface RenderedChanges {
  diffs: ReadonlyMap<string, Diff>;
  findings: Finding[];
}

/** What a family does with the world outside; only `gather` is needed. */
export interface FamilyEdges<Facts, Change, Step> {
  gather(world: PlanWorld): Facts | Promise<Facts>;
  render?(changes: readonly Change[], world: PlanWorld): Promise<RenderedChanges>;
  /** Says why a step fails by throwing. */
  apply?(step: Step): Promise<StepResult>;
}

/** A step with its family's way to take it; undefined where something else applies it. */
export interface PlannedStep {
  shown: ShownStep;
  apply: (() => Promise<StepResult>) | undefined;
}

export interface FamilyPlan extends Pick<PlanPart, 'unchanged' | 'orphans'> {
  steps: PlannedStep[];
  findings: Finding[];
}

/** A family with its edges, as the one list of families holds it. */
export interface RegisteredFamily {
  name: string;
  plan(world: PlanWorld): Promise<FamilyPlan>;
}

const NOTHING_RENDERED: RenderedChanges = { diffs: new Map(), findings: [] };

/** gather → decide → render → explain → show, for one family. */
export function register<Facts, Change, Step>(
  family: Family<Facts, Change, Step>,
  edges: FamilyEdges<Facts, Change, Step>,
): RegisteredFamily {
  return {
    name: family.name,
    plan: async (world) => {
      const { changes, unchanged, orphans } = family.decide(await edges.gather(world));
      const { diffs, findings } = (await edges.render?.(changes, world)) ?? NOTHING_RENDERED;
      const steps = changes.map((change): PlannedStep => {
        const step = family.explain(change, diffs.get(family.idOf(change)));
        return { shown: family.show(step), apply: edges.apply?.bind(edges, step) };
      });
      return { steps, unchanged, orphans, findings };
    },
  };
}

/** One step after the other; one that fails does not stop the others. */
export async function applySteps(steps: readonly PlannedStep[]): Promise<StepResult[]> {
  const results: StepResult[] = [];
  for (const { shown, apply } of steps) {
    if (!apply) continue;
    results.push(await apply().catch((error: unknown) => failed(shown.id, error)));
  }
  return results;
}

function failed(id: string, error: unknown): StepResult {
  return { id, outcome: 'failed', code: 'refused', reason: messageOf(error), seconds: {} };
}
