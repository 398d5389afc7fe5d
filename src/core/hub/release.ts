import { clusterRelease } from '../cluster/release.ts';
import { hubImages } from '../images/resolve.ts';
import { compareText } from '../json.ts';
import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';
import { wantedRelease } from '../plan/release.ts';
import type { ChartPin, WantedRelease } from '../unit.ts';
import { hubValues } from './values/build.ts';
import type { HubValues } from './values/part.ts';

/** The charts of a run, as far as values and digests need them. */
export interface ChartFacts {
  pins: readonly ChartPin[];
  codeDigest: string;
}

/** A hub's values, or nothing where its cluster's file cannot be read. */
export function valuesOf(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  charts: Pick<ChartFacts, 'codeDigest'>,
): HubValues | undefined {
  const cluster = platform.clusters.get(hub.data.cluster);
  if (!cluster) return undefined;
  return hubValues({
    hub,
    cluster: cluster.data,
    platform: platform.settings.data,
    images: hubImages(platform, hub),
    codeDigest: charts.codeDigest,
  });
}

/** Every release that the files ask for: cluster units first, then hubs by wave, each group by name. */
export function wantedReleases(platform: Platform, charts: ChartFacts): WantedRelease[] {
  const hubs = [...platform.environments.values()].flatMap((hub) =>
    hubRelease(platform, hub, charts),
  );
  const used = new Set(hubs.map(({ unit }) => unit.cluster));
  const clusters = [...platform.clusters.keys()]
    .filter((name) => used.has(name))
    .map((name) => clusterRelease(name));
  return [...clusters, ...hubs].sort(
    (a, b) => a.order - b.order || compareText(a.unit.name, b.unit.name),
  );
}

function hubRelease(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  charts: ChartFacts,
): WantedRelease[] {
  const built = valuesOf(platform, hub, charts);
  const waves = platform.settings.data.waves;
  const order = waves.findIndex(({ name }) => name === hub.data.wave) + 1;
  if (!built || order === 0) return [];
  return [
    wantedRelease(hub.data.wave, order, {
      v: 1,
      unit: { kind: 'hub', cluster: hub.data.cluster, name: hub.name },
      namespace: hub.name,
      charts: charts.pins
        .map(({ name, version, digest }) => ({ name, version, digest }))
        .sort((a, b) => compareText(a.name, b.name)),
      values: built.values,
      images: hubImages(platform, hub).map(({ name, reference }) => ({ name, reference })),
      secrets: Object.keys(hub.data.secrets).sort(compareText),
    }),
  ];
}
