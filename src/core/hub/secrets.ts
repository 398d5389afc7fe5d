import { compareText } from '../json.ts';
import type { Doc, EnvironmentFile } from '../model/types.ts';
import { seconds } from '../model/quantities.ts';
import { formOf } from './supplied-forms.ts';

export interface SecretFinding {
  secret: string;
  state: 'fine' | 'due' | 'missing' | 'unused' | 'malformed' | 'exempt';
  note: string;
}

/** Made by the chart in the cluster and kept there; nobody supplies them. */
const GENERATED = ['hub cookie secret', 'proxy token', 'tokens of hub services'];

/** What was found of a hub's secrets. */
export interface FoundSecrets {
  /** In clear; undefined where there is no file. */
  values: ReadonlyMap<string, string> | undefined;
  /** When the file was last encrypted, in milliseconds since 1970. */
  changed: number | undefined;
  /** What is wrong with secrets that belong together, by name. */
  faults: readonly { secret: string; fault: string }[];
}

/** What a hub's secrets look like against what its environment declares; `now` in milliseconds since 1970. */
export function auditSecrets(
  environment: EnvironmentFile,
  { values: found, changed, faults }: FoundSecrets,
  now: number,
): SecretFinding[] {
  const declared = Object.entries(environment.secrets).map(([secret, declaration]) => {
    const seen = lookedAt(environment, secret, found?.get(secret));
    const fault = faults.find((one) => one.secret === secret)?.fault;
    const looked = seen.kind === 'there' && seen.fault === undefined ? { ...seen, fault } : seen;
    return { secret, ...stateOf(declaration, looked, changed, now) };
  });
  const unused = [...(found?.keys() ?? [])]
    .filter((secret) => !Object.hasOwn(environment.secrets, secret))
    .sort(compareText)
    .map((secret) => finding(secret, 'unused', 'not declared below secrets:'));
  const exempt = GENERATED.map((secret) => finding(secret, 'exempt', 'made in the cluster'));
  return [...declared, ...unused, ...exempt];
}

type Declaration = EnvironmentFile['secrets'][string];

type Looked = { kind: 'missing' } | { kind: 'there'; fault: string | undefined };

function stateOf(
  { use, rotate }: Declaration,
  looked: Looked,
  changed: number | undefined,
  now: number,
): Pick<SecretFinding, 'state' | 'note'> {
  const note = rotate === undefined ? use : `${use}; renew every ${rotate}`;
  if (looked.kind === 'missing') return { state: 'missing', note };
  if (looked.fault !== undefined) return { state: 'malformed', note: looked.fault };
  if (rotate === undefined || changed === undefined) return { state: 'fine', note };
  if (now - changed <= seconds(rotate) * 1000) return { state: 'fine', note };
  const day = new Date(changed).toISOString().slice(0, 10);
  return { state: 'due', note: `${note}; last changed ${day}` };
}

function lookedAt(environment: EnvironmentFile, secret: string, value: string | undefined): Looked {
  if (value === undefined) return { kind: 'missing' };
  const form = formOf(environment, secret);
  if (form !== undefined) return { kind: 'there', fault: form(value) };
  return { kind: 'there', fault: isMalformed(value) ? MALFORMED : undefined };
}

const MALFORMED = 'empty, with white space around it, of several lines, or a placeholder';

function isMalformed(value: string): boolean {
  return (
    value === '' ||
    value.trim() !== value ||
    /[\r\n]/u.test(value) ||
    /^(changeme|todo|xxx|placeholder)$/iu.test(value)
  );
}

function finding(secret: string, state: SecretFinding['state'], note: string): SecretFinding {
  return { secret, state, note };
}

/** The file to fill in and to encrypt: the declared names, and what each is for. */
export function secretsTemplate(hub: Doc<EnvironmentFile>): string {
  const lines = Object.entries(hub.data.secrets).map(
    ([name, { use }]) => `# ${use}\n${name}: ""\n`,
  );
  const head = `# Fill in, then encrypt: sops encrypt --in-place secrets/${hub.name}.sops.yaml\n`;
  return head + lines.join('');
}
