/** What a figure costs, less is better: in the best of some rounds, and in the worst. */
export interface Range {
  best: number;
  worst: number;
}

export type Direction = 'less' | 'more';

/** Of a figure that is better the less, or the more, it is; undefined where it was not measured. */
export function rangeOf(
  best: number | null | undefined,
  worst: number | null | undefined,
  direction: Direction,
): Range | undefined {
  const cost = (value: number): number => (direction === 'less' ? value : 1 / value);
  if (typeof best !== 'number' || best <= 0) return undefined;
  const other = typeof worst === 'number' && worst > 0 ? worst : best;
  return { best: cost(best), worst: Math.max(cost(best), cost(other)) };
}

/** Whether every round of one was better than every round of the other. */
export function areApart(one: Range, two: Range): boolean {
  return one.worst < two.best || two.worst < one.best;
}

/** How many times one is better than the other, whichever it is. */
export function times(one: Range, two: Range): number {
  return Math.max(one.best, two.best) / Math.min(one.best, two.best);
}

/** `1.9`, `12` */
export function factor(value: number): string {
  return value >= 10 ? value.toFixed(0) : value.toFixed(1);
}
