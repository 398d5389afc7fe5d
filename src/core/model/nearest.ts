import { closest, distance } from 'fastest-levenshtein';

/** The known word that a misspelt one probably meant, or undefined. Few mistype the first letter and another one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const lower = word.toLowerCase();
  const near = closest(lower, known);
  const apart = distance(lower, near.toLowerCase());
  const most = lower[0] === near[0]?.toLowerCase() ? Math.max(2, Math.floor(near.length / 3)) : 1;
  return apart <= most ? near : undefined;
}

/** What to write in place of an unknown word: the known one that is near, or else what `otherwise` says. */
export function didYouMean(word: string, known: readonly string[], otherwise: string): string {
  const near = nearest(word, known);
  return near === undefined ? otherwise : `did you mean "${near}"?`;
}
