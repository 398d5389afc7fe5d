import { digestOf } from '../digest.ts';
import type { Finding } from '../finding.ts';
import { at, isObject, segmentsOf, walk } from '../json.ts';
import type { Json } from '../json.ts';
import { readSource } from '../source.ts';
import type { Digest } from '../unit.ts';
import { unlessCredential } from './shapes.ts';

export const SECRETS_RULE = 'secrets-file';
const RULE = { rule: SECRETS_RULE, severity: 'error' } as const;
/** Where the secrets of a hub stand. */
const SECRETS_FILE = /^secrets\/([^/]+)\.sops\.yaml$/u;

/** The hub whose secrets a path is for. */
export function hubOfSecrets(path: string): string | undefined {
  return SECRETS_FILE.exec(path)?.[1];
}

/**
 * What is not encrypted in a file of secrets; its values are never repeated. `isShared`: others may have the file
 * already, by git.
 */
export function encryptionFindings(file: string, text: string, isShared = true): Finding[] {
  const source = readSource(file, text);
  const open = openIn(source.data);
  const mac = at(source.data, '/sops/mac');
  if (source.findings.length > 0 || !isEncrypted(mac)) {
    const isFilled = source.findings.length > 0 || holdsText(source.data);
    return [
      {
        ...RULE,
        at: source.at(''),
        message: isFilled ? 'this file is not encrypted' : 'this file holds no secrets yet',
        hint: `${isFilled ? whatFirst(isShared) : 'fill it in, then'} ${encryptWith(file)}`,
      },
    ];
  }
  return open.map((path) => ({
    ...RULE,
    at: source.at(path),
    message: `"${unlessCredential(segmentsOf(path).at(-1) ?? '')}" is not encrypted`,
    hint: isShared
      ? `${REVOKE} with \`sops edit ${file}\``
      : `before it is committed, write it again with \`sops edit ${file}\``,
  }));
}

const REVOKE = 'revoke what it holds: whoever can read this repository has it; write the new value';

function whatFirst(isShared: boolean): string {
  return isShared ? `${REVOKE}, then` : 'before it is committed,';
}

function encryptWith(file: string): string {
  return `encrypt it: \`sops encrypt --in-place ${file}\`, which needs the public key in .sops.yaml`;
}

/** Of what is encrypted, not for whom: `sops updatekeys` changes nothing that a hub could notice. */
export function sealedDigest(text: string): Digest {
  const { data, findings } = readSource('', text);
  if (findings.length > 0 || !isObject(data)) return digestOf(text);
  return digestOf(Object.fromEntries(Object.entries(data).filter(([key]) => key !== 'sops')));
}

/** Anything but names. */
function holdsText(data: Json): boolean {
  return [...walk(data)].some(
    ({ value }) => value !== null && value !== '' && typeof value !== 'object',
  );
}

/** Sops leaves empty texts as they are. */
function isEncrypted(value: Json | undefined): boolean {
  return typeof value === 'string' && /^ENC\[[A-Z0-9_]+,data:[^\]]*\]$/u.test(value);
}

/** Pointers to what stands in clear beside what sops says of the file. */
function openIn(data: Json): string[] {
  return [...walk(data)].flatMap(({ path, value }) => {
    const isNothing = value === null || value === '' || isObject(value) || Array.isArray(value);
    const isOfSops = path.startsWith('/sops/') || path === '/sops';
    return isNothing || isOfSops || isEncrypted(value) ? [] : [path];
  });
}
