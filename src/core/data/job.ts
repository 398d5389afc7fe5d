import { at, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { FillMode } from './order.ts';
import { DATA_CLAIM } from './volume.ts';

/** On the filler's Jobs and pods, with what it does. */
const FILLER_LABEL = 'glaciocloud.org/data-filler';
/** What was last ordered to be there. */
export const ORDER_NAME = 'oggm-data-order';
const ORDER_FILE = 'order.json.gz';
const CODE_NAME = 'oggm-data-code';

/** Programs of the filler, in the chart's folder of files. */
export const FILLER_CODE = [
  'glaciocloud_data.py',
  'data_archives.py',
  'data_download.py',
  'data_order.py',
  'data_progress.py',
  'data_store.py',
  'data_views.py',
  'data_web.py',
  'data_writer.py',
] as const;

/** The user of the hub's image. Source: Dockerfile of k8s-hub 4.4.0. */
const FILLER_ID = 1000;
/** Kubernetes waits longer each time, 10 minutes at last: together about two hours. */
const RETRIES = 15;
/** Exit codes of `glaciocloud_data.py` that trying again does not change: data that cannot be had, and a bad order. */
const FINAL = [1, 2];
/** Who wanted to know has read it, or has gone. */
const PLAN_KEPT_SECONDS = 600;

export interface Filler {
  namespace: string;
  /** Of the Job: one of its own each time, because nothing in a Job can be changed. */
  name: string;
  mode: FillMode;
  image: string;
  /** Where servers go: a volume of one node has to be on theirs. */
  nodes: { nodeSelector: JsonObject; tolerations: Json[]; affinity: JsonObject };
  code: Readonly<Record<string, string>>;
  /** Compressed, in base64: a set of many files is larger than a ConfigMap may be. */
  order: string;
  /** What the order was made of, by which the next deployment knows it. */
  digest: string;
}

/** Jobs that one of this kind takes the place of: only one writes, and looking disturbs nobody. */
export function rivals(mode: FillMode): string {
  return mode === 'plan' ? `${FILLER_LABEL}=plan` : `${FILLER_LABEL} in (fill,verify)`;
}

/** What a Job of the filler was made for; undefined where that is none of ours. */
export function fillerMode(job: JsonObject): string | undefined {
  const mode = at(job, `/metadata/labels/${FILLER_LABEL.replace('/', '~1')}`);
  return typeof mode === 'string' ? mode : undefined;
}

export function hasEnded(job: JsonObject, how: 'Complete' | 'Failed'): boolean {
  return objectsIn(at(job, '/status/conditions')).some(
    ({ type, status }) => type === how && status === 'True',
  );
}

function orderName(mode: FillMode): string {
  return mode === 'plan' ? `${ORDER_NAME}-plan` : ORDER_NAME;
}

/** Code, order and Job of the filler. */
export function fillerObjects(filler: Filler): JsonObject[] {
  const { namespace, name, mode, code, order, digest } = filler;
  const labels = { 'app.kubernetes.io/managed-by': 'glaciocloud', [FILLER_LABEL]: mode };
  const map = (called: string, content: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: called, namespace, labels },
    ...content,
  });
  return [
    map(CODE_NAME, { data: { ...code } }),
    map(orderName(mode), { data: { digest, job: name }, binaryData: { [ORDER_FILE]: order } }),
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace, labels },
      spec: {
        backoffLimit: mode === 'plan' ? 0 : RETRIES,
        ...(mode === 'plan' && { ttlSecondsAfterFinished: PLAN_KEPT_SECONDS }),
        podFailurePolicy: {
          rules: [
            { action: 'FailJob', onExitCodes: { operator: 'In', values: FINAL } },
            { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          ],
        },
        template: { metadata: { labels }, spec: podOf(filler) },
      },
    },
  ];
}

/** Passes the restricted level of Kubernetes, and has no rights in the cluster. */
function podOf({ image, nodes, mode }: Filler): JsonObject {
  const container = (name: string, command: string[]): JsonObject => ({
    name,
    image,
    command,
    env: [{ name: 'PYTHONDONTWRITEBYTECODE', value: '1' }],
    resources: {
      requests: { cpu: '100m', memory: '256Mi' },
      limits: { memory: '1Gi' },
    },
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [
      { name: 'data', mountPath: '/data' },
      { name: 'code', mountPath: '/code', readOnly: true },
      { name: 'order', mountPath: '/order', readOnly: true },
    ],
  });
  return {
    ...nodes,
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // It may be killed anywhere, and does not listen.
    terminationGracePeriodSeconds: 5,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: FILLER_ID,
      runAsGroup: FILLER_ID,
      fsGroup: FILLER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // Servers mount this folder, and start only where it is.
    initContainers: [container('folder', ['mkdir', '-p', '/data/oggm'])],
    containers: [
      container('filler', ['python3', '-u', '/code/glaciocloud_data.py', `/order/${ORDER_FILE}`]),
    ],
    volumes: [
      { name: 'data', persistentVolumeClaim: { claimName: DATA_CLAIM } },
      { name: 'code', configMap: { name: CODE_NAME } },
      { name: 'order', configMap: { name: orderName(mode) } },
    ],
  };
}
