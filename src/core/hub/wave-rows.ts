import { compareText } from '../json.ts';
import type { Platform } from '../model/types.ts';
import { unitId } from '../unit.ts';
import type { PresentRelease, WantedRelease } from '../unit.ts';

/** Most waves of a platform; each has a job of its own in the workflow. */
export const WAVE_NUMBERS = [1, 2, 3, 4] as const;
export const WAVES = WAVE_NUMBERS.length;

/** A wave, clusters that it reaches, those where something waits for it, and those where a person is asked first. */
interface WaveRow {
  name: string;
  clusters: string[];
  /**
   * Where the record is not what is wanted: what failed, soaks or is frozen, what nobody has recorded, and what has
   * to come back after a trial.
   */
  waiting: string[];
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
  const deployed = new Map(present.map((one) => [unitId(one.unit), one]));
  const differs = ({ unit, digest }: WantedRelease): boolean =>
    deployed.get(unitId(unit))?.digest !== digest;
  const isTried = ({ unit }: WantedRelease): boolean =>
    deployed.get(unitId(unit))?.status?.tried !== undefined;
  const hubs = wanted.filter(({ unit }) => unit.kind === 'hub');
  const shared = wanted.filter((one) => one.unit.kind === 'cluster' && differs(one));
  const still = removals.filter(({ hub }) => deployed.has(hub));
  // A cluster may have nothing left but hubs that are to be removed.
  const removing = removals
    .map(({ cluster }) => cluster)
    .filter((one) => platform.clusters.has(one));
  const rows = waves.slice(0, WAVES).map(({ name, approval }, index): WaveRow => {
    const mine = hubs.filter(({ wave }) => wave === name);
    const changed = mine.filter(differs);
    const clusters = sorted([...clustersOf(mine), ...(index === 0 ? removing : [])]);
    const due = [
      ...clustersOf([...changed, ...mine.filter(isTried), ...shared]),
      ...(index === 0 ? still.map(({ cluster }) => cluster) : []),
    ];
    return {
      name,
      clusters,
      waiting: clusters.filter((one) => due.includes(one)),
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
