import { pointer } from '../json.ts';
import { isNamed } from '../model/platform.ts';
import { didYouMean } from '../model/nearest.ts';
import { imagePath } from '../model/offers.ts';
import { CORE_POOL, serverPools } from '../model/pools.ts';
import type { Doc, EnvironmentFile, Kind, Platform } from '../model/types.ts';
import type { Problem, Rule } from '../rule.ts';

/** Where the files of a kind lie; `*` stands for the name. */
const FOLDERS = {
  cluster: 'clusters/*.yaml',
  image: 'images/*/image.yaml',
  data: 'data/*.yaml',
  environment: 'environments/*.yaml',
} as const satisfies Partial<Record<Kind, string>>;

function* dangling(
  platform: Platform,
  kind: keyof typeof FOLDERS,
  name: string,
  at: Problem['at'],
): Generator<Problem> {
  if (isNamed(platform, kind, name)) return;
  const file = FOLDERS[kind].replace('*', name);
  const known = [...(platform.names.get(kind) ?? [])];
  yield { at, message: `there is no ${file}`, hint: hintFor(name, known, file) };
}

function hintFor(name: string, known: readonly string[], file: string): string {
  if (known.length === 0) return `add ${file}`;
  return didYouMean(name, known, `there are: ${known.join(', ')}`);
}

export const unknownReference: Rule = {
  id: 'unknown-reference',
  severity: 'error',
  title: 'Every name refers to a file or entry that exists.',
  why: 'A hub on a cluster, wave, image or data set that does not exist cannot be deployed; a misspelt one would be left out in silence.',
  on: 'platform',
  *check(platform) {
    const waves = platform.settings.data.waves.map(({ name }) => name);
    for (const hub of platform.environments.values()) {
      const { cluster, wave, images, data } = hub.data;
      yield* dangling(platform, 'cluster', cluster, hub.at('/cluster'));
      for (const [index, { name }] of images.entries())
        yield* dangling(platform, 'image', name, hub.at(imagePath(hub, index)));
      yield* unknownSizes(hub);
      for (const [index, set] of data.entries())
        yield* dangling(platform, 'data', set, hub.at(pointer('data', index)));
      yield* unknownPools(platform, hub);
      if (!waves.includes(wave))
        yield {
          at: hub.at('/wave'),
          message: `platform.yaml has no wave "${wave}"`,
          hint: `choose ${waves.join(', ')}`,
        };
    }
    for (const [index, { cluster }] of platform.settings.data.removals.entries())
      yield* dangling(
        platform,
        'cluster',
        cluster,
        platform.settings.at(pointer('removals', index, 'cluster')),
      );
    for (const page of platform.announcements.values())
      for (const [index, hub] of page.data.hubs.entries())
        yield* dangling(platform, 'environment', hub, page.at(pointer('hubs', index)));
  },
};

function* unknownPools(platform: Platform, hub: Doc<EnvironmentFile>): Generator<Problem> {
  const cluster = platform.clusters.get(hub.data.cluster);
  if (cluster === undefined) return;
  const known = serverPools(cluster.data).map(([name]) => name);
  for (const [size, { nodes }] of Object.entries(hub.data.sizes)) {
    if (known.includes(nodes)) continue;
    yield {
      at: hub.at(pointer('sizes', size, 'nodes')),
      message:
        nodes === CORE_POOL
          ? `"${CORE_POOL}" is for hub and proxy, and for no servers`
          : `clusters/${cluster.name}.yaml has no nodes "${nodes}"`,
      hint: `choose ${known.join(', ')}`,
    };
  }
}

function* unknownSizes(hub: Doc<EnvironmentFile>): Generator<Problem> {
  const known = Object.keys(hub.data.sizes);
  for (const [index, { sizes = [] }] of hub.data.images.entries())
    for (const [place, size] of sizes.entries())
      if (!known.includes(size))
        yield {
          at: hub.at(pointer('images', index, 'sizes', place)),
          message: `the hub has no size "${size}"`,
          hint: `choose ${known.join(', ')}`,
        };
}
