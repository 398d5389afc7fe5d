/** What the parser says where no cause was found, in words of ours. */
const WORDS: readonly (readonly [reason: RegExp, message: string, hint: string])[] = [
  [
    /unknown escape|hexadecimal/u,
    'a backslash in double quotes begins something that YAML does not know',
    'write \\\\ for a backslash, or take single quotes',
  ],
  [
    /within a (?:single|double) quoted/u,
    'a quote is opened and not closed before the file ends',
    'write the second quote where the text ends',
  ],
  [
    /within a flow collection|deficient indentation|missed comma/u,
    'a list or mapping in brackets is not written to its end',
    'check its commas, and that each bracket is closed',
  ],
  [
    /bad indentation|block sequence|block mapping|implicit/u,
    'this line does not fit what stands above it',
    'check its indentation, and that "key: value" has its colon and space',
  ],
  [
    /block scalar|chomping|indentation width|line break/u,
    'a text after "|" or ">" is not written as YAML wants it',
    'begin the text on the line below, indented by 2 spaces',
  ],
  [
    /expected the node content/u,
    'a sign stands where a value belongs',
    'put text in quotes, and check commas before it',
  ],
  [/maxDepth/u, 'lists and mappings are nested too deeply', 'write it flatter'],
];

const OTHERWISE = ['this is not YAML', 'check quotes, indentation and colons near here'] as const;

export function failureWords(reason: string): { message: string; hint: string } {
  const known = WORDS.find(([pattern]) => pattern.test(reason));
  const [message, hint] = known ? [known[1], known[2]] : OTHERWISE;
  return { message, hint };
}
