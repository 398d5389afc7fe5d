import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** GLACIOCLOUD_CACHE, then the folder for caches of whoever runs us. */
export function cacheFolder(): string {
  const { GLACIOCLOUD_CACHE: own, XDG_CACHE_HOME: caches } = process.env;
  return own ?? join(caches ?? join(homedir(), '.cache'), 'glaciocloud');
}

/** Where the archive of a version of a chart is kept. */
export function cachedChart(name: string, version: string): string {
  return join(cacheFolder(), 'charts', `${name}-${version}.tgz`);
}

/** A kept archive; undefined where there is none. */
export async function readCached(file: string): Promise<Uint8Array | undefined> {
  return readFile(file).catch(() => undefined);
}

/** Keeps an archive where that is possible: without a cache the next run fetches again. */
export async function keepCached(file: string, archive: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, archive).catch(() => undefined);
}
