import { compareText } from '../json.ts';
import type { Doc, EnvironmentFile } from '../model/types.ts';
import { seconds } from '../model/quantities.ts';

export interface SecretFinding {
  secret: string;
  state: 'fine' | 'due' | 'missing' | 'unused' | 'malformed' | 'exempt';
  note: string;
}

/** Made by the chart in the cluster and kept there; nobody supplies them. */
const GENERATED = ['hub cookie secret', 'proxy token', 'tokens of hub services'];

/**
 * What a hub's secrets look like against what its environment declares. `found` is undefined where there is no file; `changed` is
 * when the file was last encrypted, in milliseconds since 1970.
 */
export function auditSecrets(
  environment: EnvironmentFile,
  found: ReadonlyMap<string, string> | undefined,
  changed: number | undefined,
  now: number,
): SecretFinding[] {
  const declared = Object.entries(environment.secrets).map(
    ([secret, { use, rotate }]): SecretFinding => {
      const value = found?.get(secret);
      const note = rotate === undefined ? use : `${use}; renew every ${rotate}`;
      if (value === undefined) return { secret, state: 'missing', note };
      if (
        value.trim() !== value ||
        value === '' ||
        /[\r\n]/u.test(value.trim()) ||
        /^(changeme|todo|xxx|placeholder)$/iu.test(value)
      )
        return {
          secret,
          state: 'malformed',
          note: 'empty, with white space around it, of several lines, or a placeholder',
        };
      if (rotate !== undefined && changed !== undefined && now - changed > seconds(rotate) * 1000)
        return {
          secret,
          state: 'due',
          note: `${note}; last changed ${new Date(changed).toISOString().slice(0, 10)}`,
        };
      return { secret, state: 'fine', note };
    },
  );
  const unused = [...(found?.keys() ?? [])]
    .filter((secret) => !Object.hasOwn(environment.secrets, secret))
    .map((secret): SecretFinding => ({
      secret,
      state: 'unused',
      note: 'not declared below secrets:',
    }));
  const exempt = GENERATED.map((secret): SecretFinding => ({
    secret,
    state: 'exempt',
    note: 'made in the cluster',
  }));
  return [...declared, ...unused.sort((a, b) => compareText(a.secret, b.secret)), ...exempt];
}

/** The file to fill in and to encrypt: the declared names, and what each is for. */
export function secretsTemplate(hub: Doc<EnvironmentFile>): string {
  const lines = Object.entries(hub.data.secrets).map(
    ([name, { use }]) => `# ${use}\n${name}: ""\n`,
  );
  return `# Fill in, then encrypt: sops encrypt --in-place secrets/${hub.name}.sops.yaml\n${lines.join('')}`;
}
