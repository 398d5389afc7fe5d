import { describe, expect, test } from '@jest/globals';
import { hubPodSpec, loadCheckObjects, restoreObjects } from '../../../src/core/hub/throw-away.ts';
import { at } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';

const spec: JsonObject = {
  serviceAccountName: 'hub',
  hostNetwork: true,
  hostPID: true,
  priorityClassName: 'high',
  securityContext: { fsGroup: 1000 },
  nodeSelector: { core: 'yes' },
  tolerations: [{ key: 'core' }],
  imagePullSecrets: [{ name: 'pull' }],
  affinity: { nodeAffinity: {} },
  volumes: [
    { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
    { name: 'config', configMap: { name: 'hub' } },
    { name: 'secret', secret: { secretName: 'hub' } },
    { name: 'other', secret: { secretName: 'hub-access' } },
    {
      name: 'all',
      projected: { sources: [{ secret: { name: 'hub', items: [{ key: 'hub' }] } }] },
    },
  ],
  containers: [
    {
      name: 'hub',
      image: 'example.org/hub:1',
      imagePullPolicy: 'Always',
      args: ['jupyterhub'],
      livenessProbe: {},
      ports: [{ name: 'http' }],
      securityContext: { allowPrivilegeEscalation: false },
      resources: { requests: { cpu: '200m' } },
      envFrom: [{ secretRef: { name: 'hub' } }, { configMapRef: { name: 'hub' } }],
      env: [
        { name: 'hub', value: 'hub' },
        { name: 'A', valueFrom: { secretKeyRef: { name: 'hub', key: 'hub' } } },
        { name: 'B', valueFrom: { configMapKeyRef: { name: 'hub', key: 'b' } } },
      ],
      volumeMounts: [
        { name: 'pvc', mountPath: '/srv/jupyterhub' },
        { name: 'secret', mountPath: '/secret' },
      ],
    },
    { name: 'sidecar', image: 'not taken' },
  ],
};
const hub: JsonObject = {
  kind: 'Deployment',
  metadata: { name: 'hub' },
  spec: { template: { metadata: { labels: { component: 'hub' } }, spec } },
};
const FRAME = {
  restartPolicy: 'Never',
  automountServiceAccountToken: false,
  securityContext: { fsGroup: 1000 },
  nodeSelector: { core: 'yes' },
  tolerations: [{ key: 'core' }],
  imagePullSecrets: [{ name: 'pull' }],
  affinity: { nodeAffinity: {} },
};
const metadata = (name: string, pod: string): JsonObject => ({
  name,
  namespace: 'ns',
  labels: { 'glaciocloud.org/throw-away': pod },
});

describe('a load check', () => {
  const objects = [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hub', labels: { component: 'hub' } },
      data: { hub: 'x' },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hub' }, data: { b: 'y' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: {} },
    hub,
    { kind: 'Deployment', metadata: { name: 'proxy' } },
    { kind: 'Service', metadata: { name: 'proxy-api' }, spec: { ports: [{ port: 8001 }] } },
    { kind: 'Service', metadata: { name: 'headless' }, spec: {} },
    { kind: 'Service', spec: { ports: [{ port: 1 }] } },
  ];
  const made = loadCheckObjects(objects, {
    namespace: 'ns',
    name: 'check',
    scripts: { 'load_check.py': 'print()', 'load_promises.py': 'pass' },
    promises: { uid: 1000 },
  });

  test('has copies of Secrets and ConfigMaps under names of its own, and its script', () => {
    expect(made.slice(0, -1)).toEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: metadata('check-hub', 'check'),
        data: { hub: 'x' },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata('check-hub', 'check'),
        data: { b: 'y' },
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: metadata('check-script', 'check'),
        data: { 'load_check.py': 'print()', 'load_promises.py': 'pass' },
      },
    ]);
  });

  test('is the hub’s pod without its database, labels, probes, rights and host', () => {
    expect(made.at(-1)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata('check', 'check'),
      spec: {
        ...FRAME,
        activeDeadlineSeconds: 300,
        volumes: [
          { name: 'config', configMap: { name: 'check-hub' } },
          { name: 'secret', secret: { secretName: 'check-hub' } },
          { name: 'other', secret: { secretName: 'hub-access' } },
          {
            name: 'all',
            projected: { sources: [{ secret: { name: 'check-hub', items: [{ key: 'hub' }] } }] },
          },
          { name: 'scratch', emptyDir: {} },
          { name: 'script', configMap: { name: 'check-script' } },
        ],
        containers: [
          {
            name: 'load-check',
            image: 'example.org/hub:1',
            imagePullPolicy: 'Always',
            securityContext: { allowPrivilegeEscalation: false },
            resources: { requests: { cpu: '200m' } },
            envFrom: [
              { secretRef: { name: 'check-hub' } },
              { configMapRef: { name: 'check-hub' } },
            ],
            env: [
              { name: 'PROXY_API_SERVICE_HOST', value: 'proxy-api' },
              { name: 'PROXY_API_SERVICE_PORT', value: '8001' },
              { name: 'hub', value: 'hub' },
              { name: 'A', valueFrom: { secretKeyRef: { name: 'check-hub', key: 'hub' } } },
              { name: 'B', valueFrom: { configMapKeyRef: { name: 'check-hub', key: 'b' } } },
              { name: 'GLACIOCLOUD_PROMISES', value: '{"uid":1000}' },
            ],
            command: ['python3', '/load-check/load_check.py'],
            volumeMounts: [
              { name: 'secret', mountPath: '/secret' },
              { name: 'scratch', mountPath: '/srv/jupyterhub' },
              { name: 'script', mountPath: '/load-check' },
            ],
          },
        ],
      },
    });
  });

  test('leaves what was rendered as it was', () => {
    expect(at(objects[0], '/metadata/labels')).toEqual({ component: 'hub' });
    expect(at(hub, '/spec/template/spec/volumes/2/secret/secretName')).toBe('hub');
  });
});

test('a database is restored in the image that it belongs to, by a pod without rights', () => {
  const pod = { namespace: 'ns', name: 'restore', script: 'print()', args: ['a', '--if-changed'] };
  expect(restoreObjects([hub], pod)).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('restore-script', 'restore'),
      data: { 'restore.py': 'print()' },
    },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: metadata('restore', 'restore'),
      spec: {
        ...FRAME,
        activeDeadlineSeconds: 300,
        volumes: [
          { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
          { name: 'script', configMap: { name: 'restore-script' } },
        ],
        containers: [
          {
            name: 'restore',
            image: 'example.org/hub:1',
            imagePullPolicy: 'Always',
            securityContext: { allowPrivilegeEscalation: false },
            command: ['python3', '/script/restore.py', 'a', '--if-changed'],
            volumeMounts: [
              { name: 'pvc', mountPath: '/srv/jupyterhub' },
              { name: 'script', mountPath: '/script' },
            ],
          },
        ],
      },
    },
  ]);
});

test('a pod takes nothing that the hub’s does not have', () => {
  const bare = {
    kind: 'Deployment',
    metadata: { name: 'hub' },
    spec: { template: { spec: { containers: [{ image: 'i' }] } } },
  };
  const pod = restoreObjects([bare], { namespace: 'ns', name: 'r', script: '', args: [] })[1];
  expect(Object.keys(at(pod, '/spec') as JsonObject)).toEqual([
    'restartPolicy',
    'automountServiceAccountToken',
    'activeDeadlineSeconds',
    'volumes',
    'containers',
  ]);
});

test.each([
  ['no object', []],
  ['another Deployment', [{ ...hub, metadata: { name: 'proxy' } }]],
  ['another kind', [{ ...hub, kind: 'StatefulSet' }]],
  ['no pod', [{ kind: 'Deployment', metadata: { name: 'hub' }, spec: {} }]],
])('there is no hub’s pod in %s', (_what, objects) => {
  expect(() => hubPodSpec(objects)).toThrow(new Error('the chart renders no hub Deployment'));
});
