import type { Need } from '../cluster/rights.ts';
import { metadataOf } from '../hub/throw-away.ts';
import { CPU_GUARANTEE_SHARE } from '../model/limits.ts';
import type { Json, JsonObject } from '../json.ts';
import type { BenchHub } from './hub.ts';

/** Pod, claim, code and policy; at most one of them in a hub. */
export const BENCH_NAME = 'glaciocloud-bench';
/** Kinds among these beside those of every throw-away pod. */
export const BENCH_KINDS = ['persistentvolumeclaims', 'networkpolicies'] as const;
/** Programs of the measurement, in the chart's folder of files. */
export const BENCH_CODE = [
  'bench.py',
  'bench_io.py',
  'bench_oggm.py',
  'bench_rounds.py',
  'oggm_check.py',
] as const;
/** What making and taking away these needs. */
export const BENCH_NEEDS: readonly Need[] = [
  { group: '', resource: 'pods' },
  { group: '', resource: 'configmaps' },
  { group: '', resource: 'persistentvolumeclaims' },
  { group: 'networking.k8s.io', resource: 'networkpolicies' },
].flatMap((one) => ['patch', 'delete'].map((verb) => ({ verb, ...one })));
/** After which the pod ends by itself; the pull of the image counts. */
export const BENCH_SECONDS = 1500;

const CODE = '/opt/glaciocloud/bench';
/** Of the one big file of each volume: more than a disk's own memory holds, and soon written. */
const BYTES = 256 * 2 ** 20;
/** For one reading or writing, on volumes that are slow. */
const STEP_SECONDS = 5;

/**
 * A pod as a server of the hub is: image, user, nodes, size, and volumes of the same classes. Its home is a claim of
 * its own, so nobody's files are near; it speaks to nobody, and has no rights in the cluster.
 */
export function benchObjects(
  hub: BenchHub,
  code: Readonly<Record<string, string>>,
  pullSecrets: Json,
): JsonObject[] {
  const metadata = metadataOf(BENCH_NAME, hub.namespace);
  const { home } = hub;
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: metadata(BENCH_NAME),
      spec: {
        podSelector: { matchLabels: labelsOf(metadata(BENCH_NAME)) },
        policyTypes: ['Ingress', 'Egress'],
      },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(BENCH_NAME), data: { ...code } },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: metadata(BENCH_NAME),
      spec: {
        accessModes: home.access,
        ...(home.class !== undefined && { storageClassName: home.class }),
        resources: { requests: { storage: home.size } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata(BENCH_NAME),
      spec: podOf(hub, pullSecrets),
    },
  ];
}

function labelsOf(metadata: JsonObject): Json {
  return metadata['labels'] ?? {};
}

function podOf(hub: BenchHub, pullSecrets: Json): JsonObject {
  const { image, uid, gid, cpu, memory, nodes, home, scratch, data } = hub;
  const request = `${Math.round(cpu * CPU_GUARANTEE_SHARE * 1000)}m`;
  return {
    ...nodes,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    activeDeadlineSeconds: BENCH_SECONDS,
    terminationGracePeriodSeconds: 1,
    imagePullSecrets: pullSecrets,
    securityContext: { fsGroup: gid, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'bench',
        image: image.reference,
        // Like a server: what the image does before it starts one comes first.
        args: ['python3', '-B', `${CODE}/bench.py`, JSON.stringify(orderOf(hub))],
        env: Object.entries(image.env).map(([name, value]) => ({ name, value })),
        resources: {
          requests: { cpu: request, memory: String(memory) },
          limits: { cpu: String(cpu), memory: String(memory) },
        },
        securityContext: {
          runAsUser: uid,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [
          { name: 'home', mountPath: home.path },
          { name: 'scratch', mountPath: scratch.path },
          { name: 'code', mountPath: CODE, readOnly: true },
          ...(data ? [data.mount] : []),
        ],
      },
    ],
    volumes: [
      { name: 'home', persistentVolumeClaim: { claimName: BENCH_NAME } },
      { name: 'scratch', ...scratch.volume },
      { name: 'code', configMap: { name: BENCH_NAME } },
      ...(data ? [data.volume] : []),
    ],
  };
}

/** What `bench.py` is asked for. */
function orderOf({ home, scratch, data }: BenchHub): JsonObject {
  return {
    volumes: [
      { name: 'home', path: home.path, writable: true, room: null },
      { name: 'scratch', path: scratch.path, writable: true, room: scratch.room },
      ...(data ? [{ name: 'data', path: data.path, writable: false, room: null }] : []),
    ],
    readers: data ? 'data' : null,
    view: data?.view ?? null,
    oggm: true,
    bytes: BYTES,
    seconds: STEP_SECONDS,
  };
}
