import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { objectOf } from '../core/json.ts';
import { sha256 } from './chart-archive.ts';
import { makeFolder } from './make-folder.ts';

/** GLACIOCLOUD_CACHE, then the folder for caches of whoever runs us. */
export function cacheFolder(): string {
  const { GLACIOCLOUD_CACHE: own, XDG_CACHE_HOME: caches } = process.env;
  return own ?? join(caches ?? join(homedir(), '.cache'), 'glaciocloud');
}

/** What a repository served under a name and version when it was asked first. */
export interface ChartKey {
  repository: string;
  name: string;
  version: string;
}

/** Where an archive is kept: by what is in it, so that nothing else can stand in its place. */
export function cachedArchive(hash: string): string {
  return join(cacheFolder(), 'charts', `${hash}.tgz`);
}

/** Where it is kept which archive was first seen. */
export function firstSeenFile({ repository, name, version }: ChartKey): string {
  const key = sha256(Buffer.from(JSON.stringify([repository, name, version])));
  return join(cacheFolder(), 'charts', `${key}.json`);
}

/** A kept archive; undefined where there is none, or something else in its place. */
export async function readArchive(hash: string): Promise<Uint8Array | undefined> {
  const archive = await readFile(cachedArchive(hash)).catch(() => undefined);
  return archive && sha256(archive) === hash ? archive : undefined;
}

/** SHA-256 of the archive that was first seen; undefined where none was, or the entry is not ours. */
export async function readFirstSeen(key: ChartKey): Promise<string | undefined> {
  const text = await readFile(firstSeenFile(key), 'utf8').catch(() => '');
  const entry = objectOf(text) ?? {};
  const same =
    entry['repository'] === key.repository &&
    entry['name'] === key.name &&
    entry['version'] === key.version;
  const hash = entry['sha256'];
  return same && typeof hash === 'string' && /^[0-9a-f]{64}$/u.test(hash) ? hash : undefined;
}

/**
 * Keeps an archive that has been verified, and that it was seen: the archive first, so that no entry names what is not
 * there.
 */
export async function keepArchive(key: ChartKey, archive: Uint8Array): Promise<void> {
  const hash = sha256(archive);
  await keep(cachedArchive(hash), archive);
  if ((await readFirstSeen(key)) === undefined)
    await keep(firstSeenFile(key), `${JSON.stringify({ ...key, sha256: hash })}\n`);
}

/** In one step, and where that is possible: without a cache the next run fetches again. */
export async function keep(file: string, content: Uint8Array | string): Promise<void> {
  const fresh = `${file}.${randomUUID()}`;
  try {
    await makeFolder(dirname(file));
    await writeFile(fresh, content, { flag: 'wx' });
    await rename(fresh, file);
  } catch {
    await rm(fresh, { force: true }).catch(() => undefined);
  }
}
