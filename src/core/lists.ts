/** Lists of any length. As spread arguments (`push(...long)`) they end in a RangeError beyond some 100,000. */

/** Adds to the end of a list. */
export function append<T>(list: T[], more: Iterable<T>): void {
  for (const one of more) list.push(one);
}

/** The greatest of them; of none `-Infinity`, as `Math.max` has it. */
export function greatest(numbers: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const one of numbers) found = Math.max(found, one);
  return found;
}

/** The least of them; of none `Infinity`, as `Math.min` has it. */
export function least(numbers: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const one of numbers) found = Math.min(found, one);
  return found;
}
