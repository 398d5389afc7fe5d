/**
 * A value as the API server repeats it in a refusal: a text in quotes, a whole object of Go or
 * JSON, or a word.
 */
const REPEATED =
  /\b(Invalid|Duplicate|Unsupported) value: (?:"(?:[^"\\]|\\.)*"|[\w.*&[\]]*\{.*\}|[^\s":]+)(?=[:,;\]]|$)/gmu;

/**
 * A refusal of the API server without the values that it repeats: they are those of the live
 * object too, may be secrets, and everybody reads why a deployment failed. Field and rule stay.
 */
export function withoutRepeated(refusal: string): string {
  return refusal.replaceAll(REPEATED, '$1 value');
}
