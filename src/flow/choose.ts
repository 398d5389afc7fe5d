import type { States } from '../core/hub/state.ts';
import type { DataFile } from '../core/model/data-types.ts';
import { isNamed } from '../core/model/platform.ts';
import { didYouMean } from '../core/model/nearest.ts';
import type { ClusterFile, Doc, Platform, Removal } from '../core/model/types.ts';
import { unitId } from '../core/unit.ts';
import type { Unit, WantedRelease } from '../core/unit.ts';
import { UsageError } from '../failure.ts';
import type { DeployInputs } from './deployment.ts';

export type Asked = Pick<DeployInputs, 'hubs' | 'wave' | 'hold'>;

/** The one that is named, or the only one. */
export function chooseCluster(platform: Platform, name: string | undefined): Doc<ClusterFile> {
  const names = [...platform.clusters.keys()];
  const only = names.length === 1 ? names[0] : undefined;
  const cluster = platform.clusters.get(name ?? only ?? '');
  if (cluster) return cluster;
  throw new UsageError(
    name === undefined
      ? 'there are several clusters: write --cluster NAME'
      : `there is no cluster "${name}"`,
    `clusters: ${names.join(', ')}`,
  );
}

/** Data sets by their names, each once. */
export function chooseSets(
  { data, names: all }: Platform,
  names: readonly string[],
): Doc<DataFile>[] {
  return [...new Set(names)].map((name) => {
    const found = data.get(name);
    if (found) return found;
    if (all.get('data')?.has(name) === true)
      throw new UsageError(`data/${name}.yaml has mistakes`, 'see `glaciocloud check`');
    throw new UsageError(`there is no data set "${name}"`, setMeant(name, [...data.keys()]));
  });
}

function setMeant(name: string, known: readonly string[]): string {
  const others = known.length === 0 ? `add data/${name}.yaml` : `sets: ${known.join(', ')}`;
  return didYouMean(name, known, others);
}

/** Throws where a name is no hub's: of a file, or of one of `others`, which know hubs too. */
export function confirmHubs(
  { environments, names }: Pick<Platform, 'environments' | 'names'>,
  hubs: readonly string[],
  others: readonly string[] = [],
): void {
  const known = [
    ...new Set([...environments.keys(), ...(names.get('environment') ?? []), ...others]),
  ];
  const unknown = hubs.find((hub) => !known.includes(hub));
  if (unknown === undefined) return;
  throw new UsageError(
    `there is no hub "${unknown}"`,
    didYouMean(unknown, known, `hubs: ${known.join(', ')}`),
  );
}

/** Of a cluster's hubs those that were asked for. */
export function chooseHubs(
  platform: Platform,
  here: readonly WantedRelease[],
  asked: Asked,
): WantedRelease[] {
  const { hubs, wave, hold } = asked;
  const known = here.map(({ unit }) => unit.name);
  const unknown = hubs.find((hub) => !known.includes(hub));
  if (unknown !== undefined)
    throw new UsageError(
      `there is no hub "${unknown}" on this cluster`,
      `hubs: ${known.join(', ')}`,
    );
  const waves = platform.settings.data.waves.map(({ name }) => name);
  if (wave !== undefined && !waves.includes(wave))
    throw new UsageError(`there is no wave "${wave}"`, `waves: ${waves.join(', ')}`);
  if (hold !== undefined) refuseLater(here, asked);
  return here.filter(
    (one) =>
      (hold === undefined || one.order === 1) &&
      (hubs.length === 0 || hubs.includes(one.unit.name)) &&
      (wave === undefined || one.wave === wave),
  );
}

function refuseLater(here: readonly WantedRelease[], { hubs, wave }: Asked): void {
  const late = here.find(
    (one) => one.order > 1 && (hubs.includes(one.unit.name) || one.wave === wave),
  );
  if (late)
    throw new UsageError(
      `${late.unit.name} is not in the first wave`,
      'only the first wave tries what is not merged',
    );
}

/** Why nothing happens to what runs here and is wanted here no longer. */
export function orphanText({ unit, elsewhere }: Orphan): string {
  return elsewhere === undefined
    ? `${unitId(unit)}: runs, but no file names it; nothing happens to it without an entry in removals: of platform.yaml`
    : `${unitId(unit)}: runs here with all its homes, but its file names the cluster ${elsewhere}; ` +
        'nothing happens to it: give the new hub another name, and this one an entry in removals: of platform.yaml';
}

export interface Orphan {
  unit: Unit;
  /** The cluster that its file names, where that is another one. */
  elsewhere: string | undefined;
  /** Its reviewed removal, where there is one. */
  removal: Removal | undefined;
}

/**
 * Hubs that the cluster knows and no file names: a matter of the first wave. A file that cannot be read still
 * names its hub.
 */
export function orphansOf(
  platform: Platform,
  cluster: Doc<ClusterFile>,
  { known, unreadable }: States,
  { hubs, wave, hold }: Asked,
): Orphan[] {
  const { waves, removals } = platform.settings.data;
  const isFirst = wave === undefined || wave === waves[0]?.name;
  if (hubs.length > 0 || !isFirst || hold !== undefined) return [];
  const elsewhere = (name: string): string | undefined => {
    const named = platform.environments.get(name)?.data.cluster;
    return named === cluster.name ? undefined : named;
  };
  const unknown = [...known.keys(), ...unreadable.keys()].filter(
    (name) => !isNamed(platform, 'environment', name) || elsewhere(name) !== undefined,
  );
  return unknown.map((name) => ({
    unit: { kind: 'hub', cluster: cluster.name, name },
    elsewhere: elsewhere(name),
    removal: removals.find((one) => one.hub === name && one.cluster === cluster.name),
  }));
}
