import type { JsonObject } from '../json.ts';
import { advice } from './advice.ts';
import type { Comparison } from './compare.ts';
import type { Figures } from './figures.ts';

/** A run with what follows from it. */
export interface BenchReport {
  figures: Figures;
  recommendation: string;
  /** With the run before; undefined where there is none that can be read. */
  comparison: Comparison | undefined;
}

export function benchReport(figures: Figures, comparison: Comparison | undefined): BenchReport {
  return { figures, recommendation: advice(figures), comparison };
}

/** For programs. */
export function benchJson({ figures, recommendation, comparison }: BenchReport): JsonObject {
  return {
    ...(figures as unknown as JsonObject),
    recommendation,
    compared: comparison === undefined ? null : comparedJson(comparison),
  };
}

function comparedJson({ node, at, figures, changes }: Comparison): JsonObject {
  return { at, figures, changes: changes.map((one) => ({ ...one })), node: node ?? null };
}
