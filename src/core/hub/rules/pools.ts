import { pointer } from '../../json.ts';
import { CORE_POOL, USER_POOL, poolOf } from '../../model/pools.ts';
import { memoryBytes } from '../../model/quantities.ts';
import { defaultSize } from '../../model/sizes.ts';
import type { Rule } from '../../rule.ts';

export const poolLabels: Rule = {
  id: 'pool-labels',
  severity: 'error',
  title: 'A pool that a size names says which nodes are its own.',
  why: 'Pods find nodes by labels: without them servers of a large or costly size start on any machine, or wait for ever.',
  on: 'hub',
  *check({ hub, cluster }) {
    for (const [name, { nodes }] of Object.entries(hub.data.sizes)) {
      const pool = poolOf(cluster.data, nodes);
      const isOther = nodes !== USER_POOL && nodes !== CORE_POOL;
      if (!pool || !isOther || Object.keys(pool.selector).length > 0) continue;
      yield {
        at: hub.at(pointer('sizes', name, 'nodes')),
        message: `nothing says which machines "${nodes}" are`,
        hint: `write nodes.${nodes}.selector into clusters/${cluster.name}.yaml, with a label of these machines`,
      };
    }
  },
};

export const spotServers: Rule = {
  id: 'spot-servers',
  severity: 'warning',
  title: 'Hub, proxy and the default size are on machines that stay.',
  why: 'A provider takes a spot machine back at any time: unsaved work is lost, and a hub that ends with it is down for everybody.',
  on: 'hub',
  *check({ hub, cluster }) {
    const isSpot = (name: string): boolean => poolOf(cluster.data, name)?.priceClass === 'spot';
    const name = defaultSize(hub.data.sizes);
    const size = hub.data.sizes[name];
    if (size && isSpot(size.nodes))
      yield {
        at: hub.at(pointer('sizes', name)),
        message: `servers of the default size "${name}" may end at any time: "${size.nodes}" are spot machines`,
        hint: 'make a size on other machines the default, and let people choose this one',
      };
    if (isSpot(CORE_POOL))
      yield {
        at: hub.at('/cluster'),
        message: `hub and proxy may end at any time: "${CORE_POOL}" of ${cluster.name} are spot machines`,
        hint: `write nodes.${CORE_POOL}.priceClass: on-demand into clusters/${cluster.name}.yaml, for machines that are`,
      };
  },
};

export const guarantee: Rule = {
  id: 'guarantee',
  severity: 'error',
  title: 'What a size guarantees is no more than it allows.',
  why: 'Kubernetes refuses a pod that asks for more than its limit, so that no server of the size ever starts.',
  on: 'hub',
  *check({ hub }) {
    for (const [name, size] of Object.entries(hub.data.sizes)) {
      const { cpu, memory } = size.guarantee ?? {};
      if (memory !== undefined && (memoryBytes(memory) ?? 0) > (memoryBytes(size.memory) ?? 0))
        yield {
          at: hub.at(pointer('sizes', name, 'guarantee', 'memory')),
          message: `${memory} are guaranteed, and ${size.memory} allowed`,
          hint: `write at most ${size.memory}`,
        };
      if (cpu !== undefined && cpu > size.cpu)
        yield {
          at: hub.at(pointer('sizes', name, 'guarantee', 'cpu')),
          message: `${cpu} cores are guaranteed, and ${size.cpu} allowed`,
          hint: `write at most ${size.cpu}`,
        };
    }
  },
};

export const eventMemory: Rule = {
  id: 'event-memory',
  severity: 'warning',
  title: 'A class has all the memory that its servers may take.',
  why: 'With less guaranteed than allowed a node holds more servers than it has memory for: when a class computes at once, neighbours are killed (EarthScope, 2025-05-12).',
  on: 'hub',
  *check({ hub }) {
    const name = defaultSize(hub.data.sizes);
    const size = hub.data.sizes[name];
    const [event] = hub.data.capacity.events;
    const memory = size?.guarantee?.memory;
    if (!event || memory === undefined || memoryBytes(memory) === memoryBytes(size?.memory ?? ''))
      return;
    yield {
      at: hub.at(pointer('sizes', name, 'guarantee', 'memory')),
      message: `${memory} of ${size?.memory ?? ''} are guaranteed, and "${event.name}" is planned`,
      hint: 'guarantee as much as the limit while classes are planned: remove guarantee.memory',
    };
  },
};
