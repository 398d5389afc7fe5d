import { quantityBytes } from '../model/quantities.ts';
import { serverPools } from '../model/pools.ts';
import type { Rule } from '../rule.ts';
import { lockedSets } from './lock.ts';
import { hubsWithData, sumOf } from './order.ts';
import { gigabytes } from './words.ts';

export const dataPlace: Rule = {
  id: 'data-place',
  severity: 'error',
  title: 'A hub with data sets has a cluster whose volume all its servers can mount.',
  why: 'Input data lie on one volume of the cluster. A volume that one node alone can mount holds up every server on another node for ever. Whether a class is of that kind no file can know, so the cluster’s says it.',
  on: 'platform',
  *check(platform) {
    for (const cluster of platform.clusters.values()) {
      const [first] = hubsWithData(platform, cluster.name);
      const { storage } = cluster.data;
      const most = serverPools(cluster.data).reduce((sum, [, { max }]) => sum + max, 0);
      if (first === undefined) continue;
      if (storage.data === undefined)
        yield {
          at: first.keyAt('/data'),
          message: `the cluster ${cluster.name} has no place for data`,
          hint: `write storage.data into clusters/${cluster.name}.yaml, such as: data: {class: ${storage.homes.class}}`,
        };
      else if (storage.data.access === 'one' && most > 1)
        yield {
          at: cluster.keyAt('/storage/data'),
          message: `servers may be on ${most} nodes, and one alone can mount its volume`,
          hint: 'choose a class that several nodes can mount (NFS, Filestore, EFS, CephFS) and write access: many; or have one node for users (nodes.user.max: 1); or remove `data` from the hubs',
        };
    }
  },
};

export const dataVolumeRoom: Rule = {
  id: 'data-volume-room',
  severity: 'error',
  title: 'The volume of a cluster has room for the data sets of its hubs.',
  why: 'Where sets need more than the volume has, filling ends in the middle, and the hubs run without the rest.',
  on: 'platform',
  *check(platform) {
    for (const cluster of platform.clusters.values()) {
      const size = quantityBytes(cluster.data.storage.data?.size ?? '');
      const names = hubsWithData(platform, cluster.name).flatMap(({ data }) => data.data);
      const need = sumOf(lockedSets(platform, names));
      if (size !== undefined && size < need)
        yield {
          at: cluster.at('/storage/data/size'),
          message: `its hubs’ data sets say ${gigabytes(need)} together, and that is more`,
          hint: `write at least ${gigabytes(need)}, or nothing: then it is as large as the sets say`,
        };
    }
  },
};

export const dataWait: Rule = {
  id: 'data-wait',
  severity: 'warning',
  title: 'Only a hub with data sets waits for data.',
  why: 'Where `data` names no set there is nothing to wait for: the hub is installed at once, and people may miss data that were forgotten here.',
  on: 'hub',
  *check({ hub }) {
    if (hub.data.waitForData && hub.data.data.length === 0)
      yield {
        at: hub.at('/waitForData'),
        message: 'there are no data to wait for',
        hint: 'name data sets in data, or remove waitForData',
      };
  },
};
