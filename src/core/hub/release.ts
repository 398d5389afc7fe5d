import { clusterRelease } from '../cluster/release.ts';
import { hubImages } from '../images/resolve.ts';
import type { HubImage, Running } from '../images/resolve.ts';
import { compareText } from '../json.ts';
import type { Doc, EnvironmentFile, HubName, Platform } from '../model/types.ts';
import { wantedRelease } from '../plan/release.ts';
import type { ChartPin, PresentRelease, Release, WantedRelease } from '../unit.ts';
import { besidesOf } from './besides.ts';
import { hubData } from './values/data.ts';
import { hubValues } from './values/build.ts';
import { writtenIn } from './written.ts';
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
  images: readonly HubImage[] = hubImages(platform, hub),
): HubValues | undefined {
  const cluster = platform.clusters.get(hub.data.cluster);
  if (!cluster) return undefined;
  return hubValues({
    hub,
    cluster: cluster.data,
    platform: platform.settings.data,
    images,
    codeDigest: charts.codeDigest,
    data: hubData(platform, hub, cluster.data),
  });
}

type Present = Pick<PresentRelease, 'unit' | 'release'>;

/**
 * Every release that the files ask for: cluster units first, then hubs by wave, each group by name. What is deployed
 * says which image a hub keeps until its first build is promoted.
 */
export function wantedReleases(
  platform: Platform,
  charts: ChartFacts,
  present: readonly Present[] = [],
): WantedRelease[] {
  const hubs = [...platform.environments.values()].flatMap((hub) => {
    const images = hubImages(platform, hub, runningIn(present, hub.name));
    return hubRelease(platform, hub, charts, images);
  });
  const used = new Set(hubs.map(({ unit }) => unit.cluster));
  const clusters = [...platform.clusters.keys()]
    .filter((name) => used.has(name))
    .map((name) => clusterRelease(name));
  return [...clusters, ...hubs].sort(
    (a, b) => a.order - b.order || compareText(a.unit.name, b.unit.name),
  );
}

function runningIn(present: readonly Present[], hub: HubName): Running {
  const found = present.find(({ unit }) => unit.kind === 'hub' && unit.name === hub);
  return new Map(found?.release.images.map(({ name, reference }) => [name, reference]));
}

function secretsOf(
  { encrypted }: Platform,
  { name, data }: Doc<EnvironmentFile>,
): Pick<Release, 'secrets' | 'encrypted'> {
  const secrets = Object.keys(data.secrets).sort(compareText);
  const file = encrypted.get(name);
  return secrets.length === 0 || file === undefined ? { secrets } : { secrets, encrypted: file };
}

function hubRelease(
  platform: Platform,
  hub: Doc<EnvironmentFile>,
  charts: ChartFacts,
  images: readonly HubImage[],
): WantedRelease[] {
  const built = valuesOf(platform, hub, charts, images);
  const waves = platform.settings.data.waves;
  const order = waves.findIndex(({ name }) => name === hub.data.wave) + 1;
  if (!built || order === 0) return [];
  const cluster = platform.clusters.get(hub.data.cluster);
  const besides = cluster ? besidesOf(hub.data, cluster, platform.settings) : {};
  const written = { ...writtenIn(built, hub), besides };
  return [
    {
      ...wantedRelease(hub.data.wave, order, {
        v: 1,
        unit: { kind: 'hub', cluster: hub.data.cluster, name: hub.name },
        namespace: hub.name,
        charts: charts.pins
          .map(({ name, version, digest }) => ({ name, version, digest }))
          .sort((a, b) => compareText(a.name, b.name)),
        values: built.values,
        images: images.map(({ name, reference }) => ({ name, reference })),
        ...secretsOf(platform, hub),
      }),
      written,
    },
  ];
}
