import { at, isObject, textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterFile } from '../model/types.ts';

/** Claim and volume of input data: of the cluster, and in each hub's namespace. */
export const DATA_CLAIM = 'oggm-data';
export const OURS = { 'app.kubernetes.io/managed-by': 'glaciocloud' } as const;

type DataStorage = NonNullable<ClusterFile['storage']['data']>;

/** The claim that the filler writes to. A claim never shrinks: `bytes` is at least what it has. */
export function clusterClaim(
  namespace: string,
  { class: storageClass, access }: DataStorage,
  bytes: number,
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: DATA_CLAIM, namespace, labels: OURS },
    spec: {
      accessModes: [access === 'many' ? 'ReadWriteMany' : 'ReadWriteOnce'],
      storageClassName: storageClass,
      resources: { requests: { storage: `${bytes}` } },
    },
  };
}

/** What a hub's servers mount, or why there can be none. */
export type HubVolume =
  { kind: 'volume'; objects: JsonObject[] } | { kind: 'refused'; why: string; hint: string };

/** A hub's volume and its claim: what the cluster's claim is bound to once more, kept when the claim goes. */
export function hubVolume(bound: JsonObject, namespace: string): HubVolume {
  const source = sourceOf(bound);
  if (source === undefined)
    return {
      kind: 'refused',
      why: `the volume ${textAt(bound, '/metadata/name')} is of a kind that cannot be shared with hubs`,
      hint: 'choose a class for storage.data that several nodes can read, such as NFS, Filestore, EFS or CephFS',
    };
  const name = volumeName(namespace);
  const accessModes = at(bound, '/spec/accessModes') ?? [];
  const capacity = at(bound, '/spec/capacity') ?? {};
  const affinity = at(bound, '/spec/nodeAffinity');
  return {
    kind: 'volume',
    objects: [
      {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name, labels: OURS },
        spec: {
          capacity,
          accessModes,
          persistentVolumeReclaimPolicy: 'Retain',
          // No class makes or binds it: the claim names it.
          storageClassName: '',
          volumeMode: 'Filesystem',
          claimRef: {
            apiVersion: 'v1',
            kind: 'PersistentVolumeClaim',
            namespace,
            name: DATA_CLAIM,
          },
          ...source,
          ...(isObject(affinity) && { nodeAffinity: affinity }),
        },
      },
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: DATA_CLAIM, namespace, labels: OURS },
        spec: {
          accessModes,
          storageClassName: '',
          volumeName: name,
          resources: { requests: capacity },
        },
      },
    ],
  };
}

export function volumeName(namespace: string): string {
  return `${DATA_CLAIM}-${namespace}`;
}

/**
 * Where the data lie, read-only where that is the mount's own matter. Drivers of CSI keep one mount of a node for both
 * volumes, and what opens it first decides for the filler too: there the servers' mount is read-only, as everywhere,
 * and not the volume.
 */
function sourceOf({ spec }: JsonObject): JsonObject | undefined {
  const options = at(spec, '/mountOptions');
  const mountOptions = Array.isArray(options) ? options : [];
  const kept = mountOptions.length > 0 ? { mountOptions } : {};
  const [csi, nfs, local, host] = ['csi', 'nfs', 'local', 'hostPath'].map((kind) =>
    at(spec, `/${kind}`),
  );
  if (isObject(csi)) return { ...kept, csi };
  if (isObject(nfs)) return { ...kept, nfs: { ...nfs, readOnly: true } };
  const folder = isObject(local) ? local : host;
  if (!isObject(folder)) return undefined;
  // A folder of a node, with its node, can be mounted with options; without one it is every node's own.
  return isObject(at(spec, '/nodeAffinity'))
    ? { mountOptions: ['ro'], local: { path: textAt(folder, '/path') } }
    : { hostPath: { path: textAt(folder, '/path'), type: 'Directory' } };
}
