import type { Finding } from '../finding.ts';
import { isObject, walk } from '../json.ts';
import type { Json } from '../json.ts';
import type { Kind } from '../model/types.ts';
import type { Source } from '../source.ts';
import { credentialsIn } from './find.ts';
import { shapedIn, unlessCredential } from './shapes.ts';

/** A rule of the readers: a file that its schema refuses may hold a credential all the same. */
const RULE = { rule: 'credential', severity: 'error' } as const;

/** Names that a file exempts from this rule. */
export function notSecretIn(data: Json): string[] {
  const names = isObject(data) ? data['notSecret'] : undefined;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

/** Every credential in a file, none of them repeated. */
export function credentialFindings(
  kind: Kind,
  source: Source,
  notSecret: readonly string[],
): Finding[] {
  const exempt = new Set([...notSecret, ...notSecretIn(source.data)]);
  const inValues = credentialsIn(kind, source.data)
    .filter(({ name }) => !exempt.has(name))
    .map(({ path, name, what }): Finding => ({
      ...RULE,
      at: source.at(path),
      message: `"${unlessCredential(name)}" is ${what}`,
      hint: `${REVOKE}; ${insteadOf(kind, path, unlessCredential(name))}`,
    }));
  return [...inValues, ...outsideValues(source)];
}

const REVOKE = 'take it out and revoke it: whoever can read this file has it';

function insteadOf(kind: Kind, path: string, name: string): string {
  const otherwise = `if it is none, write "notSecret: [${name}]"`;
  if (kind === 'image') return `everybody can read an image; ${otherwise}`;
  if (kind !== 'environment') return `${otherwise} in platform.yaml`;
  if (path.startsWith('/env')) return `every user can read env:; ${otherwise}`;
  if (path.startsWith('/secrets/'))
    return 'here stands only what it is for, the value goes to secrets/, encrypted with sops';
  return `declare its name below secrets:, the value goes to secrets/, encrypted with sops; ${otherwise}`;
}

/** Credentials in comments, and in what cannot be read as YAML. */
function outsideValues({ file, text, data }: Source): Finding[] {
  const said = [...walk(data)].flatMap(({ path, value }) =>
    typeof value === 'string' ? [path, value] : [path],
  );
  return text.split('\n').flatMap((line, index) =>
    shapedIn(line)
      .filter((found) => !said.some((one) => one.includes(found.text)))
      .map(({ what, index: column }): Finding => ({
        ...RULE,
        at: { file, line: index + 1, column: column + 1 },
        message: `${what} stands here`,
        hint: REVOKE,
      })),
  );
}
