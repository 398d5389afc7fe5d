/**
 * A value as the API server repeats it in a refusal: a text in quotes, a whole object of Go or
 * JSON, or a word.
 */
const REPEATED =
  /\b(Invalid|Duplicate|Unsupported) value: (?:"(?:[^"\\]|\\.)*"|[\w.*&[\]]*\{.*\}|\[.*?\]|[^\s":]+)(?=[:,;\]]|$)/gmu;

/** Other ways to repeat what was written, and what stays of each. */
const OTHERS: readonly [RegExp, string][] = [
  // A difference of whole objects, as the API server adds to a field that may not change.
  [/^@@ -\d.*(?:\n(?: |[+-] ?|$).*)*/gmu, ''],
  [/(\bfields other than .*)(?:\n(?!The |Error|error:|\* ).*)+/gu, '$1'],
  // Structured merge: `expected string, got &value.valueUnstructured{Value:3}`.
  [/(\bexpected [^,\n]+), got .*$/gmu, '$1'],
  [/(is missing in) '.*'/gmsu, '$1 it'],
  // Templates of Go.
  [/(range can't iterate over) .*$/gmu, '$1 it'],
  [/(\bparsing) "(?:[^"\\]|\\.)*"/gu, '$1 it'],
  [/(\bcannot unmarshal \w+) .*? (?=into Go )/gu, '$1 '],
  // sops, of a value that nobody has encrypted.
  [/(Input string) .* (does not match)/gsu, '$1 $2'],
  // Names and passwords in addresses.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']*@/giu, '$1'],
  [/(\bBearer) \S+/giu, '$1'],
];

/**
 * A refusal without the values that it repeats: they are those of the live object too, may be secrets, and everybody
 * reads why a deployment failed. Field and rule stay.
 */
export function withoutRepeated(refusal: string): string {
  return OTHERS.reduce(
    (text, [found, rest]) => text.replaceAll(found, rest),
    refusal.replaceAll(REPEATED, '$1 value'),
  );
}
