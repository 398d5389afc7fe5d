import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Volume } from '../../../src/core/removal/archive.ts';
import { ARCHIVED, archiveObjects } from '../../../src/core/removal/objects.ts';

const hubOf = (container: JsonObject, spec: JsonObject): JsonObject => ({
  kind: 'Deployment',
  metadata: { name: 'hub' },
  spec: { template: { spec: { ...spec, containers: [container] } } },
});
const hub = hubOf(
  {
    name: 'hub',
    image: 'example.org/hub:1',
    imagePullPolicy: 'Always',
    env: [{ name: 'A' }],
    securityContext: { runAsUser: 1000, allowPrivilegeEscalation: false },
    resources: { requests: { cpu: '4' } },
    volumeMounts: [{ name: 'secret', mountPath: '/s' }],
  },
  {
    serviceAccountName: 'hub',
    hostNetwork: true,
    nodeSelector: { core: 'yes' },
    affinity: { nodeAffinity: {} },
    securityContext: { fsGroup: 1000 },
    tolerations: [{ key: 'core' }],
    imagePullSecrets: [{ name: 'pull' }],
    volumes: [{ name: 'secret', secret: { secretName: 'hub' } }],
  },
);
const user = { name: 'jovyan', uid: 1100, gid: 100 };
const madeFor = (volume: Volume, of = hub): JsonObject[] =>
  archiveObjects(of, {
    namespace: 'old',
    name: 'pod',
    volume,
    user,
    tolerations: [{ key: 'spot' }],
  });

const podWith = (spec: object, claim: string, securityContext: JsonObject): unknown => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'pod',
    namespace: 'old',
    labels: { 'glaciocloud.org/throw-away': 'pod' },
  },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    imagePullSecrets: [{ name: 'pull' }],
    ...spec,
    activeDeadlineSeconds: 86_400,
    terminationGracePeriodSeconds: 1,
    volumes: [{ name: 'archived', persistentVolumeClaim: { claimName: claim } }],
    containers: [
      {
        name: 'archive',
        image: 'example.org/hub:1',
        imagePullPolicy: 'Always',
        securityContext,
        command: ['python3', '-c', 'import time; time.sleep(86400)'],
        resources: { requests: { cpu: '100m', memory: '64Mi' } },
        volumeMounts: [{ name: 'archived', mountPath: ARCHIVED, readOnly: true }],
      },
    ],
  },
});
test('a pod that archives a home reads it as its owner, on whatever node its volume is', () => {
  expect(madeFor({ claim: 'claim-ada', uid: '1', what: 'home' })).toEqual([
    podWith(
      {
        securityContext: {
          runAsUser: 1100,
          runAsGroup: 100,
          fsGroup: 100,
          fsGroupChangePolicy: 'OnRootMismatch',
        },
        tolerations: [{ key: 'core' }, { key: 'spot' }],
      },
      'claim-ada',
      { runAsUser: 1100, runAsGroup: 100, allowPrivilegeEscalation: false },
    ),
  ]);
});

test('a pod that archives the database reads it as the hub does', () => {
  expect(madeFor({ claim: 'hub-db-dir', uid: '2', what: 'database' })).toEqual([
    podWith(
      {
        nodeSelector: { core: 'yes' },
        affinity: { nodeAffinity: {} },
        securityContext: { fsGroup: 1000 },
        tolerations: [{ key: 'core' }],
      },
      'hub-db-dir',
      { runAsUser: 1000, allowPrivilegeEscalation: false },
    ),
  ]);
});

test('a pod takes no security context from a hub that has none', () => {
  const bare = hubOf({ image: 'example.org/hub:1', imagePullPolicy: 'Always' }, {});
  const spec = { imagePullSecrets: undefined };
  expect(madeFor({ claim: 'hub-db-dir', uid: '2', what: 'database' }, bare)).toEqual([
    podWith(spec, 'hub-db-dir', {}),
  ]);
});
