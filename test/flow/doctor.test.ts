import { beforeEach, describe, expect, test } from '@jest/globals';
import { NEEDS } from '../../src/core/cluster/rights.ts';
import type { Asked } from '../../src/core/doctor/check.ts';
import type { Facts } from '../../src/core/doctor/doctor.ts';
import type { DeployEnvironment } from '../../src/core/hub/protection.ts';
import type { RefusalKind } from '../../src/core/refusals/refusal.ts';
import { Failure, KubeFailure, SecretsFailure } from '../../src/failure.ts';
import { doctorFacts } from '../../src/flow/doctor.ts';
import type { DoctorInputs, DoctorPorts } from '../../src/flow/doctor.ts';
import type { RepositorySetup } from '../../src/ports/doctor.ts';
import type { Edit } from '../support/apply-bench.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble, uidOf } from '../support/cluster.ts';
import { NOT_ASKED, answered, platformOf } from '../support/doctor.ts';
import { failureOf } from '../support/program.ts';

const ENCRYPTED =
  'a: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[AES256_GCM,data:x]\n  lastmodified: "2026-11-24T08:00:00Z"\n';
const NOW = Date.parse('2026-11-24T12:00Z');
const UID = uidOf(2); // of kube-system, which the double makes second
const OTHER: Edit = [
  'clusters/other.yaml',
  '',
  'title: Other\nprovider: k3s\nkubernetes: "1.35"\nidentity: null\nstorage: {homes: {class: standard}}\ningress: {class: none}\nnetworkPolicy: enforced\nnodes: {user: {cpu: 8, memory: 64Gi, max: 1, startTime: 0s}}\nparallel: 2\n',
];
const ENTRY: Edit = [
  'clusters/main.yaml',
  'ingress: {class: none}',
  'ingress: {class: nginx, issuer: null}',
];
const recorded = (file: string): Edit => [
  `clusters/${file}.yaml`,
  'identity: null',
  `identity: ${UID}`,
];

/** A double of a repository's settings, which refuses what it is told to. */
class SetupDouble implements RepositorySetup {
  refuses: string[] = [];
  absent: string[] = [];
  readonly asked: string[] = [];

  environment(name: string): Promise<DeployEnvironment> {
    const protection = { branches: { kind: 'any' as const }, reviewers: 0 };
    return this.#answer(`environment ${name}`, {
      name,
      defaultBranch: 'main',
      isPrivate: false,
      protection: this.absent.includes(name) ? undefined : protection,
    });
  }
  secretNames(environment = 'all') {
    return this.#answer(`secrets ${environment}`, [`SECRET of ${environment}`]);
  }
  variableNames(environment = 'all') {
    return this.#answer(`variables ${environment}`, [`VARIABLE of ${environment}`]);
  }
  labels() {
    return this.#answer('labels', ['a label']);
  }
  branchRules(branch: string) {
    return this.#answer(`rules ${branch}`, ['deletion']);
  }
  mergeRules() {
    return this.#answer('merge rules', { branch: 'main', rules: [] });
  }
  actionsSettings() {
    return this.#answer('actions', { enabled: true, localOnly: false, mayOpenPulls: true });
  }

  hasFile(path: string) {
    return this.#answer(`file ${path}`, true);
  }

  #answer<T>(call: string, answer: T): Promise<T> {
    this.asked.push(call);
    return this.refuses.includes(call)
      ? Promise.reject(new Failure(`${call} is refused`, { hint: 'ask somebody' }))
      : Promise.resolve(answer);
  }
}

let setup: SetupDouble;
let kube: ClusterDouble;
let ports: DoctorPorts;
beforeEach(() => {
  setup = new SetupDouble();
  kube = new ClusterDouble(new FakeClock());
  ports = {
    github: answered({
      repository: 'example/hubs',
      setup,
      beside: (repository) => {
        setup.asked.push(`beside ${repository}`);
        return setup;
      },
    }),
    cluster: answered({ kube, login: () => Promise.resolve({ kind: 'helper', program: 'aws' }) }),
    secrets: {
      lacking: () => Promise.resolve(undefined),
      opened: () =>
        Promise.resolve({ secrets: new Map([['github-client-id', 'id']]), changed: NOW }),
    },
    internet: { resolve: (host) => Promise.resolve([`address of ${host}`]) },
  };
});

function facts(more: Partial<DoctorInputs> = {}, ...edits: Edit[]): Promise<Facts> {
  const files = {
    workflows: { here: new Map(), tool: new Map() },
    sops: 'text',
    secrets: new Map([['one', ENCRYPTED]]),
  };
  const inputs = { platform: platformOf(...edits), files, cluster: undefined, now: NOW, ...more };
  return doctorFacts(inputs, ports);
}
function valueOf<T>(asked: Asked<T> | undefined): T {
  if (asked?.kind !== 'answered') throw new Error(`not asked: ${asked?.why}`);
  return asked.value;
}
const ELSEWHERE: Edit = ['platform.yaml', 'waves:', 'access: {repository: example/people}\nwaves:'];
const ADMINISTRATOR = 'export GITHUB_TOKEN="$(gh auth token)" # of an administrator';

describe('GitHub', () => {
  test('is asked for what access needs where people’s files are elsewhere', async () => {
    setup.refuses = ['merge rules'];
    const { access } = valueOf((await facts({}, ELSEWHERE)).github);
    expect(access).toMatchObject({
      people: 'example/people',
      environment: answered({
        environment: { name: 'access-requests' },
        secrets: ['SECRET of access-requests'],
        variables: ['VARIABLE of access-requests'],
      }),
      rules: {
        kind: 'not-asked',
        why: 'merge rules is refused (ask somebody)',
        set: `${ADMINISTRATOR}, or with the right Metadata: read`,
      },
      dispatches: answered(true),
    });
    expect(setup.asked).toEqual(
      expect.arrayContaining(['beside example/people', 'file .github/workflows/dispatch.yml']),
    );
  });

  test('is not asked for what an environment holds that is not there', async () => {
    setup.absent = ['access-requests'];
    const { access } = valueOf((await facts({}, ELSEWHERE)).github);
    expect(access?.environment).toMatchObject(answered({ secrets: [], variables: [] }));
    expect(setup.asked).not.toContain('secrets access-requests');
  });

  test('is asked for what the platform needs', async () => {
    expect(valueOf((await facts()).github)).toMatchObject({
      repository: 'example/hubs',
      held: new Map([
        ['main', answered({ secrets: ['SECRET of main'], variables: ['VARIABLE of main'] })],
      ]),
      shared: answered({ secrets: ['SECRET of all'], variables: ['VARIABLE of all'] }),
      labels: answered(['a label']),
      rules: answered(['deletion']),
      actions: answered({ enabled: true, localOnly: false, mayOpenPulls: true }),
      pulls: {
        images: { branch: 'glaciocloud/refresh-science', rules: answered(['deletion']) },
        main: undefined,
      },
    });
    expect([...setup.asked].sort()).toEqual([
      'actions',
      'environment images',
      'environment main',
      'environment main-approval',
      'labels',
      'rules deployed',
      'rules glaciocloud/refresh-science',
      'secrets all',
      'secrets images',
      'secrets main',
      'variables all',
      'variables main',
    ]);
  });

  test('is not asked what an environment holds that is not there', async () => {
    setup.absent = ['main'];
    const { environments, held } = valueOf((await facts()).github);
    expect(valueOf(environments.get('main')).protection).toBeUndefined();
    expect(held.size).toBe(0);
    setup.absent = [];
    setup.refuses = ['environment main'];
    expect(valueOf((await facts()).github).held.size).toBe(0);
  });

  test('is asked who may merge where the night does it', async () => {
    const merging: Edit = ['platform.yaml', 'waves:', 'automerge: candidate\nwaves:'];
    expect(valueOf((await facts({}, merging)).github).pulls.main).toEqual(
      answered({ branch: 'main', rules: [] }),
    );
  });

  test('is asked about the key of an App, which no environment holds that is not there', async () => {
    const { app } = valueOf((await facts()).github);
    expect(valueOf(app).secrets).toEqual(['SECRET of images']);
    setup.absent = ['images'];
    const without = valueOf((await facts()).github).app;
    expect(valueOf(without).secrets).toEqual([]);
  });

  test('is not asked for approvals that nobody needs', async () => {
    await facts({}, ['environments/late.yaml', 'wave: production', 'wave: staging']);
    expect(setup.asked).not.toContain('environment main-approval');
  });

  test.each([
    ['environment main', 'Actions: read'],
    ['secrets main', 'Environments: read'],
    ['variables all', 'Secrets: read, Variables: read'],
    ['labels', 'Issues: read'],
    ['rules deployed', 'Metadata: read'],
    ['rules glaciocloud/refresh-science', 'Metadata: read'],
    ['merge rules', 'Metadata: read'],
    ['environment images', 'Environments: read'],
    ['secrets images', 'Environments: read'],
    ['actions', 'Administration: read'],
  ])('that refuses %s answers the rest, and the right is named', async (call, right) => {
    setup.refuses = [call];
    const merging: Edit = ['platform.yaml', 'waves:', 'automerge: candidate\nwaves:'];
    const asked = valueOf((await facts({}, merging)).github);
    const { environments, held, repository, pulls, access, ...rest } = asked;
    expect(access).toBeUndefined();
    expect(repository).toBe('example/hubs');
    const ofPulls = [pulls.images?.rules, pulls.main];
    const all = [...environments.values(), ...held.values(), ...ofPulls, ...Object.values(rest)];
    const refused = all.filter((one) => one?.kind === 'not-asked');
    expect(refused).toEqual([
      {
        kind: 'not-asked',
        why: `${call} is refused (ask somebody)`,
        set: `${ADMINISTRATOR}, or with the right ${right}`,
      },
    ]);
  });

  test('that cannot be asked is not', async () => {
    ports = { ...ports, github: NOT_ASKED };
    expect((await facts()).github).toBe(NOT_ASKED);
  });

  test('does not hide a mistake of ours', async () => {
    const labels = () => Promise.reject(new TypeError('a mistake'));
    ports = {
      ...ports,
      github: answered({
        repository: 'example/hubs',
        setup: Object.assign(setup, { labels }),
        beside: () => setup,
      }),
    };
    expect(await failureOf(facts())).toEqual(new TypeError('a mistake'));
  });
});

describe('a cluster', () => {
  const main = async (...edits: Edit[]) => valueOf((await facts({}, ...edits)).live.get('main'));

  test('is asked for all that a deployment needs', async () => {
    kube.add(
      { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 'standard' } },
      { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', metadata: { name: 'nginx' } },
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'ClusterIssuer',
        metadata: { name: 'letsencrypt' },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'entry', namespace: 'default' },
        status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } },
      },
    );
    kube.allowed = ({ resource }) => resource !== 'leases';
    const live = await main();
    expect(live).toMatchObject({
      login: { kind: 'helper', program: 'aws' },
      reached: { kind: 'reached', version: 'v1.35.4', uid: UID },
      storageClasses: answered([{ metadata: { name: 'standard' } }]),
      ingressClasses: answered(['nginx']),
      issuers: answered([{ metadata: { name: 'letsencrypt' } }]),
      entries: answered(['192.0.2.7']),
    });
    expect(valueOf(live.allowed)).toEqual(NEEDS.map(({ resource }) => resource !== 'leases'));
  });

  test('that does not answer is asked once, and its login is known', async () => {
    kube.outside.fail({ call: 'version', error: new KubeFailure('refused', { hint: 'look' }) });
    const live = await main();
    expect(live).toMatchObject({
      login: { kind: 'helper' },
      reached: { kind: 'not-reached', why: 'refused (look)' },
      allowed: {
        kind: 'not-asked',
        why: 'the cluster does not answer',
        set: 'kubectl auth can-i --list # then ask an administrator of the cluster',
      },
      entries: { kind: 'not-asked', why: 'the cluster does not answer' },
    });
    expect(kube.outside.made('list', 'mayI')).toEqual([]);
  });

  test('that refuses one question answers the others', async () => {
    const error = new KubeFailure('forbidden', { hint: 'look' });
    kube.outside.fail({ call: 'list', about: /^storageclasses/u, error });
    const live = await main();
    expect(live.storageClasses).toEqual({
      kind: 'not-asked',
      why: 'forbidden (look)',
      set: 'kubectl auth can-i --list # then ask an administrator of the cluster',
    });
    expect(live.ingressClasses).toEqual(answered([]));
  });

  test.each<[string, RefusalKind, object]>([
    ['the server doesn’t have a resource type', 'unknown-kind', answered(undefined)],
    ['another refusal', 'forbidden', { kind: 'not-asked' }],
  ])('without cert-manager says so: %s', async (_what, refusal, expected) => {
    const error = new KubeFailure('refused', { hint: 'look', refusal });
    kube.outside.fail({ call: 'list', about: /^clusterissuers/u, error });
    expect((await main()).issuers).toMatchObject(expected);
  });

  test('whose login cannot be read says why', async () => {
    const login = () => Promise.reject(new Failure('kubectl not found', { hint: 'install it' }));
    ports = { ...ports, cluster: answered({ kube, login }) };
    expect((await main()).login).toEqual({
      kind: 'unclear',
      why: 'kubectl not found (install it)',
    });
  });

  test('that nobody can ask is not asked', async () => {
    ports = { ...ports, cluster: NOT_ASKED };
    expect((await facts({}, OTHER)).live).toEqual(
      new Map([
        ['main', NOT_ASKED],
        ['other', NOT_ASKED],
      ]),
    );
  });

  test('that the platform does not have is refused', async () => {
    expect(await failureOf(facts({ cluster: 'none' }))).toMatchObject({
      message: 'there is no cluster "none"',
      hint: 'clusters: main',
      exit: 2,
    });
  });

  const whys = async (cluster: string | undefined, ...edits: Edit[]) =>
    [...(await facts({ cluster }, OTHER, ...edits)).live].map(([name, one]) =>
      one.kind === 'answered' ? `${name} answered` : `${name}: ${one.why}; ${one.set}`,
    );
  const AGAIN = 'glaciocloud doctor --cluster NAME --kubeconfig FILE';

  test.each<[string, string | undefined, Edit[], string[]]>([
    [
      'that is named',
      'other',
      [],
      [`main: the kubeconfig leads to other; ${AGAIN}`, 'other answered'],
    ],
    [
      'whose identity is recorded',
      undefined,
      [recorded('main')],
      ['main answered', `other: the kubeconfig leads to main; ${AGAIN}`],
    ],
    [
      'that is named, whatever is recorded',
      'other',
      [recorded('main')],
      [`main: the kubeconfig leads to other; ${AGAIN}`, 'other answered'],
    ],
    [
      'that nobody knows',
      undefined,
      [],
      ['main', 'other'].map(
        (name) =>
          `${name}: no file of a cluster has the identity of the one that the kubeconfig leads to; ${AGAIN}`,
      ),
    ],
  ])('of several is the one %s', async (_what, cluster, edits, expected) => {
    expect(await whys(cluster, ...edits)).toEqual(expected);
  });

  test('of several is the one that it was deployed to as, and refusing to say so is no answer', async () => {
    kube.add({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'glaciocloud-cluster', namespace: 'glaciocloud-system' },
      data: { cluster: 'other' },
    });
    expect(await whys(undefined)).toEqual([
      `main: the kubeconfig leads to other; ${AGAIN}`,
      'other answered',
    ]);
    kube.outside.fail({
      call: 'get',
      about: /glaciocloud-cluster/u,
      error: new KubeFailure('refused', { hint: 'look' }),
    });
    expect((await whys(undefined))[0]).toContain('no file of a cluster has the identity');
  });

  test('of several that does not answer is none of them', async () => {
    kube.outside.fail({ call: 'version', error: new KubeFailure('refused', { hint: 'look' }) });
    const why = 'the cluster that the kubeconfig leads to does not answer: refused (look)';
    expect(await whys(undefined, recorded('main'))).toEqual([
      `main: ${why}; ${AGAIN}`,
      `other: ${why}; ${AGAIN}`,
    ]);
  });
});

test('what ends is judged at the time that was given', async () => {
  expect((await facts({ now: 7 })).now).toBe(7);
});

test('a host name that cannot be looked up is not asked', async () => {
  const silent = new Failure('one cannot be looked up here: EAI_AGAIN', { hint: 'look' });
  ports = { ...ports, internet: { resolve: () => Promise.reject(silent) } };
  expect((await facts({}, ENTRY)).resolved.get('one.example.org')).toEqual({
    kind: 'not-asked',
    why: 'one cannot be looked up here: EAI_AGAIN (look)',
    set: 'getent hosts github.com # and where that finds nothing, the DNS of this machine',
  });
});

test('each host name is resolved once', async () => {
  const asked: string[] = [];
  ports = {
    ...ports,
    internet: { resolve: (host) => Promise.resolve([`${asked.push(host)}`]) },
  };
  const shared: Edit = [
    'environments/two.yaml',
    'https://two.example.org',
    'https://one.example.org/two',
  ];
  const { resolved } = await facts({}, shared, ENTRY);
  expect([...resolved.keys()].sort()).toEqual(['late.example.org', 'one.example.org']);
  expect(asked).toHaveLength(2);
  expect((await facts({}, shared)).resolved.size).toBe(0);
  expect(asked).toHaveLength(2);
});

describe('secrets', () => {
  const one = async () => (await facts()).secrets.opened;

  test('are opened where they are encrypted, and no value is kept', async () => {
    const { secrets } = await facts();
    expect(secrets.sops).toBe('text');
    expect(secrets.files).toEqual(new Map([['one', ENCRYPTED]]));
    expect([...secrets.opened.keys()]).toEqual(['one']);
    const opened = valueOf(secrets.opened.get('one'));
    expect(opened.kind === 'open' && opened.secrets.slice(0, 2)).toEqual([
      { secret: 'github-client-id', state: 'fine', note: 'login' },
      { secret: 'github-client-secret', state: 'missing', note: 'login' },
    ]);
  });

  test('in clear, and of no hub, are not opened, and then no key is looked for', async () => {
    const lacking = () => Promise.reject(new Error('looked for'));
    ports = { ...ports, secrets: { ...ports.secrets, lacking } };
    const secrets = new Map([
      ['one', 'a: b\n'],
      ['nobody', ENCRYPTED],
    ]);
    const files = { workflows: { here: new Map(), tool: new Map() }, sops: undefined, secrets };
    expect((await facts({ files })).secrets.opened.size).toBe(0);
  });

  test.each([
    ['sops', 'sops is not found', 'go install github.com/getsops/sops/v3/cmd/sops@v3.11.0'],
    [
      'key',
      'there is no key here',
      'export SOPS_AGE_KEY_FILE=FILE # what `age-keygen -o FILE` wrote',
    ],
  ] as const)('are not opened without %s', async (lacking, why, set) => {
    ports = { ...ports, secrets: { ...ports.secrets, lacking: () => Promise.resolve(lacking) } };
    expect(await one()).toEqual(new Map([['one', { kind: 'not-asked', why, set }]]));
  });

  test('that the key at hand does not open are refused', async () => {
    const opened = () => Promise.reject(new SecretsFailure('no key fits', { hint: 'another' }));
    ports = { ...ports, secrets: { ...ports.secrets, opened } };
    expect(await one()).toEqual(
      new Map([['one', answered({ kind: 'refused', why: 'no key fits (another)' })]]),
    );
  });
});
