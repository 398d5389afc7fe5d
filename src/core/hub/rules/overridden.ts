import { at, pointer } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { USER_POOL } from '../../model/pools.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import type { Problem, Rule, ValuesFacts } from '../../rule.ts';
import { SPAWNER_SECTIONS, meant } from '../values/meant.ts';
import { configOf } from './values.ts';

/** What each server gets from the image and the size that its user chose. */
const CHOSEN: readonly { path: string; key: string }[] = [
  { path: '/singleuser/image/name', key: 'images' },
  { path: '/singleuser/image/tag', key: 'images' },
  { path: '/singleuser/memory/limit', key: 'sizes' },
  { path: '/singleuser/memory/guarantee', key: 'sizes' },
  { path: '/singleuser/cpu/limit', key: 'sizes' },
  { path: '/singleuser/cpu/guarantee', key: 'sizes' },
];
const TRAITS: Readonly<Record<string, string>> = {
  image: 'images',
  mem_limit: 'sizes',
  mem_guarantee: 'sizes',
  cpu_limit: 'sizes',
  cpu_guarantee: 'sizes',
};

/** What is asked of Kubernetes beside the sizes, and in the place of theirs. */
const OVER_SIZES = [
  ...['limits', 'guarantees'].map((kind) => `/singleuser/extraResource/${kind}`),
  ...SPAWNER_SECTIONS.flatMap((section) =>
    ['limits', 'guarantees'].map((kind) => `/hub/config/${section}/extra_resource_${kind}`),
  ),
];

export const valuesOverridden: Rule = {
  id: 'values-overridden',
  severity: 'error',
  title: 'Images and sizes of servers stand in images: and sizes:.',
  why: 'Every server is started with an image and a size that its user chose, and these override what raw values say.',
  on: 'values',
  *check({ hub, ours, place }) {
    const values = hub.data.values;
    yield* overPools(hub.data, ours, place);
    const traits = configOf(values).flatMap(([section]) =>
      Object.entries(TRAITS).map(([trait, key]) => ({
        path: pointer('hub', 'config', section, trait),
        key,
      })),
    );
    for (const { path, key } of [...CHOSEN, ...traits]) {
      if (at(values, path) === undefined) continue;
      yield {
        at: place(path),
        message: `"${path.slice(1).replaceAll('/', '.')}" has no effect: ${key}: overrides it`,
        hint: `remove it, and write it below ${key}:`,
      };
    }
    for (const path of OVER_SIZES.flatMap((one) => [`${one}/cpu`, `${one}/memory`])) {
      if (at(values, path) === undefined) continue;
      yield {
        at: place(path),
        message: `"${path.slice(1).replaceAll('/', '.')}" takes the place of what each size says`,
        hint: 'remove it, and write it below sizes:',
      };
    }
  },
};

/** What a file says of every pod in the pod's own words, over whatever is said of pools. */
const OVER_POOLS = ['nodeSelector', 'node_selector', 'tolerations'].map(
  (key) => `/singleuser/extraPodConfig/${key}`,
);

function* overPools(
  { sizes, values }: EnvironmentFile,
  ours: JsonObject,
  place: ValuesFacts['place'],
): Generator<Problem> {
  const isOnOthers = Object.values(sizes).some(({ nodes }) => nodes !== USER_POOL);
  const hasTaints = at(ours, '/singleuser/extraTolerations') !== undefined;
  const hasLabels = at(ours, '/singleuser/nodeSelector') !== undefined;
  const closed = [
    ...(isOnOthers || hasTaints || hasLabels ? OVER_POOLS : []),
    ...(hasTaints ? ['/hub/config/KubeSpawner/tolerations'] : []),
  ];
  const { values: said, written } = meant(values);
  for (const path of closed) {
    if (at(said, path) === undefined) continue;
    yield {
      at: place(path),
      message: `"${written(path).slice(1).replaceAll('/', '.')}" takes the place of what the cluster’s pools say`,
      hint: 'remove it, and write labels and taints into nodes: of the cluster',
    };
  }
}
