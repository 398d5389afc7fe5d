import { digestOf, sha256Hex } from '../digest.ts';
import { canonical, compareText } from '../json.ts';
import type { Json } from '../json.ts';
import type { DataFile, DataLockFile, LockedFile } from '../model/data-types.ts';
import type { Doc, Platform } from '../model/types.ts';
import type { Digest } from '../unit.ts';
import { recipeOf } from './wanted.ts';

type Content = Omit<DataLockFile, 'checksum'>;

const asJson = (files: readonly LockedFile[]): Json => files.map((one) => ({ ...one }));

/** Of everything in a lock but itself. */
export function lockChecksum({ recipe, files }: Content): Digest {
  return digestOf([recipe, asJson(files)]);
}

const HEAD = `# yaml-language-server: $schema=../schemas/data-lock.schema.json
# Written by \`glaciocloud data lock\`: which files the set is, and how large they are.
`;

/** A lock as its file: a line for each file, so that a change is one line. */
export function lockText(content: Content): string {
  const files = [...content.files].sort((a, b) => compareText(a.url, b.url));
  const lock = { ...content, files };
  return [
    HEAD,
    `checksum: "${lockChecksum(lock)}"\n`,
    `recipe: "${lock.recipe}"\n`,
    files.length === 0 ? 'files: []\n' : 'files:\n',
    ...files.map((one) => `  - ${lineOf(one)}\n`),
  ].join('');
}

function lineOf({ url, bytes, unpack }: LockedFile): string {
  const parts = [`url: ${JSON.stringify(url)}`, `bytes: ${bytes}`];
  return `{${[...parts, ...(unpack === undefined ? [] : [`unpack: ${unpack}`])].join(', ')}}`;
}

export function bytesOf({ files }: Pick<DataLockFile, 'files'>): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** What a set is, whatever its recipe: 64 digits. The filler knows sets by it. */
export function lockDigest({ files }: Pick<DataLockFile, 'files'>): string {
  return sha256Hex(canonical(asJson(files)));
}

/** Whether a lock says what its set asks for. */
export function isCurrent(set: DataFile, lock: DataLockFile): boolean {
  return lock.recipe === recipeOf(set);
}

/** A set that can be filled. */
export interface LockedSet {
  set: Doc<DataFile>;
  lock: Doc<DataLockFile>;
}

/** Those of some sets that have a lock, each once, by name. One whose lock is old is what its lock says. */
export function lockedSets(
  platform: Pick<Platform, 'data' | 'dataLocks'>,
  names: readonly string[],
): LockedSet[] {
  return [...new Set(names)].sort(compareText).flatMap((name) => {
    const set = platform.data.get(name);
    const lock = platform.dataLocks.get(name);
    return set && lock ? [{ set, lock }] : [];
  });
}

/** The sets of a hub as one cache: 40 digits. Hubs with the same sets share it. */
export function viewOf(sets: readonly LockedSet[]): Digest | undefined {
  if (sets.length === 0) return undefined;
  return digestOf(sets.map(({ set, lock }): Json => [set.name, lockDigest(lock.data)]));
}
