import { isObject } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { ChartSettings } from '../core/model/types.ts';
import { Failure, messageOf } from '../failure.ts';
import { ChartRefused, asObject, sha256, yamlObject } from './chart-archive.ts';

class ChartUnreachable extends Failure {}

/** The archive of a chart from a Helm repository, as its index names it. */
export async function downloadChart(name: string, settings: ChartSettings): Promise<Uint8Array> {
  const { repository, version } = settings;
  const base = repository.endsWith('/') ? repository : `${repository}/`;
  const index = (await fetchBytes(`${base}index.yaml`)).toString('utf8');
  const entry = entryOf(yamlObject(index, `${base}index.yaml`), name, version);
  const url = Array.isArray(entry?.['urls']) ? entry['urls'][0] : undefined;
  if (!entry || typeof url !== 'string')
    throw new ChartUnreachable(`${base} has no chart ${name} ${version}`, {
      hint: 'name a version that the repository lists',
    });
  const archive = await fetchBytes(new URL(url, base).href);
  if (typeof entry['digest'] === 'string' && entry['digest'] !== sha256(archive))
    throw new ChartRefused(`chart ${name} ${version} was damaged on the way`, {
      hint: 'run it again',
    });
  return archive;
}

/** What a repository's index says of one version of a chart. */
function entryOf(index: JsonObject, name: string, version: string): JsonObject | undefined {
  const versions = asObject(index['entries'] ?? {})[name];
  if (!Array.isArray(versions)) return undefined;
  return versions.filter(isObject).find((one) => one['version'] === version);
}

export async function fetchBytes(url: string): Promise<Buffer> {
  const hint = 'check the network, or give a folder or mirror with --charts-from';
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    throw new ChartUnreachable(`${url} cannot be reached: ${reasonOf(cause)}`, { hint, cause });
  }
  if (!response.ok) throw new ChartUnreachable(`${url} answers ${response.status}`, { hint });
  return Buffer.from(await response.arrayBuffer());
}

/** `fetch` says only that it failed; why stands in the error below. */
function reasonOf(error: unknown): string {
  const below =
    typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return messageOf(below ?? error);
}
