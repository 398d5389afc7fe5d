import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecord } from '../core/record/read.ts';
import type { UnreadableRecord } from '../core/record/read.ts';
import { unitId } from '../core/unit.ts';
import type { PresentRelease, Unit } from '../core/unit.ts';
import { Failure } from '../failure.ts';
import { commitsOf, deployedRef, pathsAt, textsAt } from './git.ts';
import { guarded } from './disk-failure.ts';
import { plainText } from './entry.ts';
import { exists } from './files.ts';
import { tidy } from './stage.ts';

/** The public record of what runs: a folder of the shape that `render` writes, or the branch `deployed`. */
export interface Deployed {
  releases: PresentRelease[];
  /** Recorded, but nobody can read as what. */
  unreadable: UnreadableRecord[];
  /** Where it was looked for, if it is nowhere. */
  looked?: string;
  manifests(unit: Unit): Promise<string>;
}

/** Asks of each path that is there whether its text is wanted. */
type Reader = (wants: (path: string) => boolean) => Promise<ReadonlyMap<string, string>>;

type TextAt = (path: string) => Promise<string | undefined>;

const OBJECTS = 'manifests.yaml';
/** Folders with a dot in their name are no units: another run may be writing one. */
const UNIT = /^(clusters\/[^/.]+|[^/.]+)\/(?:release\.json|status\.json|manifests\.yaml)$/u;
const RECORD = /^(clusters\/[^/.]+|[^/.]+)\/(release\.json|status\.json)$/u;

/** According to a folder where one is named, else to the branch `deployed` of the repository at `root`. */
export function deployedFrom(folder: string | undefined, root: string): Promise<Deployed> {
  return folder === undefined ? deployedOnBranch(root) : deployedInFolder(folder);
}

/**
 * What is deployed according to a folder. One that does not exist, or holds other things only, is a mistake; an empty
 * one means nothing runs yet.
 */
export async function deployedInFolder(folder: string): Promise<Deployed> {
  await guarded(folder, () => tidy(folder));
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new Failure(`${folder} cannot be read`, {
      hint: 'name a folder that `render` wrote, or leave --present out',
      exit: 2,
      cause,
    });
  });
  const clusters = names.includes('clusters')
    ? (await readdir(join(folder, 'clusters')))
        .filter((name) => !name.startsWith('.'))
        .map((name) => `clusters/${name}`)
    : [];
  const units = [
    ...names.filter((name) => name !== 'clusters' && !name.startsWith('.')),
    ...clusters,
  ];
  const read: Reader = async (wants) => {
    const files = new Map<string, string>();
    for (const unit of units) {
      for (const file of ['release.json', 'status.json', OBJECTS]) {
        const path = `${unit}/${file}`;
        const full = join(folder, path);
        if (!(await exists(full)) || !wants(path)) continue;
        const text = await plainText(full).catch(() => undefined);
        if (text !== undefined) files.set(path, text);
      }
    }
    return files;
  };
  // One file, and not a look at every unit: a plan asks for each that changes.
  const text: TextAt = (path) => plainText(join(folder, path)).catch(() => undefined);
  const { found } = await deployed(read, text);
  if (units.length > 0 && found.releases.length === 0)
    throw new Failure(`${folder} holds no record of a release`, {
      hint: 'name a folder that `render` wrote; an empty one means that nothing is deployed yet',
      exit: 2,
    });
  return found;
}

/**
 * What is deployed according to the branch `deployed` of the repository at `root`; nothing, where there is no such
 * branch. Fails where that cannot be known.
 */
export async function deployedOnBranch(root: string): Promise<Deployed> {
  const ref = await deployedRef(root);
  if (ref.kind === 'none') {
    const { found } = await deployed(
      () => Promise.resolve(new Map()),
      () => Promise.resolve(undefined),
    );
    return { ...found, looked: ref.looked };
  }
  const there = await pathsAt(root, ref.commit);
  const read: Reader = (wants) => textsAt(root, ref.commit, there.filter(wants));
  const text: TextAt = async (path) => (await read((one) => one === path)).get(path);
  const { found, seen } = await deployed(read, text);
  if (seen.length > 0 && found.releases.length + found.unreadable.length === 0)
    throw new Failure('the branch `deployed` holds no record of a release', {
      hint: 'only `deploy` writes it: restore it from its history, or delete it if nothing runs yet',
    });
  return found;
}

/** So far back the record of a hub is read. */
const LONGEST_HISTORY = 500;

/**
 * The releases of a hub that the branch `deployed` has had, newest first, for as long as each is what `wanted` says.
 * None where there is no such branch.
 */
export async function deployedWhile(
  root: string,
  hub: string,
  wanted: (release: PresentRelease) => boolean,
): Promise<PresentRelease[]> {
  const ref = await deployedRef(root);
  if (ref.kind === 'none') return [];
  const found: PresentRelease[] = [];
  for (const commit of await commitsOf(root, ref.commit, hub, LONGEST_HISTORY)) {
    const paths = (await pathsAt(root, commit)).filter((path) => RECORD.exec(path)?.[1] === hub);
    const files = await textsAt(root, commit, paths);
    const read = readRecord(hub, files.get(`${hub}/release.json`), files.get(`${hub}/status.json`));
    if (read.kind !== 'read' || !wanted(read.record)) break;
    found.push(read.record);
  }
  return found;
}

/** `seen`: every path that is there. A unit that has objects and no `release.json` has lost it. */
async function deployed(read: Reader, text: TextAt): Promise<{ found: Deployed; seen: string[] }> {
  const seen: string[] = [];
  const files = await read((path) => {
    seen.push(path);
    return RECORD.test(path);
  });
  const units = new Set(seen.flatMap((path) => UNIT.exec(path)?.slice(1, 2) ?? []));
  const readings = [...units].map((unit) =>
    readRecord(unit, files.get(`${unit}/release.json`), files.get(`${unit}/status.json`)),
  );
  const found: Deployed = {
    releases: readings.flatMap((one) => (one.kind === 'read' ? [one.record] : [])),
    unreadable: readings.flatMap((one) => (one.kind === 'unreadable' ? [one.record] : [])),
    manifests: async (unit) => (await text(`${unitId(unit)}/${OBJECTS}`)) ?? '',
  };
  return { found, seen };
}
