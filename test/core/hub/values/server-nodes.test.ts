import { describe, expect, test } from '@jest/globals';
import { nodesPart } from '../../../../src/core/hub/values/nodes.ts';
import {
  allTolerations,
  serverNodes,
  sizeNodes,
} from '../../../../src/core/hub/values/server-nodes.ts';
import type { JsonObject } from '../../../../src/core/json.ts';
import { contextWith } from './context.ts';

const dedicated = (key: string): JsonObject => ({
  key,
  operator: 'Equal',
  value: 'user',
  effect: 'NoSchedule',
});
const USUAL = [dedicated('hub.jupyter.org/dedicated'), dedicated('hub.jupyter.org_dedicated')];
const FOR_USERS = {
  matchExpressions: [{ key: 'hub.jupyter.org/node-purpose', operator: 'In', values: ['user'] }],
};
const PREFERRED = {
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: FOR_USERS }],
};
const DEFAULTS = {
  nodeSelector: {},
  tolerations: USUAL,
  affinity: { nodeAffinity: PREFERRED },
};
const spot = { key: 'spot', operator: 'Exists', effect: 'NoSchedule' };
const gpu = { key: 'gpu', operator: 'Exists' };
const zone = { matchExpressions: [{ key: 'zone', operator: 'In', values: ['a'] }] };
const kube = (traits: JsonObject): JsonObject => ({ hub: { config: { KubeSpawner: traits } } });
const userPods = (said: JsonObject): JsonObject => ({ scheduling: { userPods: said } });
const purpose = (said: string): JsonObject =>
  userPods({ nodeAffinity: { matchNodePurpose: said } });
const affinity = (kind: string, value: JsonObject): JsonObject => ({
  nodeAffinity: { [`${kind}DuringSchedulingIgnoredDuringExecution`]: value },
});

describe('servers go', () => {
  test.each<[string, JsonObject, Partial<typeof DEFAULTS> | object]>([
    ['where nothing is said, to nodes that are kept for them', {}, {}],
    [
      'to nodes with a label',
      { singleuser: { nodeSelector: { pool: 'users' } } },
      { nodeSelector: { pool: 'users' } },
    ],
    [
      'to nodes with a label, said to KubeSpawner, which wins',
      { singleuser: { nodeSelector: { a: 'b' } }, ...kube({ node_selector: { pool: 'users' } }) },
      { nodeSelector: { pool: 'users' } },
    ],
    [
      'to nodes with a label, said in the pod’s own words, which win over all',
      {
        singleuser: { extraPodConfig: { nodeSelector: { pool: 'pod' } } },
        ...kube({ node_selector: { pool: 'users' } }),
      },
      { nodeSelector: { pool: 'pod' } },
    ],
    [
      'the same in Python’s spelling',
      kube({ extra_pod_config: { node_selector: { pool: 'pod' } } }),
      { nodeSelector: { pool: 'pod' } },
    ],
    [
      'past more taints',
      { singleuser: { extraTolerations: [spot] } },
      { tolerations: [...USUAL, spot] },
    ],
    [
      'past other taints than the chart’s',
      { ...userPods({ tolerations: [gpu] }), singleuser: { extraTolerations: [spot] } },
      { tolerations: [gpu, spot] },
    ],
    [
      'past those alone that KubeSpawner is told',
      { singleuser: { extraTolerations: [spot] }, ...kube({ tolerations: [gpu] }) },
      { tolerations: [gpu] },
    ],
    [
      'past those that any spawner is told',
      { hub: { config: { Spawner: { tolerations: [gpu] } } } },
      { tolerations: [gpu] },
    ],
    [
      'past those that the pod’s own words name',
      { singleuser: { extraPodConfig: { tolerations: [] } }, ...kube({ tolerations: [gpu] }) },
      { tolerations: [] },
    ],
    [
      'to nodes that are for users only',
      purpose('require'),
      {
        affinity: affinity('required', { nodeSelectorTerms: [FOR_USERS] }),
      },
    ],
    ['to any node', purpose('ignore'), { affinity: {} }],
    [
      'by more affinities, whoever is told',
      {
        ...purpose('ignore'),
        singleuser: { extraNodeAffinity: { required: [zone] } },
        ...kube({ node_affinity_preferred: [{ weight: 1, preference: zone }] }),
      },
      {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [zone] },
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: zone }],
          },
        },
      },
    ],
    [
      'by one affinity beside the chart’s',
      {
        singleuser: {
          extraNodeAffinity: { required: [], preferred: [{ weight: 1, preference: zone }] },
        },
      },
      {
        affinity: {
          nodeAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, preference: zone },
              { weight: 100, preference: FOR_USERS },
            ],
          },
        },
      },
    ],
    [
      'by the pod’s own words alone',
      { singleuser: { extraPodConfig: { affinity: { nodeAffinity: {} } } } },
      { affinity: { nodeAffinity: {} } },
    ],
  ])('%s', (_what, values, expected) => {
    expect(serverNodes(values)).toEqual({ ...DEFAULTS, ...expected });
  });
});

test('seats and images wait where servers go', () => {
  const values = { singleuser: { nodeSelector: { pool: 'users' }, extraTolerations: [spot] } };
  expect(nodesPart(contextWith({ values })).glaciocloud).toMatchObject({
    nodes: { ...DEFAULTS, nodeSelector: { pool: 'users' }, tolerations: [...USUAL, spot] },
  });
});

test('of a size that says where it goes, and what a pod tolerates to be wherever a server was', () => {
  const jupyterhub = { singleuser: { nodeSelector: { pool: 'users' }, extraTolerations: [spot] } };
  const size = { nodes: { pool: 'gpu', selector: { pool: 'gpu' }, tolerations: [...USUAL, gpu] } };
  expect(sizeNodes(jupyterhub, size)).toEqual({
    ...DEFAULTS,
    nodeSelector: { pool: 'gpu' },
    tolerations: [...USUAL, gpu],
  });
  expect(sizeNodes(jupyterhub, {})).toEqual(serverNodes(jupyterhub));
  expect(sizeNodes(jupyterhub, undefined)).toEqual(serverNodes(jupyterhub));
  const sizes = [size, { slug: 'small' }];
  expect(allTolerations({ jupyterhub, glaciocloud: { profiles: { sizes } } })).toEqual([
    ...USUAL,
    spot,
    gpu,
  ]);
  expect(allTolerations({})).toEqual(USUAL);
});
