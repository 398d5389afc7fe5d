import { digestOf } from '../digest.ts';
import { compareText } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';
import { quantityBytes } from '../model/quantities.ts';
import type { Digest } from '../unit.ts';
import { lockDigest, lockedSets, viewOf } from './lock.ts';
import type { LockedSet } from './lock.ts';
import { addressesOf, placeOf } from './wanted.ts';

export type FillMode = 'plan' | 'fill' | 'verify';

/** What a cluster's volume is to hold. */
export interface DataWanted {
  /** What the filler is asked for: `data_order.py`. */
  order: JsonObject;
  /** Changes where what is asked for does; which views are still open does not count. */
  digest: Digest;
  sets: readonly LockedSet[];
  /** Bytes that the volume has to have. */
  size: number;
}

/** OGGM's data lie on one server of a university. */
const PARALLEL = 2;

/** What the hubs of a cluster want of its volume; undefined where none wants anything. */
export function dataWanted(platform: Platform, clusterName: string): DataWanted | undefined {
  const storage = platform.clusters.get(clusterName)?.data.storage.data;
  const hubs = hubsWithData(platform, clusterName);
  const sets = lockedSets(
    platform,
    hubs.flatMap(({ data }) => data.data),
  );
  if (storage === undefined || sets.length === 0) return undefined;
  const views = new Map<string, string[]>();
  for (const hub of hubs) {
    const own = lockedSets(platform, hub.data.data);
    const view = viewOf(own);
    if (view !== undefined)
      views.set(
        view,
        own.map(({ set }) => set.name),
      );
  }
  const order: JsonObject = {
    schema_version: 1,
    sets: sets.map(setOf),
    views: [...views]
      .sort(([a], [b]) => compareText(a, b))
      .map(([view, names]) => ({ view, sets: names })),
    parallel: PARALLEL,
  };
  const size =
    storage.size === undefined ? sumOf(sets) : Math.ceil(quantityBytes(storage.size) ?? 0);
  return { order, digest: digestOf({ ...order, storage: { ...storage }, size }), sets, size };
}

/** An order as the filler takes it. */
export function orderText(
  { order }: Pick<DataWanted, 'order'>,
  mode: FillMode,
  keep: readonly string[],
): string {
  return JSON.stringify({ ...order, mode, keep: [...new Set(keep)].sort(compareText) });
}

export function hubsWithData(platform: Platform, cluster: string): Doc<EnvironmentFile>[] {
  return [...platform.environments.values()].filter(
    ({ data }) => data.cluster === cluster && data.data.length > 0,
  );
}

/** What sets say together. */
export function sumOf(sets: readonly Pick<LockedSet, 'set'>[]): number {
  return sets.reduce((sum, { set }) => sum + Math.ceil(quantityBytes(set.data.size) ?? 0), 0);
}

function setOf({ set, lock }: LockedSet): JsonObject {
  return {
    set: set.name,
    lock: lockDigest(lock.data),
    files: lock.data.files.map(({ url, bytes, unpack }) => ({
      path: placeOf(url),
      urls: addressesOf(url, set.data.mirrors),
      bytes,
      unpack: unpack ?? null,
    })),
  };
}
