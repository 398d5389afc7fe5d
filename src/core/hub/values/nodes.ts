import { compareText } from '../../json.ts';
import { memoryBytes } from '../../model/quantities.ts';
import { CPU_GUARANTEE_SHARE } from '../../model/limits.ts';
import { defaultSize } from './profiles.ts';
import { serverNodes } from './server-nodes.ts';
import type { HubContext, Part } from './part.ts';

/** Where pods go, which images wait on the nodes, which seats are kept warm. */
export function nodesPart({ hub, images, platform }: HubContext): Part {
  const environment = hub.data;
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
    },
    glaciocloud: {
      hub: { title: environment.title, url: environment.url },
      user: { uid: platform.user.uid, gid: platform.user.gid },
      nodes: { ...serverNodes(environment.values) },
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
