import { describe, expect, test } from '@jest/globals';
import { NEEDS } from '../../../src/core/cluster/rights.ts';
import { clusterVerdict, dnsVerdict, entriesOf } from '../../../src/core/hub/preflight.ts';
import type { ClusterFacts } from '../../../src/core/hub/preflight.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ClusterFile, Doc } from '../../../src/core/model/types.ts';

const storageClass = (name: string, reclaimPolicy: string): JsonObject => ({
  metadata: { name },
  reclaimPolicy,
});
const cluster = (more: JsonObject = {}): Doc<ClusterFile> =>
  ({
    name: 'lab',
    data: {
      kubernetes: '1.35',
      storage: { homes: { class: 'local-path' } },
      ingress: { class: 'traefik' },
      ...more,
    },
  }) as unknown as Doc<ClusterFile>; // the fields that are looked at
const fine: ClusterFacts = {
  allowed: NEEDS.map(() => true),
  version: 'v1.35.4',
  storageClasses: [storageClass('local-path', 'Retain')],
  ingressClasses: ['nginx', 'traefik'],
  nodes: [],
};

const node = (address: string, podCIDR: string): JsonObject => ({
  spec: { podCIDR },
  status: {
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: 'node' },
    ],
  },
});

describe('a cluster', () => {
  const none = { problems: [], warnings: [] };

  test.each<[JsonObject, JsonObject[], string[]]>([
    [{ networkPolicy: 'enforced', networks: [] }, [node('10.0.0.4', '10.244.0.0/24')], []],
    [{ networkPolicy: 'enforced', networks: [] }, [node('fd00::4', 'fd01::/64')], []],
    [{ networkPolicy: 'none', networks: [] }, [node('134.102.20.4', '10.244.0.0/24')], []],
    [
      { networkPolicy: 'enforced', networks: [] },
      [node('134.102.20.4', '10.244.0.0/24'), node('134.102.20.5', '11.0.0.0/24')],
      [
        'user servers can reach the cluster’s own network at 134.102.20.4/32, 134.102.20.5/32, 11.0.0.0/24: clusters/lab.yaml can close it with networks: [134.102.20.4/32, 134.102.20.5/32, 11.0.0.0/24]',
      ],
    ],
    [
      { networkPolicy: 'enforced', networks: ['134.102.20.0/24'] },
      [node('134.102.20.4', '10.244.0.0/24')],
      [],
    ],
  ])('whose network is %j, with nodes %j', (file, nodes, warnings) => {
    expect(clusterVerdict(cluster(file), { ...fine, nodes })).toEqual({ problems: [], warnings });
  });

  test('that is what its file says passes', () => {
    expect(clusterVerdict(cluster(), fine)).toEqual(none);
  });

  test('is asked for every right that a deployment uses', () => {
    const verdict = clusterVerdict(cluster(), { ...fine, allowed: [] });
    expect(verdict).toEqual({
      problems: [
        expect.stringMatching(
          /^these credentials may not get\/list\/create\/patch\/delete namespaces, list nodes, .*, create pods\/exec, .*, get\/list\/create\/patch\/delete ingresses$/u,
        ),
      ],
      warnings: [],
    });
  });

  test('without an entry is asked for no right on entries', () => {
    const verdict = clusterVerdict(cluster({ ingress: { class: 'none' } }), {
      ...fine,
      allowed: [],
    });
    expect(verdict.problems[0]).not.toMatch(/\bingresses\b/u);
  });

  test('with a place for input data is asked for what its filler and its hubs’ volumes need', () => {
    const storage = { homes: { class: 'local-path' }, data: { class: 'local-path' } };
    const allowed = NEEDS.map(
      ({ verb, resource }) =>
        resource !== 'persistentvolumes' && !(resource === 'jobs' && verb === 'list'),
    );
    expect(clusterVerdict(cluster(), { ...fine, allowed })).toEqual(none);
    expect(clusterVerdict(cluster({ storage }), { ...fine, allowed }).problems).toEqual([
      'these credentials may not list jobs, get/create/patch/delete persistentvolumes',
    ]);
  });

  test('names the one right that is missing', () => {
    const allowed = NEEDS.map(({ resource }) => resource !== 'roles');
    expect(clusterVerdict(cluster(), { ...fine, allowed }).problems).toEqual([
      'these credentials may not get/create/patch/delete roles',
    ]);
  });

  test.each([
    ['v1.35.0', []],
    ['1.35+', []],
    ['v1.36.0', ['1.36']],
    ['v1.3.35', ['1.3']],
    ['v11.35', ['11.35']],
    ['unknown', ['unknown']],
    ['k1.35', ['k1.35']],
  ])('of version %s, where 1.35 is written', (version, found) => {
    expect(clusterVerdict(cluster(), { ...fine, version })).toEqual({
      problems: [],
      warnings: found.map(
        (one) =>
          `clusters/lab.yaml says Kubernetes 1.35, and it is ${one}: plans are rendered for the wrong one`,
      ),
    });
  });

  test.each<[string, JsonObject, JsonObject[], string[], string[]]>([
    [
      'is not there',
      { homes: { class: 'fast' } },
      [storageClass('a', 'Delete'), storageClass('b', 'Retain')],
      ['there is no storage class fast; there are: a, b'],
      [],
    ],
    [
      'is not there, and no other either',
      { homes: { class: 'fast' } },
      [],
      ['there is no storage class fast; there are: none'],
      [],
    ],
    [
      'loses homes',
      { homes: { class: 'a' } },
      [storageClass('a', 'Delete')],
      [],
      [
        'the storage class a deletes a volume with its claim: a claim deleted by mistake is a home lost (reclaimPolicy Retain keeps it)',
      ],
    ],
    [
      'may lose data, which is not a home',
      { homes: { class: 'a' }, data: { class: 'b' } },
      [storageClass('a', 'Retain'), storageClass('b', 'Delete')],
      [],
      [],
    ],
    [
      'for data is not there',
      { homes: { class: 'a' }, data: { class: 'b' } },
      [storageClass('a', 'Retain')],
      ['there is no storage class b; there are: a'],
      [],
    ],
    [
      'is named once, though two things are on it',
      { homes: { class: 'x' }, data: { class: 'x' } },
      [],
      ['there is no storage class x; there are: none'],
      [],
    ],
  ])('whose storage class %s', (_what, storage, storageClasses, problems, warnings) => {
    expect(clusterVerdict(cluster({ storage }), { ...fine, storageClasses })).toEqual({
      problems,
      warnings,
    });
  });

  test.each<[string, string[], string[]]>([
    ['none', [], []],
    ['traefik', ['traefik'], []],
    ['traefik', [], ['there is no ingress class traefik; there are: none']],
    ['x', ['nginx', 'traefik'], ['there is no ingress class x; there are: nginx, traefik']],
  ])('whose ingress class is to be %s, where there are %j', (name, ingressClasses, problems) => {
    const verdict = clusterVerdict(cluster({ ingress: { class: name } }), {
      ...fine,
      ingressClasses,
    });
    expect(verdict).toEqual({ problems, warnings: [] });
  });

  test('has everything that is wrong named at once, in a fixed order', () => {
    const verdict = clusterVerdict(cluster(), {
      allowed: NEEDS.map(({ subresource }) => subresource === undefined),
      version: 'v1.36.0',
      storageClasses: [],
      ingressClasses: [],
      nodes: [],
    });
    expect(verdict.problems.map((text) => text.split(';')[0])).toEqual([
      'these credentials may not get pods/log, create pods/exec, patch deployments/scale',
      'there is no storage class local-path',
      'there is no ingress class traefik',
    ]);
    expect(verdict.warnings).toHaveLength(1);
  });
});

describe('a name', () => {
  const host = 'hub.example.org';
  test.each<[string[], string[], string[], string[]]>([
    [
      [],
      [],
      [
        'hub.example.org does not resolve: make a DNS record that points to the entry of this cluster',
      ],
      [],
    ],
    [
      [],
      ['192.0.2.1', 'lb.example.org'],
      [
        'hub.example.org does not resolve: make a DNS record that points to 192.0.2.1 or lb.example.org',
      ],
      [],
    ],
    [['192.0.2.1'], ['192.0.2.1'], [], []],
    [['198.51.100.7', '192.0.2.2'], ['192.0.2.1', '192.0.2.2'], [], []],
    [['198.51.100.7'], [], [], []],
    [
      ['198.51.100.7', '198.51.100.8'],
      ['192.0.2.1', '192.0.2.2'],
      [],
      [
        'hub.example.org leads to 198.51.100.7, 198.51.100.8, and the entry of this cluster is 192.0.2.1, 192.0.2.2: right only with a proxy in between',
      ],
    ],
  ])('that resolves to %j where the entry is %j', (resolved, entries, problems, warnings) => {
    expect(dnsVerdict(host, resolved, entries)).toEqual({ problems, warnings });
  });

  test('leads to the entry of a cluster, which is what its load balancers say', () => {
    const objects = [
      { kind: 'Service', status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
      {
        kind: 'Ingress',
        status: {
          loadBalancer: {
            ingress: [{ hostname: 'lb.example.org' }, { ip: '192.0.2.1' }, { ip: '192.0.2.2' }],
          },
        },
      },
      { kind: 'Service', status: {} },
    ];
    expect(entriesOf(objects)).toEqual(['192.0.2.1', 'lb.example.org', '192.0.2.2']);
  });
});
