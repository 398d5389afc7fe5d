import { compareText, merge, pointer } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { CORE_POOL, USER_POOL, acceleratorsOf, poolOf, userPool } from '../../model/pools.ts';
import { sizesWith, usualOffer } from '../../model/offers.ts';
import { guaranteed } from '../../model/sizes.ts';
import type { ClusterFile, EnvironmentFile } from '../../model/types.ts';
import { defaultSize } from '../../model/sizes.ts';
import { placeOf, poolNodes, serverNodes } from './server-nodes.ts';
import type { HubContext, Part } from './part.ts';

/** Where pods go, which images wait on the nodes, which seats are kept warm. */
export function nodesPart(context: HubContext): Part {
  const { hub, cluster, platform } = context;
  const environment = hub.data;
  const usual = environment.sizes[defaultSize(environment.sizes)];
  const gpu = usual && acceleratorsOf(usual, poolOf(cluster, usual.nodes));
  const seat = usual ? guaranteed(usual) : { cpu: 0, memory: 0 };
  return {
    jupyterhub: {
      // The chart's scheduler is several Kubernetes versions behind; its pull hook blocks every
      // deployment on the slowest node.
      scheduling: {
        userScheduler: { enabled: false },
        podPriority: { enabled: false },
        userPlaceholder: { enabled: false },
      },
      prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
      ...placesOf(cluster),
    },
    glaciocloud: {
      hub: { title: environment.title, url: environment.url },
      user: { uid: platform.user.uid, gid: platform.user.gid },
      ...waiting(context),
      placeholders: {
        replicas: environment.capacity.placeholders,
        cpu: `${Math.round(seat.cpu * 1000)}m`,
        memory: String(seat.memory),
        ...(gpu && { gpu }),
      },
    },
    ownFrom: {
      '/hub/title': '/title',
      '/hub/url': '/url',
      '/placeholders/replicas': '/capacity/placeholders',
      '/placeholders/cpu': seatField(environment, 'cpu'),
      '/placeholders/memory': seatField(environment, 'memory'),
      ...(gpu && {
        '/placeholders/gpu': pointer('sizes', defaultSize(environment.sizes), 'gpu'),
      }),
    },
  };
}

function seatField({ sizes }: EnvironmentFile, what: 'cpu' | 'memory'): string {
  const usual = defaultSize(sizes);
  const guarantee = sizes[usual]?.guarantee?.[what] === undefined ? [] : ['guarantee'];
  return pointer('sizes', usual, ...guarantee, what);
}

/** Where the chart's pods go, by the cluster's pools. */
function placesOf(cluster: ClusterFile): JsonObject {
  const singleuser = placeOf(userPool(cluster), { tolerations: 'extraTolerations' });
  const pool = poolOf(cluster, CORE_POOL);
  const core = pool && placeOf(pool, { tolerations: 'tolerations' });
  return {
    ...(Object.keys(singleuser).length > 0 && { singleuser }),
    ...(core && Object.keys(core).length > 0 && { hub: core, proxy: { chp: core } }),
  };
}

/** What waits for servers on the pool of the default size, where seats are too, and on others that sizes name. */
function waiting(context: HubContext): JsonObject {
  const { sizes } = context.hub.data;
  const pools = Object.values(sizes).map(({ nodes }) => nodes);
  const first = sizes[defaultSize(sizes)]?.nodes ?? USER_POOL;
  const others = [...new Set(pools)].filter(
    (name) => name !== first && poolOf(context.cluster, name) !== undefined,
  );
  const on = (name: string): JsonObject => ({
    nodes: nodesOf(name, context),
    prepull: prepulledOn(name, context),
  });
  return {
    ...on(first),
    ...(others.length > 0 && { pools: Object.fromEntries(others.map((name) => [name, on(name)])) }),
  };
}

/** As a pod's specification says it. A pool that is not there is another rule's matter. */
function nodesOf(name: string, { hub, cluster }: HubContext): JsonObject {
  const own = hub.data.values;
  const pool = name === USER_POOL ? undefined : poolOf(cluster, name);
  return { ...(pool ? poolNodes(own, pool) : serverNodes(merge(placesOf(cluster), own))) };
}

/** Of the images that go with a size of the pool. */
function prepulledOn(pool: string, { hub, images: all }: HubContext): string[] {
  const images = all.filter((image) =>
    sizesWith(hub.data, image).some(([, { nodes }]) => nodes === pool),
  );
  const usual = usualOffer(images)?.name;
  const wanted = new Set([
    usual,
    ...hub.data.capacity.events.map((event) => event.image ?? usual),
    ...ownImages(pool, hub.data, images),
  ]);
  return images
    .filter(({ name }) => wanted.has(name))
    .map(({ reference }) => reference)
    .sort(compareText);
}

/** Of a pool beside that of the default size the images that go with sizes of no other. */
function ownImages(pool: string, data: EnvironmentFile, images: HubContext['images']): string[] {
  if (data.sizes[defaultSize(data.sizes)]?.nodes === pool) return [];
  const isOwn = (image: HubContext['images'][number]): boolean =>
    image.sizes !== undefined && sizesWith(data, image).every(([, { nodes }]) => nodes === pool);
  return images.filter(isOwn).map(({ name }) => name);
}
