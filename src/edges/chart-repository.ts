import { isObject } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { ChartSettings } from '../core/model/types.ts';
import { messageOf } from '../failure.ts';
import { ChartRefused, asObject, sha256, yamlObject } from './chart-archive.ts';
import { ChartUnreachable, NETWORK_HINT, download } from './chart-download.ts';

/** Largest index and archive that are read; real ones have some MB and some 10 kB. */
const MOST_INDEX = 20e6;
const MOST_ARCHIVE = 10e6;

/** The address of a repository as everything below it is resolved against. */
export function repositoryBase(repository: string): string {
  return repository.endsWith('/') ? repository : `${repository}/`;
}

/** The archive of a chart from a Helm repository, as its index names it. */
export async function downloadChart(
  name: string,
  { repository, version }: ChartSettings,
  privateToo: boolean,
): Promise<Uint8Array> {
  const base = repositoryBase(repository);
  const index = await download(`${base}index.yaml`, { most: MOST_INDEX, privateToo });
  const found = yamlObject(index.toString('utf8'), `${base}index.yaml`);
  const entry = entryOf(found, name, version);
  const url = Array.isArray(entry?.['urls']) ? entry['urls'][0] : undefined;
  if (!entry || typeof url !== 'string' || !URL.canParse(url, base))
    throw new ChartUnreachable(`${base} has no chart ${name} ${version}`, {
      hint: 'name a version that the repository lists',
    });
  const archive = await download(new URL(url, base).href, { most: MOST_ARCHIVE, privateToo });
  if (typeof entry['digest'] === 'string' && entry['digest'] !== sha256(archive))
    throw new ChartRefused(`chart ${name} ${version} was damaged on the way`, {
      hint: 'run it again',
    });
  return archive;
}

/** What a repository's index says of one version of a chart. */
function entryOf(index: JsonObject, name: string, version: string): JsonObject | undefined {
  const entries = asObject(index['entries'] ?? {});
  const versions = Object.hasOwn(entries, name) ? entries[name] : undefined;
  if (!Array.isArray(versions)) return undefined;
  return versions.filter(isObject).find((one) => one['version'] === version);
}

/** The bytes at an address that whoever runs us gave on the command line, and that is trusted. */
export async function fetchGiven(url: string): Promise<Buffer> {
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    throw new ChartUnreachable(`${url} cannot be reached: ${reasonOf(cause)}`, {
      hint: NETWORK_HINT,
      cause,
    });
  }
  if (!response.ok)
    throw new ChartUnreachable(`${url} answers ${response.status}`, { hint: NETWORK_HINT });
  return Buffer.from(await response.arrayBuffer());
}

/** `fetch` says only that it failed; why stands in the error below. */
function reasonOf(error: unknown): string {
  const below =
    typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return messageOf(below ?? error);
}
