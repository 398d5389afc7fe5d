import { pointer } from '../../json.ts';
import { CORE_POOL, USER_POOL, poolOf } from '../../model/pools.ts';
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
