import { at, pointer } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterFile, Doc, EnvironmentFile, PlatformFile } from '../model/types.ts';
import type { OtherField } from '../unit.ts';
import { JUPYTERHUB, OWN_VALUES } from './charts.ts';

/** Field of a file → what it decides below `jupyterhub:`, and below `glaciocloud:`. */
type Decides = Readonly<Record<string, { chart?: readonly string[]; own?: readonly string[] }>>;

function ofCluster({ home, certificate }: EnvironmentFile, { ingress }: ClusterFile): Decides {
  const homes = home.class === undefined ? ['/singleuser/storage/dynamic/storageClass'] : [];
  const hasEntry = ingress.class !== 'none';
  return {
    '/storage/homes/class': { chart: ['/hub/db/pvc/storageClassName', ...homes] },
    '/storage/data/size': { own: ['/data/room'] },
    '/ingress/class': { chart: [hasEntry ? '/ingress/ingressClassName' : '/ingress'] },
    ...(certificate === undefined &&
      hasEntry && { '/ingress/issuer': { chart: ['/ingress/annotations'] } }),
    '/networks': { own: ['/egress/inside'] },
    '/networkPolicy': { chart: ['/singleuser/cloudMetadata'] },
    '/nodes/user/selector': { chart: ['/singleuser/nodeSelector'] },
    '/nodes/user/taints': { chart: ['/singleuser/extraTolerations'] },
    '/nodes/core/selector': { chart: ['/hub/nodeSelector', '/proxy/chp/nodeSelector'] },
    '/nodes/core/taints': { chart: ['/hub/tolerations', '/proxy/chp/tolerations'] },
  };
}

const OF_PLATFORM: Decides = {
  '/user/name': { chart: ['/singleuser/storage/homeMountPath'] },
  '/user/uid': { chart: ['/singleuser/uid'], own: ['/user/uid'] },
  '/user/gid': { chart: ['/singleuser/fsGid'], own: ['/user/gid'] },
  '/pages/repository': { own: ['/pages/ask', '/pages/renew'] },
  '/pages/help': { own: ['/pages/help'] },
  '/pages/binder': { own: ['/pages/binder'] },
};

/** Which field of the cluster's file or of `platform.yaml` decides a hub's values: what its own file does not. */
export function besidesOf(
  hub: EnvironmentFile,
  cluster: Doc<ClusterFile>,
  platform: Doc<PlatformFile>,
): Record<string, OtherField> {
  return Object.fromEntries([
    ...placesOf(cluster, ofCluster(hub, cluster.data)),
    ...placesOf(platform, OF_PLATFORM),
  ]);
}

function placesOf({ file, data }: Doc<object>, decides: Decides): [string, OtherField][] {
  return Object.entries(decides).flatMap(([field, { chart = [], own = [] }]) => {
    const other = { file, field, to: at(data as JsonObject, field) };
    return [
      ...chart.map((path): [string, OtherField] => [`${pointer(JUPYTERHUB)}${path}`, other]),
      ...own.map((path): [string, OtherField] => [`${pointer(OWN_VALUES)}${path}`, other]),
    ];
  });
}
