import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../core/json.ts';
import { readRefusals } from '../core/refusals/read.ts';
import { refusalsText } from '../core/refusals/refusal.ts';
import { fields, readerOf } from '../core/shape.ts';
import { SecretsFailure } from '../failure.ts';
import type { Secrets } from '../ports.ts';
import { plainText } from './entry.ts';
import { exec } from './exec.ts';
import { exists } from './files.ts';
import { findTool } from './tools.ts';

const readContent = readerOf<JsonObject>(fields({}));

/**
 * The secrets of a hub in clear, from `secrets/<hub>.sops.yaml`; undefined where there is no such file. They go
 * to the cluster and nowhere else.
 */
export async function decryptSecrets(
  root: string,
  hub: string,
): Promise<ReadonlyMap<string, string> | undefined> {
  const file = join(root, 'secrets', `${hub}.sops.yaml`);
  if (!(await exists(file))) return undefined;
  const sops = findTool('sops');
  if (sops === undefined)
    throw new SecretsFailure('sops not found', {
      hint: 'install sops, and give the key as SOPS_AGE_KEY or SOPS_AGE_KEY_FILE',
    });
  await requirePinned(sops);
  const env = Object.fromEntries(
    ['SOPS_AGE_KEY', 'SOPS_AGE_KEY_FILE'].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  );
  const { code, stdout, stderr } = await exec(sops, ['decrypt', '--output-type', 'json', file], {
    env,
    timeoutMs: 60_000,
  });
  if (code !== 0) throw sopsFailure(hub, stderr);
  const content = readContent(stdout);
  if (content.kind !== 'read')
    throw new SecretsFailure(
      `what sops made of secrets/${hub}.sops.yaml cannot be read: ${content.reason}`,
      { hint: `it must hold names and texts: \`glaciocloud secrets template ${hub}\`` },
    );
  return new Map(
    Object.entries(content.value).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value] as const] : [],
    ),
  );
}

/** What sops prints may hold parts of the file: none of it is passed on. */
function sopsFailure(hub: string, said: string): SecretsFailure {
  const all = readRefusals('sops', said);
  const [{ cure }] = all;
  return new SecretsFailure(`secrets/${hub}.sops.yaml cannot be decrypted: ${refusalsText(all)}`, {
    hint: cure === '' ? 'give the right key as SOPS_AGE_KEY or SOPS_AGE_KEY_FILE' : cure,
  });
}

/** GLACIOCLOUD_SOPS_SHA256 says which sops may meet the key; without it, whoever installed it is trusted. */
async function requirePinned(sops: string): Promise<void> {
  const wanted = process.env['GLACIOCLOUD_SOPS_SHA256'] ?? '';
  if (wanted === '') return;
  const found = createHash('sha256')
    .update(await readFile(sops))
    .digest('hex');
  if (found !== wanted)
    throw new SecretsFailure(`sops is not the one that GLACIOCLOUD_SOPS_SHA256 names: ${found}`, {
      hint: `nothing was decrypted: find out who changed ${sops}, and install sops again`,
    });
}

/** When the file was last encrypted, in milliseconds since 1970: sops writes it in clear. */
export async function lastEncrypted(root: string, hub: string): Promise<number | undefined> {
  const text = await plainText(join(root, 'secrets', `${hub}.sops.yaml`)).catch(() => '');
  const time = Date.parse(/^ +lastmodified: "?([0-9TZ:.-]+)"?$/mu.exec(text)?.[1] ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** What a deployment needs: exactly the declared secrets, or a reason why not. */
async function readSecrets(
  root: string,
  hub: string,
  declared: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (declared.length === 0) return new Map();
  const found = await decryptSecrets(root, hub);
  if (!found)
    throw new SecretsFailure(`secrets/${hub}.sops.yaml is missing`, {
      hint: `it must hold ${declared.join(', ')}, encrypted with sops: \`glaciocloud secrets template ${hub}\``,
    });
  const missing = declared.filter((name) => (found.get(name) ?? '') === '');
  const unused = [...found.keys()].filter((name) => !declared.includes(name));
  if (missing.length > 0)
    throw new SecretsFailure(`secrets/${hub}.sops.yaml has no ${missing.join(', ')}`, {
      hint: 'add it with `sops edit`, or remove the declaration',
    });
  if (unused.length > 0)
    throw new SecretsFailure(
      `secrets/${hub}.sops.yaml holds ${unused.join(', ')}, which the environment does not declare`,
      { hint: 'declare it below secrets:, or remove it with `sops edit`' },
    );
  return found;
}

export function sopsSecrets(root: string): Secrets {
  return { supplied: (hub, declared) => readSecrets(root, hub, declared) };
}
