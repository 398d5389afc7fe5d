import { describe, expect, test } from '@jest/globals';
import { firstAccess } from '../../src/core/access/door.ts';
import { callFault, mayPass } from '../../src/core/hub/causes.ts';
import { changesHubImage, restartsHub } from '../../src/core/hub/changes.ts';
import { urgentReason, waveGate } from '../../src/core/hub/gates.ts';
import type { Earlier, Gate, GateFacts } from '../../src/core/hub/gates.ts';
import {
  NEEDS,
  clusterVerdict,
  dnsVerdict,
  entriesOf,
  roomVerdict,
} from '../../src/core/hub/preflight.ts';
import { rolloutVerdict } from '../../src/core/hub/rollout.ts';
import { auditSecrets } from '../../src/core/hub/secrets.ts';
import { holdReason } from '../../src/core/hub/state.ts';
import type { ReleaseState } from '../../src/core/hub/state.ts';
import { loadCheckObjects, restoreObjects } from '../../src/core/hub/throw-away.ts';
import { at, objectOf } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { ClusterFile, Doc, EnvironmentFile, Wave } from '../../src/core/model/types.ts';
import type { Release } from '../../src/core/unit.ts';
import { conflictsOf, driftOf, foreignManagers } from '../../src/core/watch/drift.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const deployment = (ready: number): JsonObject => ({
  kind: 'Deployment',
  metadata: { name: 'hub', generation: 2 },
  spec: { replicas: 1, selector: { matchLabels: { component: 'hub' } } },
  status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: ready },
});
const pod = (status: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  kind: 'Pod',
  metadata: { name: 'hub-x', labels: { component: 'hub' }, ...metadata },
  status: { phase: 'Pending', ...status },
});
const waiting = (reason: string, message: string): JsonObject =>
  pod({ containerStatuses: [{ state: { waiting: { reason, message } } }] });

describe('a rollout', () => {
  test.each<[string, JsonObject, string]>([
    [
      'image that does not exist',
      waiting('ImagePullBackOff', 'failed to resolve reference: not found'),
      'failed product',
    ],
    ['image that is refused', waiting('ErrImagePull', '401 Unauthorized'), 'failed product'],
    [
      'registry that is down, once',
      waiting('ErrImagePull', 'dial tcp: connection refused'),
      'waiting',
    ],
    [
      'registry that is down, again',
      waiting('ImagePullBackOff', 'dial tcp: connection refused'),
      'failed infrastructure',
    ],
    [
      'Secret that the kubelet has not heard of yet',
      waiting(
        'CreateContainerConfigError',
        'failed to sync secret cache: timed out waiting for the condition',
      ),
      'waiting',
    ],
    [
      'missing Secret',
      waiting('CreateContainerConfigError', 'secret "x" not found'),
      'failed product',
    ],
    [
      'two crashes, the third run',
      pod({ containerStatuses: [{ restartCount: 2, lastState: { terminated: { exitCode: 1 } } }] }),
      'failed product',
    ],
    [
      'not ready after a minute',
      pod({
        phase: 'Running',
        containerStatuses: [
          { ready: false, state: { running: { startedAt: '2026-11-24T11:59:00Z' } } },
        ],
      }),
      'waiting',
    ],
    [
      'not ready after three minutes',
      pod({
        phase: 'Running',
        containerStatuses: [
          { ready: false, state: { running: { startedAt: '2026-11-24T11:57:00Z' } } },
        ],
      }),
      'failed product',
    ],
    [
      'ready for hours',
      pod({
        phase: 'Running',
        containerStatuses: [
          { ready: true, state: { running: { startedAt: '2026-11-24T07:57:00Z' } } },
        ],
      }),
      'waiting',
    ],
    [
      'one crash',
      pod({ containerStatuses: [{ restartCount: 1, lastState: { terminated: { exitCode: 1 } } }] }),
      'waiting',
    ],
    [
      'no node for a minute',
      pod({
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            lastTransitionTime: '2026-11-24T11:59:00Z',
            message: 'Insufficient memory',
          },
        ],
      }),
      'waiting',
    ],
    [
      'no node for three minutes',
      pod({
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            lastTransitionTime: '2026-11-24T11:57:00Z',
            message: 'Insufficient memory',
          },
        ],
      }),
      'failed infrastructure',
    ],
    [
      'a crash of a pod that is going',
      pod(
        { containerStatuses: [{ restartCount: 9, lastState: { terminated: { exitCode: 1 } } }] },
        { deletionTimestamp: '2026-11-24T11:59:00Z' },
      ),
      'waiting',
    ],
  ])('%s', (_what, one, expected) => {
    const verdict = rolloutVerdict([deployment(0)], [one], NOW);
    expect(verdict.kind === 'failed' ? `failed ${verdict.fault}` : verdict.kind).toBe(expected);
  });

  test('ends where a quota lets no pod come about', () => {
    const refused = {
      ...deployment(0),
      status: {
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message:
              'pods "hub-x" is forbidden: exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
          },
        ],
      },
    };
    expect(rolloutVerdict([refused], [], NOW)).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(/^hub: pods "hub-x" is forbidden: exceeded quota: few/u),
      fault: 'product',
    });
  });

  test('is done when every replica is new and available', () => {
    expect(rolloutVerdict([deployment(1)], [pod({ phase: 'Running' })], NOW)).toEqual({
      kind: 'done',
    });
    expect(rolloutVerdict([deployment(0)], [pod({ phase: 'Running' })], NOW)).toEqual({
      kind: 'waiting',
      for: 'hub (running)',
    });
    expect(rolloutVerdict([], [], NOW).kind).toBe('waiting');
  });
});

describe('a wave', () => {
  const wave = (more: Partial<Wave>): Wave => ({
    name: 'production',
    images: 'stable',
    soak: '30m',
    approval: false,
    timezone: 'UTC',
    freeze: [],
    ...more,
  });
  const at = (text: string): number => Date.parse(text);
  const before = (more: Partial<Earlier>): Earlier => ({
    name: 'hub-staging',
    wave: 'staging',
    how: 'healthy',
    since: at('2026-11-24T11:00Z'),
    ...more,
  });
  const facts = (more: Partial<GateFacts>): GateFacts => ({
    now: at('2026-11-24T12:00Z'),
    earlier: [before({})],
    approved: false,
    hurried: false,
    ...more,
  });
  const told = (gate: Gate): string => (gate.open ? 'open' : `${gate.outcome}: ${gate.reason}`);

  test.each<[string, Partial<Wave>, Partial<GateFacts>, string]>([
    [
      'waits until the wave before has proven itself',
      {},
      { earlier: [before({}), before({ since: at('2026-11-24T11:40Z') })] },
      'waiting: wave production waits 10 more minutes for the wave before to prove itself',
    ],
    ['begins when it has', {}, {}, 'open'],
    ['begins at once where there is none before', {}, { earlier: [] }, 'open'],
    [
      'is not begun after a failure',
      {},
      { earlier: [before({}), before({ name: 'other', how: 'failed', since: undefined })] },
      'blocked: wave staging has a hub that failed: other',
    ],
    [
      'waits for hubs elsewhere',
      {},
      {
        earlier: ['a', 'b', 'c', 'd', 'e'].map((name) =>
          before({ name, how: 'unfinished', since: undefined }),
        ),
      },
      'waiting: wave staging is not finished: a, b, c and 2 more',
    ],
    [
      'in a hurry passes freezes and soaks',
      { freeze: [{ days: ['tue'] }] },
      { hurried: true, earlier: [before({ since: at('2026-11-24T11:59Z') })] },
      'open',
    ],
    [
      'in a hurry does not pass a person',
      { approval: true },
      { hurried: true },
      'waiting: wave production waits for a person’s approval',
    ],
    [
      'in a hurry does not pass a failure',
      {},
      { hurried: true, earlier: [before({ how: 'failed' })] },
      'blocked: wave staging has a hub that failed: hub-staging',
    ],
    ['that asks for a person begins with one', { approval: true }, { approved: true }, 'open'],
  ])('%s', (_what, more, given, expected) => {
    expect(told(waveGate(wave(more), facts(given)))).toBe(expected);
  });

  test.each([
    ['2026-11-21T12:00Z', { days: ['sat', 'sun'] }, false],
    ['2026-11-23T12:00Z', { days: ['sat', 'sun'] }, true],
    ['2026-11-24T08:00Z', { hours: '08:00-18:00' }, false],
    ['2026-11-24T18:00Z', { hours: '08:00-18:00' }, true],
    ['2026-12-31T23:59Z', { from: '2026-12-20', until: '2026-12-31' }, false],
    ['2027-01-01T00:00Z', { from: '2026-12-20', until: '2026-12-31' }, true],
  ] as const)('at %s with %j', (time, freeze, open) => {
    const copy = {
      ...freeze,
      ...('days' in freeze ? { days: [...freeze.days] } : {}),
    } as Wave['freeze'][number];
    expect(waveGate(wave({ freeze: [copy] }), facts({ now: at(time), earlier: [] })).open).toBe(
      open,
    );
  });

  test('reads freezes in its own time zone', () => {
    const freeze = [{ hours: '08:00-18:00' }];
    expect(
      waveGate(wave({ freeze, timezone: 'Europe/Vienna' }), facts({ now: at('2026-11-24T17:30Z') }))
        .open,
    ).toBe(true);
    expect(
      waveGate(wave({ freeze, timezone: 'UTC' }), facts({ now: at('2026-11-24T17:30Z') })).open,
    ).toBe(false);
  });

  test.each([
    ['Merge pull request #7\n\nUrgent: the certificate ends today\n', 'the certificate ends today'],
    ['A change\n\nUrgent: first\nCo-authored-by: x\n', 'first'],
    ['Urgent: in the middle\n\nmore text\n', undefined],
    ['A change that is not Urgent: really\n', undefined],
    ['A change\n\nUrgent:\n', undefined],
  ])('is hurried by a trailer of the merge: %j', (message, expected) => {
    expect(urgentReason(message)).toBe(expected);
  });
});

test('the load check touches nothing of the hub that runs', () => {
  const hub: JsonObject = {
    kind: 'Deployment',
    metadata: { name: 'hub' },
    spec: {
      template: {
        metadata: { labels: { component: 'hub' } },
        spec: {
          serviceAccountName: 'hub',
          volumes: [
            { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
            { name: 'secret', secret: { secretName: 'hub' } },
            { name: 'other', secret: { secretName: 'hub-access' } },
          ],
          containers: [
            {
              name: 'hub',
              image: 'i',
              livenessProbe: {},
              env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'hub', key: 'k' } } }],
              volumeMounts: [
                { name: 'pvc', mountPath: '/srv/jupyterhub' },
                { name: 'secret', mountPath: '/s' },
              ],
            },
          ],
        },
      },
    },
  };
  const service = {
    kind: 'Service',
    metadata: { name: 'proxy-api' },
    spec: { ports: [{ port: 8001 }] },
  };
  const objects = loadCheckObjects(
    [{ kind: 'Secret', metadata: { name: 'hub' }, data: { k: 'x' } }, hub, service],
    'ns',
    'check',
    'print()',
  );
  expect(
    objects.map(
      (one) => `${JSON.stringify(one['kind'])} ${JSON.stringify(at(one, '/metadata/name'))}`,
    ),
  ).toEqual(['"Secret" "check-hub"', '"ConfigMap" "check-script"', '"Pod" "check"']);
  const text = JSON.stringify(objects[2]);
  expect(text).not.toMatch(/hub-db-dir|livenessProbe|"component":"hub"|serviceAccountName":/u);
  expect(at(objects[2], '/spec/automountServiceAccountToken')).toBe(false);
  expect(text).toContain('"secretName":"check-hub"');
  expect(text).toContain('"secretName":"hub-access"');
  expect(text).toContain('{"name":"check-hub","key":"k"}');
  expect(text).toContain('{"name":"PROXY_API_SERVICE_PORT","value":"8001"}');
});

test('drift is what differs from the stored manifest; what others add is theirs', () => {
  const live: JsonObject = {
    metadata: {
      name: 'a',
      resourceVersion: '7',
      managedFields: [
        { manager: 'helm', time: 't' },
        { manager: 'kubectl-edit', time: '2026-11-23T10:00:00Z' },
        { manager: 'kubelet', subresource: 'status' },
      ],
    },
    spec: { image: 'other', extra: 1 },
    status: { ready: 1 },
  };
  const applied: JsonObject = {
    metadata: { name: 'a', resourceVersion: '8' },
    spec: { image: 'ours', extra: 1 },
    status: {},
  };
  expect(driftOf('Deployment a', live, applied)).toEqual({
    object: 'Deployment a',
    kind: 'changed',
    fields: [{ path: '/spec/image', from: 'other', to: 'ours' }],
  });
  expect(
    driftOf('Deployment a', { ...live, spec: { image: 'ours', extra: 1 } }, applied),
  ).toBeUndefined();
  expect(driftOf('Deployment a', undefined, applied)).toMatchObject({ kind: 'missing' });
  expect(foreignManagers('Deployment a', live)).toEqual([
    { object: 'Deployment a', manager: 'kubectl-edit', time: '2026-11-23T10:00:00Z' },
  ]);
});

test('what others changed and applying overwrites is named: the field, who and when', () => {
  const fieldsV1 = {
    'f:spec': {
      'f:replicas': {},
      'f:extra': {},
      'f:containers': {
        'k:{"name":"hub"}': {
          '.': {},
          'f:image': {},
          'f:env': {
            'k:{"name":"A"}': { '.': {}, 'f:value': {} },
            'k:{"name":"B"}': { '.': {}, 'f:value': {} },
          },
        },
      },
    },
  };
  const container = (image: string, a: string): JsonObject => ({
    name: 'hub',
    image,
    env: [{ name: 'A', value: a }],
  });
  const live: JsonObject = {
    metadata: {
      managedFields: [
        { manager: 'helm', fieldsV1 },
        { manager: 'kubectl-set', time: 't', fieldsV1 },
        { manager: 'kubelet', fieldsV1 },
        { manager: 'x', subresource: 'status', fieldsV1 },
      ],
    },
    spec: { replicas: 2, extra: 1, containers: [container('other', '1')] },
  };
  const applied: JsonObject = { spec: { replicas: 2, containers: [container('ours', '2')] } };
  expect(conflictsOf('Deployment hub', live, applied)).toEqual([
    {
      object: 'Deployment hub',
      manager: 'kubectl-set',
      time: 't',
      fields: ['/spec/containers/hub/image', '/spec/containers/hub/env/A/value'],
    },
  ]);
  expect(conflictsOf('Deployment hub', live, { spec: { replicas: 2 } })).toEqual([]);
});

test('a new hub lets in nobody but the machines that prove it, with every group that a size asks for', () => {
  const environment = {
    sizes: { a: { for: ['all'] }, b: { for: ['team:x/y'] } },
  } as unknown as EnvironmentFile;
  const access = firstAccess(environment);
  expect(access['users']).toEqual({});
  expect(at(access, '/machines/deploy_0')).toEqual(['team:x/y']);
});

test('secrets are compared with their declaration, without a value in the answer', () => {
  const environment = {
    secrets: { a: { use: 'login' }, b: { use: 'login', rotate: '365d' }, c: { use: 'x' } },
  } as unknown as EnvironmentFile;
  const found = auditSecrets(
    environment,
    new Map([
      ['a', 'canary-1'],
      ['b', ' canary-2\n'],
      ['z', 'canary-3'],
    ]),
    undefined,
    NOW,
  );
  expect(found.map(({ secret, state }) => `${secret} ${state}`).slice(0, 4)).toEqual([
    'a fine',
    'b malformed',
    'c missing',
    'z unused',
  ]);
  expect(JSON.stringify(found)).not.toContain('canary');
  const yearsOld = auditSecrets(
    environment,
    new Map([
      ['a', 'canary-1'],
      ['b', 'canary-2'],
      ['c', 'canary-3'],
    ]),
    Date.UTC(2025, 10, 1),
    NOW,
  );
  expect(
    yearsOld.slice(0, 3).map(({ secret, state, note }) => `${secret} ${state} ${note}`),
  ).toEqual(['a fine login', 'b due login; renew every 365d; last changed 2025-11-01', 'c fine x']);
  expect(
    auditSecrets(environment, undefined, undefined, NOW).filter(({ state }) => state === 'missing'),
  ).toHaveLength(3);
});

describe('before a deployment', () => {
  const cluster = {
    name: 'lab',
    data: {
      kubernetes: '1.35',
      storage: { homes: { class: 'local-path' } },
      ingress: { class: 'traefik' },
    },
  } as unknown as Doc<ClusterFile>;
  const fine = {
    allowed: NEEDS.map(() => true),
    version: 'v1.35.4',
    storageClasses: [{ metadata: { name: 'local-path' }, reclaimPolicy: 'Retain' }],
    ingressClasses: ['traefik'],
  };

  test('a cluster that is what its file says passes', () => {
    expect(clusterVerdict(cluster, fine)).toEqual({ problems: [], warnings: [] });
  });

  test('everything that is missing is named at once', () => {
    const verdict = clusterVerdict(cluster, {
      allowed: NEEDS.map(({ subresource }) => subresource === undefined),
      version: 'v1.36.0',
      storageClasses: [{ metadata: { name: 'other' }, reclaimPolicy: 'Delete' }],
      ingressClasses: [],
    });
    expect(verdict.problems).toEqual([
      'these credentials may not create pods/exec',
      'there is no storage class local-path; there are: other',
      'there is no ingress class traefik; there are: none',
    ]);
    expect(verdict.warnings).toEqual([
      'clusters/lab.yaml says Kubernetes 1.35, and it is 1.36: plans are rendered for the wrong one',
    ]);
  });

  test('homes that would go with their claim are a warning', () => {
    const verdict = clusterVerdict(cluster, {
      ...fine,
      storageClasses: [{ metadata: { name: 'local-path' }, reclaimPolicy: 'Delete' }],
    });
    expect([verdict.problems, verdict.warnings]).toEqual([
      [],
      [expect.stringContaining('reclaimPolicy Retain')],
    ]);
  });

  test.each([
    [[], ['192.0.2.1'], 'problem'],
    [['192.0.2.1'], ['192.0.2.1'], 'fine'],
    [['198.51.100.7'], ['192.0.2.1'], 'warning'],
    [['198.51.100.7'], [], 'fine'],
  ])('a name that resolves to %j where the entry is %j', (resolved, entries, expected) => {
    const { problems, warnings } = dnsVerdict('hub.example.org', resolved, entries);
    expect(problems.length > 0 ? 'problem' : warnings.length > 0 ? 'warning' : 'fine').toBe(
      expected,
    );
  });

  test('the entry of a cluster is what its load balancers say', () => {
    expect(
      entriesOf([
        { kind: 'Service', status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } },
        {
          kind: 'Ingress',
          status: {
            loadBalancer: { ingress: [{ hostname: 'lb.example.org' }, { ip: '192.0.2.1' }] },
          },
        },
        { kind: 'Service', status: {} },
      ]),
    ).toEqual(['192.0.2.1', 'lb.example.org']);
  });

  test.each([
    ['3Gi', '1', undefined],
    ['5Gi', '1', 'hub asks for 5.0 GiB of memory, and the largest node has 4.0 GiB'],
    ['1Gi', '2500m', 'hub asks for 2.5 CPUs, and the largest node has 2'],
  ])('a hub that asks for %s and %s CPUs', (memory, cpu, expected) => {
    const nodes = [
      { status: { allocatable: { cpu: '1500m', memory: '4Gi' } } },
      { status: { allocatable: { cpu: '2', memory: '2Gi' } } },
    ];
    const hub = {
      kind: 'Deployment',
      metadata: { name: 'hub' },
      spec: { template: { spec: { containers: [{ resources: { requests: { memory, cpu } } }] } } },
    };
    expect(roomVerdict([hub], nodes, {}, 1)).toBe(expected);
  });

  test.each([
    [2, 'a server of size big asks for 6.0 GiB of memory, and the largest node has 4.0 GiB'],
    [3, undefined],
  ])('a server that is larger than the nodes there are, where there may be %i', (max, expected) => {
    const nodes = [
      { status: { allocatable: { cpu: '8', memory: '4Gi' } } },
      { status: { allocatable: { cpu: '8', memory: '2Gi' } } },
    ];
    expect(
      roomVerdict([], nodes, { big: { cpu: 2, memory: '6G', default: true, for: [] } }, max),
    ).toBe(expected);
  });
});

describe('a change of a release', () => {
  const release = (jupyterhub: JsonObject, more: Partial<Release> = {}): Release => ({
    v: 1,
    unit: { kind: 'hub', cluster: 'lab', name: 'h' },
    namespace: 'h',
    charts: [{ name: 'jupyterhub', version: '4.4.0', digest: 'a' }],
    values: { jupyterhub, glaciocloud: {} },
    images: [],
    secrets: [],
    ...more,
  });
  const old = release({ hub: { image: { name: 'hub', tag: '1' }, config: {} } });
  test.each<[string, Release, boolean, boolean]>([
    ['nothing', old, false, false],
    [
      'what lies outside the chart’s values',
      { ...old, values: { ...old.values, glaciocloud: { profiles: [] } } },
      false,
      false,
    ],
    [
      'a value',
      release({ hub: { image: { name: 'hub', tag: '1' }, config: { a: 1 } } }),
      true,
      false,
    ],
    [
      'the hub’s image',
      release({ hub: { image: { name: 'hub', tag: '2' }, config: {} } }),
      true,
      true,
    ],
    [
      'the chart',
      { ...old, charts: [{ name: 'jupyterhub', version: '4.5.0', digest: 'b' }] },
      true,
      true,
    ],
    ['a secret', { ...old, secrets: ['x'] }, true, false],
  ])('%s', (_what, to, restarts, image) => {
    expect([restartsHub(old, to), changesHubImage(old, to)]).toEqual([restarts, image]);
  });
});

test('a hub on which somebody tries a change is left alone until then', () => {
  const state = {
    hold: { until: '2026-11-24T12:30:00Z', reason: '/try of pull request 7 by octocat' },
  } as unknown as ReleaseState;
  expect(holdReason(state, NOW)).toBe(
    'held until 2026-11-24T12:30:00Z: /try of pull request 7 by octocat',
  );
  expect([holdReason(state, NOW + 1_800_000), holdReason(undefined, NOW)]).toEqual([
    undefined,
    undefined,
  ]);
});

test.each<[string, string, boolean]>([
  ['You must be logged in to the server (Unauthorized)', 'infrastructure', false],
  ['dial tcp 10.0.0.1:6443: connect: connection refused', 'infrastructure', true],
  [
    'the server has received too many requests and has asked us to try again later',
    'infrastructure',
    true,
  ],
  [
    'an error on the server ("unknown") has prevented the request from succeeding',
    'infrastructure',
    true,
  ],
  ['Deployment.apps "hub" is invalid: spec.selector: field is immutable', 'product', false],
])('the cause of "%s"', (message, fault, again) => {
  expect([callFault(message), mayPass(message)]).toEqual([fault, again]);
});

test('a database is restored in the image that it belongs to, by a pod without rights', () => {
  const hub: JsonObject = {
    kind: 'Deployment',
    metadata: { name: 'hub' },
    spec: {
      template: {
        spec: {
          serviceAccountName: 'hub',
          securityContext: { fsGroup: 1000 },
          volumes: [
            { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
            { name: 'secret', secret: { secretName: 'hub' } },
          ],
          containers: [
            {
              name: 'hub',
              image: 'old',
              env: [{ name: 'A', value: 'x' }],
              volumeMounts: [
                { name: 'pvc', mountPath: '/srv/jupyterhub' },
                { name: 'secret', mountPath: '/s' },
              ],
            },
          ],
        },
      },
    },
  };
  const [, pod] = restoreObjects([hub], {
    namespace: 'ns',
    name: 'restore',
    script: 'print()',
    args: ['before-1', '--if-changed'],
  });
  expect(at(pod, '/spec')).toEqual({
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    activeDeadlineSeconds: 120,
    securityContext: { fsGroup: 1000 },
    volumes: [
      { name: 'pvc', persistentVolumeClaim: { claimName: 'hub-db-dir' } },
      { name: 'script', configMap: { name: 'restore-script' } },
    ],
    containers: [
      {
        name: 'restore',
        image: 'old',
        command: ['python3', '/script/restore.py', 'before-1', '--if-changed'],
        volumeMounts: [
          { name: 'pvc', mountPath: '/srv/jupyterhub' },
          { name: 'script', mountPath: '/script' },
        ],
      },
    ],
  });
});

test.each([
  ['{"stage": "configuration", "error": "x"}', { stage: 'configuration', error: 'x' }],
  ["{'stage': 'printed by Python'}", undefined],
  ['["a list"]', undefined],
  ['Traceback (most recent call last):', undefined],
  ['', undefined],
])('%j, read as an object', (text, expected) => {
  expect(objectOf(text)).toEqual(expected);
});
