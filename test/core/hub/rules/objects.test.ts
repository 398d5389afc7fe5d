import { describe, expect, test } from '@jest/globals';
import { clusterObjects } from '../../../../src/core/cluster/objects.ts';
import { isLookedAt } from '../../../../src/core/hub/rules/objects.ts';
import type { Json, JsonObject } from '../../../../src/core/json.ts';
import { manifestText } from '../../../../src/core/manifests.ts';
import { CLUSTER_KINDS, HUB_KINDS, hasKind, kindOf } from '../../../../src/core/object-kinds.ts';
import { saidOfHub } from '../../../support/written.ts';

const hint = 'remove what asks for it below values:, or compare the chart with its release';
const faults = (object: JsonObject, keys: object = {}) =>
  saidOfHub(
    'object-kind',
    { values: { hub: { labels: { a: 'b' } } }, ...keys },
    { objects: [object] },
  ).map(([place, message, cure]) => {
    expect([place, cure]).toEqual(['values:', hint]);
    return message;
  });
const object = (version: string, kind: string, rest: JsonObject = {}): JsonObject => ({
  apiVersion: version,
  kind,
  metadata: { name: 'x' },
  ...rest,
});

describe('kinds of a hub', () => {
  test.each([
    ['v1', 'ConfigMap'],
    ['v1', 'PersistentVolumeClaim'],
    ['v1', 'Secret'],
    ['v1', 'Service'],
    ['v1', 'ServiceAccount'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['batch/v1', 'Job'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['policy/v1', 'PodDisruptionBudget'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
  ])('%s %s is one', (version, kind) => {
    expect(faults(object(version, kind))).toEqual([]);
  });

  test.each([
    ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
    ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
    ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
    ['apiregistration.k8s.io/v1', 'APIService'],
    ['certificates.k8s.io/v1', 'CertificateSigningRequest'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['storage.k8s.io/v1', 'StorageClass'],
    ['v1', 'PersistentVolume'],
    ['v1', 'Node'],
    ['v1', 'Pod'],
    ['v1', 'List'],
    ['v1', 'EndpointSlice'],
    ['serving.knative.dev/v1', 'Service'],
    ['apps.example.org/v1', 'Deployment'],
    ['apps/v1', 'Secret'],
  ])('%s %s is none', (version, kind) => {
    expect(faults(object(version, kind))).toEqual([`${kind} x: no hub has objects of this kind`]);
  });

  test('nor what the hubs of a cluster share, which has nothing else', () => {
    for (const shared of clusterObjects()) {
      expect(hasKind(CLUSTER_KINDS, kindOf(shared))).toBe(true);
      expect(hasKind(HUB_KINDS, kindOf(shared))).toBe(false);
    }
    for (const [version, kind] of [
      ['v1', 'Namespace'],
      ['scheduling.k8s.io/v1', 'PriorityClass'],
    ] as const)
      expect(faults(object(version, kind))).toEqual([
        `${kind} x: objects of this kind are for the whole cluster, and no hub has them`,
      ]);
  });

  test('without a version the kind decides, and without a kind it is none', () => {
    expect(faults({ kind: 'Service', metadata: { name: 'x' } })).toEqual([]);
    expect(faults({ kind: 'Node', metadata: { name: 'x' } })).toHaveLength(1);
    expect(faults({ apiVersion: 'v1' })).toEqual([
      'unnamed unnamed: no hub has objects of this kind',
    ]);
  });
});

describe('a RoleBinding', () => {
  const role = { kind: 'Role', name: 'hub' };
  const own = { kind: 'ServiceAccount', name: 'hub' };
  const binding = (roleRef: Json, subjects: Json, keys: object = {}) =>
    faults(object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef, subjects }), keys);

  test('of a role of the hub to its own programs is right', () => {
    expect(binding(role, [own, { ...own, namespace: 'hub' }])).toEqual([]);
    expect(binding(role, [{ ...own, namespace: 'hub-probe' }], { probe: { api: '5m' } })).toEqual(
      [],
    );
  });

  test.each<[Json, string]>([
    [{ kind: 'ClusterRole', name: 'cluster-admin' }, 'ClusterRole cluster-admin'],
    [{ kind: 'ClusterRole', name: 'admin' }, 'ClusterRole admin'],
    [{}, 'unnamed unnamed'],
    [null, 'unnamed unnamed'],
  ])('of %j is refused', (roleRef, said) => {
    expect(binding(roleRef, [own])).toEqual([
      `RoleBinding x: it would give the rights of the ${said}`,
    ]);
  });

  test.each<[JsonObject, string]>([
    [{ kind: 'Group', name: 'system:authenticated' }, 'Group system:authenticated'],
    [{ kind: 'User', name: 'mallory', namespace: 'hub' }, 'User mallory'],
    [{ ...own, namespace: 'other' }, 'ServiceAccount hub'],
    [{ ...own, namespace: 'hub-probe' }, 'ServiceAccount hub'],
    [{ ...own, namespace: 7 }, 'ServiceAccount hub'],
  ])('to %j is refused', (subject, who) => {
    expect(binding(role, [own, subject])).toEqual([
      `RoleBinding x: it would give rights to the ${who}, who is none of the hub’s`,
    ]);
  });
});

test.each<[JsonObject, string | undefined]>([
  [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'create', 'delete'] }, undefined],
  [{ apiGroups: [''], resources: ['pods'], verbs: ['get', '*'] }, '"*" among its verbs'],
  [{ apiGroups: [''], resources: ['roles'], verbs: ['bind'] }, '"bind" among its verbs'],
  [{ apiGroups: [''], resources: ['roles'], verbs: ['escalate'] }, '"escalate" among its verbs'],
  [{ verbs: ['impersonate'] }, '"impersonate" among its verbs'],
  [{ apiGroups: ['*'], resources: ['pods'], verbs: ['get'] }, '"*" among its apiGroups'],
  [
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'], verbs: ['create'] },
    '"rbac.authorization.k8s.io" among its apiGroups',
  ],
  [{ apiGroups: [''], resources: ['*'], verbs: ['get'] }, '"*" among its resources'],
])('a Role with %j', (rule, said) => {
  const harmless = { apiGroups: [''], resources: ['events'], verbs: ['list'] };
  expect(
    faults(object('rbac.authorization.k8s.io/v1', 'Role', { rules: [harmless, rule] })),
  ).toEqual(said === undefined ? [] : [`Role x: it has ${said}`]);
});

describe('what is not parsed', () => {
  const text = (version: string, kind: string, metadata = '  name: x'): string =>
    `apiVersion: ${version}\nkind: ${kind}\nmetadata:\n${metadata}\ndata:\n  a: b\n`;

  test.each(['ConfigMap', 'Secret', 'Service', 'ServiceAccount'])('%s', (kind) => {
    expect(isLookedAt(text('v1', kind))).toBe(false);
  });
  test.each([
    ['networking.k8s.io/v1', 'Ingress'],
    ['networking.k8s.io/v1', 'NetworkPolicy'],
    ['policy/v1', 'PodDisruptionBudget'],
  ])('%s %s', (version, kind) => {
    expect(isLookedAt(text(version, kind))).toBe(false);
  });
  test('labels and comments change nothing', () => {
    expect(
      isLookedAt(text('v1', 'Service', '  # of the hub\n  name: x\n  labels:\n    a.b/c: "d"')),
    ).toBe(false);
  });

  test.each([
    ['a kind in which more can be wrong', text('apps/v1', 'Deployment')],
    ['a kind that no hub has', text('v1', 'Node')],
    ['a known kind of another group', text('serving.knative.dev/v1', 'Service')],
    ['a namespace', text('v1', 'Service', '  name: x\n  namespace: y')],
    ['a namespace that stands first', text('v1', 'Service', '    namespace: y\n    name: x')],
    ['a namespace in quotes', text('v1', 'Service', '  name: x\n  "namespace": y')],
    ['a namespace by a merge', text('v1', 'Service', '  <<: {namespace: y}\n  name: x')],
    ['metadata on one line', 'apiVersion: v1\nkind: Service\nmetadata: {namespace: y}\n'],
    ['metadata twice', `${text('v1', 'Service')}metadata:\n  namespace: y\n`],
    ['a kind in quotes', text('v1', '"Service"')],
    ['a kind with a tag', text('v1', '!!str Service')],
    ['a kind twice', `${text('v1', 'Service')}kind: Node\n`],
    ['a second kind in quotes', `${text('v1', 'Service')}kind: "Node"\n`],
    ['a key of kind in quotes', `${text('v1', 'Service')}"kind": Node\n`],
    ['a key of kind that is asked for', `${text('v1', 'Service')}? kind\n: Node\n`],
    ['no version', 'kind: Service\nmetadata:\n  name: x\n'],
    ['no kind', 'apiVersion: v1\nmetadata:\n  name: x\n'],
    ['no metadata', 'apiVersion: v1\nkind: Service\n'],
    ['JSON', JSON.stringify(object('v1', 'Node'))],
    ['an indented object', '  apiVersion: v1\n  kind: Node\n'],
  ])('but %s is', (_what, document) => {
    expect(isLookedAt(document)).toBe(true);
  });

  test('objects of our own making are read the same way', () => {
    expect(isLookedAt(manifestText([object('v1', 'ConfigMap')]).replace('---\n', ''))).toBe(false);
    expect(isLookedAt(manifestText([object('v1', 'Node')]).replace('---\n', ''))).toBe(true);
  });
});
