import { bytesOf, lockDigest, lockedSets, viewOf } from '../../data/lock.ts';
import type { LockedSet } from '../../data/lock.ts';
import { DATA_CLAIM } from '../../data/volume.ts';
import { at, objectsIn, pointer, textAt } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import type { ClusterFile, Doc, EnvironmentFile, Platform } from '../../model/types.ts';
import type { Digest, Release } from '../../unit.ts';

/** On servers a profile's image says it, so that it is known which views are open. */
export const VIEW_LABEL = 'glaciocloud.org/data-view';
/** In the volume, and on servers. */
const FOLDER = 'oggm';
export const PLACE = `/data/${FOLDER}`;

/** What servers of a hub see of its sets. */
export interface HubData {
  view: Digest;
  /** Whether an inventory is in it: OGGM makes folders where it is told that inventories are. */
  rgi: boolean;
  /** By the names of sets: how many files they are, how many bytes, and which. */
  sets: Readonly<Record<string, { files: number; bytes: number; digest: string }>>;
}

/** Undefined where no set of the hub has a lock, or its cluster has nowhere to keep data. */
export function hubData(
  platform: Pick<Platform, 'data' | 'dataLocks'>,
  hub: Doc<EnvironmentFile>,
  cluster: ClusterFile,
): HubData | undefined {
  const sets = lockedSets(platform, hub.data.data);
  const view = viewOf(sets);
  if (view === undefined || cluster.storage.data === undefined) return undefined;
  const rgi = sets.some(({ lock }) => lock.data.files.some((one) => one.unpack !== undefined));
  return { view, rgi, sets: Object.fromEntries(sets.map(heldIn)) };
}

function heldIn({ set, lock }: LockedSet): [string, HubData['sets'][string]] {
  const { files } = lock.data;
  return [
    set.name,
    { files: files.length, bytes: bytesOf(lock.data), digest: lockDigest(lock.data).slice(0, 12) },
  ];
}

/** All views at once, so that another view is another variable and no other hub. */
export function dataVolume(data: HubData | undefined): {
  extraVolumes: JsonObject[];
  extraVolumeMounts: JsonObject[];
} {
  if (data === undefined) return { extraVolumes: [], extraVolumeMounts: [] };
  const claim = { claimName: DATA_CLAIM, readOnly: true };
  const mount = { name: DATA_CLAIM, mountPath: PLACE, subPath: FOLDER, readOnly: true };
  return {
    extraVolumes: [{ name: DATA_CLAIM, persistentVolumeClaim: claim }],
    extraVolumeMounts: [mount],
  };
}

/** Where servers see it. */
export function viewPlace(view: string): string {
  return `${PLACE}/views/${view}`;
}

/** Views that the profiles of a release name. */
export function viewsOf({ values }: Pick<Release, 'values'>): string[] {
  const images = objectsIn(at(values, '/glaciocloud/profiles/images'));
  return images.map((image) => textAt(image, pointer('labels', VIEW_LABEL))).filter(isView);
}

export function isView(text: string): boolean {
  return /^[0-9a-f]{40}$/u.test(text);
}

/** Source: cfg.py of OGGM. What is missing in the view goes to the workdir. */
export function dataEnv(data: HubData | undefined, { provider }: ClusterFile): JsonObject {
  if (data === undefined) return {};
  const view = viewPlace(data.view);
  return {
    OGGM_DOWNLOAD_CACHE: `${view}/download_cache`,
    OGGM_DOWNLOAD_CACHE_RO: '1',
    ...(data.rgi && { OGGM_RGI_DIR: `${view}/rgi` }),
    // Volumes that several nodes share may have no locks, and HDF5 then opens nothing.
    ...(provider !== 'k3s' && { HDF5_USE_FILE_LOCKING: 'FALSE' }),
  };
}
