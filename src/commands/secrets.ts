import { secretsTemplate } from '../core/hub/secrets.ts';
import type { SecretFinding } from '../core/hub/secrets.ts';
import type { Doc, EnvironmentFile } from '../core/model/types.ts';
import { decryptSecrets, lastEncrypted } from '../edges/sops.ts';
import { UsageError } from '../failure.ts';
import { secretsAudit } from '../flow/secrets-audit.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/**
 * `secrets audit HUB`: what is missing, unused, malformed or due for renewal, without a value.
 * `secrets template HUB`: the file to fill in.
 */
export async function secrets(
  root: string,
  [what, name]: readonly string[],
  now: number,
): Promise<Outcome> {
  if ((what !== 'audit' && what !== 'template') || name === undefined)
    throw new UsageError(
      'secrets needs audit or template, and a hub',
      'glaciocloud secrets audit|template HUB',
    );
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const hub = platform.environments.get(name);
  if (!hub)
    throw new UsageError(
      `there is no hub "${name}"`,
      `hubs: ${[...platform.environments.keys()].join(', ')}`,
    );
  return what === 'template'
    ? outcome({ exit: 0, text: secretsTemplate(hub) })
    : audit(root, hub, now);
}

const MARKS: Readonly<Record<SecretFinding['state'], string>> = {
  fine: '✓',
  due: '⚠',
  missing: '✗',
  unused: '✗',
  malformed: '✗',
  exempt: '·',
};

async function audit(root: string, hub: Doc<EnvironmentFile>, now: number): Promise<Outcome> {
  const found = await decryptSecrets(root, hub.name);
  const changed = await lastEncrypted(root, hub.name);
  const all = secretsAudit(hub.data, { values: found, changed }, now);
  const lines = all.map(
    ({ secret, state, note }) => `${MARKS[state]} ${secret.padEnd(26)}${state.padEnd(11)}${note}\n`,
  );
  return outcome({
    exit: all.some(({ state }) => MARKS[state] === '✗') ? 2 : 0,
    text: lines.join(''),
    json: {
      schema_version: SCHEMA_VERSION,
      hub: hub.name,
      secrets: all.map(({ secret, state, note }) => ({ secret, state, note })),
    },
  });
}
