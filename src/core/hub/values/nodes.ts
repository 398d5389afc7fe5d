import { compareText, merge } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { memoryBytes } from '../../model/quantities.ts';
import { CPU_GUARANTEE_SHARE } from '../../model/limits.ts';
import { CORE_POOL, poolOf, userPool } from '../../model/pools.ts';
import type { ClusterFile } from '../../model/types.ts';
import { defaultSize } from './profiles.ts';
import { placeOf, serverNodes } from './server-nodes.ts';
import type { HubContext, Part } from './part.ts';

/** Where pods go, which images wait on the nodes, which seats are kept warm. */
export function nodesPart({ hub, cluster, images, platform }: HubContext): Part {
  const environment = hub.data;
  const places = placesOf(cluster);
  const usual = images[0]?.name;
  const prepulled = new Set([
    usual,
    ...environment.capacity.events.map((event) => event.image ?? usual),
  ]);
  const seat = environment.sizes[defaultSize(environment.sizes)];
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
      ...places,
    },
    glaciocloud: {
      hub: { title: environment.title, url: environment.url },
      user: { uid: platform.user.uid, gid: platform.user.gid },
      nodes: { ...serverNodes(merge(places, environment.values)) },
      prepull: images
        .filter(({ name }) => prepulled.has(name))
        .map(({ reference }) => reference)
        .sort(compareText),
      placeholders: {
        replicas: environment.capacity.placeholders,
        cpu: `${Math.round((seat?.cpu ?? 0) * CPU_GUARANTEE_SHARE * 1000)}m`,
        memory: String(memoryBytes(seat?.memory ?? '0') ?? 0),
      },
    },
  };
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
