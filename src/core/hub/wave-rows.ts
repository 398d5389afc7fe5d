import { compareText } from '../json.ts';
import type { Platform } from '../model/types.ts';
import { unitId } from '../unit.ts';
import type { PresentRelease, WantedRelease } from '../unit.ts';

/** Most waves of a platform; each has a job of its own in the workflow. */
export const WAVES = 4;

/** A wave, the clusters that it reaches, and those where a person is asked first. */
interface WaveRow {
  name: string;
  clusters: string[];
  approve: string[];
}

export interface WaveRows {
  rows: WaveRow[];
  /** Of all waves. */
  clusters: string[];
}

/** A wave that wants it asks on clusters where something of it changes; removals are a matter of the first wave. */
export function waveRows(
  platform: Platform,
  wanted: readonly WantedRelease[],
  present: readonly PresentRelease[],
): WaveRows {
  const { waves, removals } = platform.settings.data;
  const hubs = wanted.filter(({ unit }) => unit.kind === 'hub');
  const deployed = new Map(present.map(({ unit, digest }) => [unitId(unit), digest]));
  // A cluster may have nothing left but hubs that are to be removed.
  const removing = removals
    .map(({ cluster }) => cluster)
    .filter((one) => platform.clusters.has(one));
  const rows = waves.slice(0, WAVES).map(({ name, approval }, index): WaveRow => {
    const mine = hubs.filter(({ wave }) => wave === name);
    const changed = mine.filter(({ unit, digest }) => deployed.get(unitId(unit)) !== digest);
    return {
      name,
      clusters: sorted([...clustersOf(mine), ...(index === 0 ? removing : [])]),
      approve: approval ? sorted(clustersOf(changed)) : [],
    };
  });
  return { rows, clusters: sorted([...clustersOf(hubs), ...removing]) };
}

function clustersOf(hubs: readonly WantedRelease[]): string[] {
  return hubs.map(({ unit }) => unit.cluster);
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].sort(compareText);
}
