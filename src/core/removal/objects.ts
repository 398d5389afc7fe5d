import { frame, hubPodSpec, metadataOf, pick, without } from '../hub/throw-away.ts';
import { isObject, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { PlatformFile } from '../model/types.ts';
import type { Volume } from './archive.ts';

/** Where a volume is mounted to be archived. */
export const ARCHIVED = '/archive';

/** Seconds after which a pod that archives ends by itself, where nobody is left to end it. */
const ARCHIVE_SECONDS = 24 * 3600;

/** A pod that archives: where it is made, what it reads, and as whom. */
export interface ArchivePod {
  namespace: string;
  name: string;
  volume: Volume;
  /** Who owns the files of homes. */
  user: PlatformFile['user'];
  /** Of the hub's servers: volumes of homes may be bound to nodes that are kept for these. */
  tolerations: Json[];
}

/**
 * A throw-away pod that only waits, with one volume of a hub that is down. It is the hub's own,
 * image and all; but homes are read by who owns them, as in user servers, and their volume says on
 * which node. The claim itself is not read-only: some drivers refuse that.
 */
export function archiveObjects(
  hub: JsonObject,
  { namespace, name, volume: { claim, what }, user, tolerations }: ArchivePod,
): JsonObject[] {
  const spec = hubPodSpec([hub]);
  const container = objectsIn(spec['containers'])[0] ?? {};
  const shared = frame(spec);
  const owner = { runAsUser: user.uid, runAsGroup: user.gid };
  const own = isObject(container['securityContext']) ? container['securityContext'] : {};
  const place: JsonObject =
    what === 'database'
      ? shared
      : {
          ...without(shared, ['nodeSelector', 'affinity']),
          securityContext: { ...owner, fsGroup: user.gid, fsGroupChangePolicy: 'OnRootMismatch' },
          tolerations: [...objectsIn(spec['tolerations']), ...tolerations],
        };
  const pod: JsonObject = {
    ...place,
    activeDeadlineSeconds: ARCHIVE_SECONDS,
    terminationGracePeriodSeconds: 1,
    volumes: [{ name: 'archived', persistentVolumeClaim: { claimName: claim } }],
    containers: [
      {
        name: 'archive',
        ...pick(container, ['image', 'imagePullPolicy']),
        securityContext: what === 'database' ? own : { ...own, ...owner },
        command: ['python3', '-c', `import time; time.sleep(${ARCHIVE_SECONDS})`],
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
        volumeMounts: [{ name: 'archived', mountPath: ARCHIVED, readOnly: true }],
      },
    ],
  };
  return [
    { apiVersion: 'v1', kind: 'Pod', metadata: metadataOf(name, namespace)(name), spec: pod },
  ];
}
