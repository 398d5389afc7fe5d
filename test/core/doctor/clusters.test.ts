import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/core/doctor/check.ts';
import {
  NEWEST_KUBERNETES,
  OLDEST_KUBERNETES,
  clusterChecks,
} from '../../../src/core/doctor/clusters.ts';
import type { ClusterFacts, LiveCluster } from '../../../src/core/doctor/clusters.ts';
import { clusterNeeds } from '../../../src/core/doctor/needs.ts';
import { NEEDS } from '../../../src/core/cluster/rights.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { Edit } from '../../support/apply-bench.ts';
import { NOT_ASKED, answered, platformOf, withId } from '../../support/doctor.ts';

const UID = '00000000-0000-4000-8000-000000000002';
const FILE = 'clusters/main.yaml';
const ENTRY: Edit = [
  FILE,
  'ingress: {class: none}',
  'ingress: {class: nginx, issuer: letsencrypt}',
];
const issuer = (status: string, message?: string): JsonObject => ({
  metadata: { name: 'letsencrypt' },
  status: {
    conditions: [
      { type: 'Other', status: 'True' },
      { type: 'Ready', status, ...(message === undefined ? {} : { message }) },
    ],
  },
});
const WELL: LiveCluster = {
  login: { kind: 'helper', program: 'aws' },
  reached: { kind: 'reached', version: 'v1.35.4', uid: UID, name: undefined },
  allowed: answered(NEEDS.map(() => true)),
  storageClasses: answered([{ metadata: { name: 'standard' }, reclaimPolicy: 'Retain' }]),
  ingressClasses: answered(['nginx']),
  issuers: answered([issuer('True')]),
  entries: answered(['192.0.2.7']),
};
const HOSTS = ['one', 'two', 'late'].map((name) => `${name}.example.org`);
const RESOLVED: ClusterFacts['resolved'] = new Map(
  HOSTS.map((host) => [host, answered(['192.0.2.7'])]),
);

function checks(live: Partial<LiveCluster>, ...edits: Edit[]): Check[] {
  return checksOf({ live: answered({ ...WELL, ...live }), resolved: RESOLVED }, ...edits);
}
function checksOf(facts: Omit<ClusterFacts, 'now'>, ...edits: Edit[]): Check[] {
  return clusterNeeds(platformOf(...edits)).flatMap((needs) =>
    clusterChecks(needs, { ...facts, now: Date.parse('2026-11-24T12:00Z') }),
  );
}
const states = (all: readonly Check[]): string[] =>
  all.map(({ id, state, where }) => `${state} ${id} ${where}`);
const DNS = ['late', 'one', 'two'].map((name) => `cluster/dns environments/${name}.yaml`);

describe('a cluster', () => {
  test('that is as its file says is well', () => {
    expect(states(checks({}, ENTRY))).toEqual([
      `ok cluster/login ${FILE}`,
      `ok cluster/reach ${FILE}`,
      `ok cluster/version ${FILE}`,
      `ok cluster/rights ${FILE}`,
      `ok cluster/storage ${FILE}`,
      `ok cluster/ingress ${FILE}`,
      `ok cluster/issuer ${FILE}`,
      ...DNS.map((one) => `ok ${one}`),
    ]);
    expect(checks({}, ENTRY).map(({ what }) => what)).toEqual([
      'aws logs in, for a short time each',
      'answers',
      'Kubernetes 1.35',
      'may do what deployments do',
      'the storage class is there',
      'the ingress class is there',
      'ClusterIssuer letsencrypt is ready',
      'late.example.org leads to the cluster',
      'one.example.org leads to the cluster',
      'two.example.org leads to the cluster',
    ]);
  });

  test('without an entry has neither issuer nor names', () => {
    const all = states(checks({}));
    expect(all.filter((one) => /dns|issuer/u.test(one))).toEqual([]);
    expect(all).toHaveLength(6);
  });

  test('of which nothing is asked is unknown, each name for itself', () => {
    expect(states(checksOf({ live: NOT_ASKED, resolved: RESOLVED }, ENTRY))).toEqual([
      `unknown cluster/reach ${FILE}`,
      ...DNS.map((one) => `unknown ${one}`),
    ]);
  });

  test('that answers some questions only is unknown in the others', () => {
    const silent = {
      allowed: NOT_ASKED,
      storageClasses: NOT_ASKED,
      ingressClasses: NOT_ASKED,
      issuers: NOT_ASKED,
      entries: NOT_ASKED,
    };
    expect(states(checks(silent, ENTRY)).slice(3)).toEqual([
      `unknown cluster/rights ${FILE}`,
      `unknown cluster/storage ${FILE}`,
      `unknown cluster/ingress ${FILE}`,
      `unknown cluster/issuer ${FILE}`,
      ...DNS.map((one) => `unknown ${one}`),
    ]);
  });

  test.each([
    ['connection refused', 'unknown', '? ', 'not asked: '],
    ['kubectl not found', 'unknown', '? ', 'not asked: '],
    ['You must be logged in to the server (Unauthorized)', 'missing', '✗ ', ''],
  ])('that does not answer (%s) is %s', (why, state, sign, begin) => {
    const all = checks({ reached: { kind: 'not-reached', why } }, ENTRY);
    const reach = all.filter(({ id }) => id === 'cluster/reach');
    expect(reach.map(({ fix }) => fix)).toEqual(['kubectl cluster-info']);
    expect(withId(all, 'cluster/reach')[0]).toBe(
      `${sign}${FILE}: ${begin}it does not answer: ${why}`,
    );
    expect(states(all)).toEqual([
      `ok cluster/login ${FILE}`,
      `${state} cluster/reach ${FILE}`,
      ...DNS.map((one) => `unknown ${one}`),
    ]);
  });

  test('that is another than the file means is asked nothing more', () => {
    const other = `${UID.slice(0, -1)}3`;
    const recorded: Edit = [FILE, 'identity: null', `identity: ${other}`];
    const all = checks({}, ENTRY, recorded);
    expect(withId(all, 'cluster/reach')).toEqual([
      `✗ ${FILE}: the kubeconfig leads to another cluster: its identity is ${UID}, and ${other} is recorded`,
      'kubectl config current-context && kubectl get namespace kube-system -o jsonpath={.metadata.uid}',
    ]);
    expect(all.map(({ id }) => id)).toEqual([
      'cluster/login',
      'cluster/reach',
      'cluster/dns',
      'cluster/dns',
      'cluster/dns',
    ]);
    const named = { ...WELL.reached, name: 'other' } as LiveCluster['reached'];
    expect(withId(checks({ reached: named }), 'cluster/reach')[0]).toBe(
      `✗ ${FILE}: the kubeconfig leads to another cluster: it is known as other; if it is the same cluster, its file is clusters/other.yaml; if the platform that named it so is gone, kubectl delete configmap glaciocloud-cluster --namespace glaciocloud-system takes the name back`,
    );
    const same: Edit = [FILE, 'identity: null', `identity: ${UID}`];
    expect(withId(checks({}, same), 'cluster/reach')).toEqual([`✓ ${FILE}: answers`]);
  });
});

describe('the version of Kubernetes', () => {
  const version = (text: string, ...edits: Edit[]): string[] =>
    withId(
      checks({ reached: { kind: 'reached', version: text, uid: UID, name: 'main' } }, ...edits),
      'cluster/version',
    );
  const says = (minor: number): Edit => [FILE, 'kubernetes: "1.35"', `kubernetes: "1.${minor}"`];
  const outside = (text: string): string[] => [
    `✗ ${FILE}: Kubernetes ${text} is outside of 1.32 to 1.36, which Helm and kubectl here are made for`,
    'kubectl version # then upgrade the cluster, or GlacioCloud',
  ];

  test.each([
    ['v1.31.9', outside('v1.31.9')],
    ['v1.37.0', outside('v1.37.0')],
    ['', outside('of no known version')],
    ['v2.35.0', outside('v2.35.0')],
  ])('"%s" is outside', (text, expected) => {
    expect(version(text)).toEqual(expected);
  });

  test.each([OLDEST_KUBERNETES, NEWEST_KUBERNETES])('1.%d is inside', (minor) => {
    expect(version(`v1.${minor}.0+k3s1`, says(minor))).toEqual([
      `✓ ${FILE}: Kubernetes 1.${minor}`,
    ]);
  });

  test('is what the file says', () => {
    expect(version('v1.36.1')).toEqual([
      `✗ ${FILE}: ${FILE} says Kubernetes 1.35, and it is 1.36: plans are rendered for the wrong one`,
      `sed -i 's/^kubernetes:.*/kubernetes: "1.36"/' ${FILE}`,
    ]);
  });
});

describe('rights', () => {
  const allowed = answered(NEEDS.map(({ resource }) => resource !== 'secrets'));
  const apply = 'glaciocloud rights --cluster main | kubectl apply --server-side -f -';
  const bind = `${apply} && kubectl create clusterrolebinding glaciocloud --clusterrole=glaciocloud-deployer`;
  const NAMED = `${bind} --user=NAME # by an administrator; kubectl auth whoami says NAME`;
  const token = (subject: string | undefined): LiveCluster['login'] => ({
    kind: 'token',
    subject,
    issued: undefined,
    ends: undefined,
  });

  test.each<[string, LiveCluster['login'], string]>([
    [
      'the account that comes with them',
      token('system:serviceaccount:glaciocloud-system:glaciocloud-deployer'),
      `${apply} # by an administrator`,
    ],
    [
      'another service account',
      token('system:serviceaccount:ops:deployer'),
      `${bind} --serviceaccount=ops:deployer # by an administrator`,
    ],
    ['somebody else', token('system:node:ops:deployer'), NAMED],
    ['nobody known', token(undefined), NAMED],
    ['a helper', { kind: 'helper', program: 'aws' }, NAMED],
  ])('that %s does not have are named', (_who, login, fix) => {
    expect(withId(checks({ allowed, login }), 'cluster/rights')).toEqual([
      `✗ ${FILE}: these credentials may not get/list/watch/create/patch/delete/update secrets`,
      fix,
    ]);
  });
});

describe('classes', () => {
  test('that are not there are missing, with what there is', () => {
    const all = checks(
      { storageClasses: answered([]), ingressClasses: answered(['traefik']) },
      ENTRY,
    );
    expect(withId(all, 'cluster/storage')).toEqual([
      `✗ ${FILE}: there is no storage class standard; there are: none`,
      `kubectl get storageclass # then correct ${FILE}`,
    ]);
    expect(withId(all, 'cluster/ingress')).toEqual([
      `✗ ${FILE}: there is no ingress class nginx; there are: traefik`,
      `kubectl get ingressclass # then correct ${FILE}`,
    ]);
  });

  test('that lose homes are a warning, with a class that keeps them', () => {
    const lossy = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', uid: 'x', annotations: { a: 'default' } },
      provisioner: 'example.org/disks',
      parameters: { type: 'ssd' },
      reclaimPolicy: 'Delete',
    };
    const keeps = { metadata: { name: 'slow' }, reclaimPolicy: 'Retain' };
    const all = checks({ storageClasses: answered([lossy, keeps]) }, [
      'environments/one.yaml',
      'home: {size: 20Gi}',
      'home: {size: 20Gi, class: slow}',
    ]);
    expect(withId(all, 'cluster/storage')).toEqual([
      `⚠ ${FILE}: the storage class standard deletes a volume with its claim: a claim deleted by mistake is a home lost (reclaimPolicy Retain keeps it)`,
      `echo '{"apiVersion":"storage.k8s.io/v1","kind":"StorageClass","provisioner":"example.org/disks","parameters":{"type":"ssd"},"reclaimPolicy":"Retain","metadata":{"name":"standard-retain"}}' | kubectl apply -f - ` +
        `# before the first hub, then standard-retain as storage.homes.class of ${FILE}; for each volume that is there: kubectl patch pv NAME --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      '✓ environments/one.yaml: the storage class is there',
    ]);
  });

  test('that a hub names for its homes are looked at too', () => {
    const edit: Edit = [
      'environments/one.yaml',
      'home: {size: 20Gi}',
      'home: {size: 20Gi, class: slow}',
    ];
    expect(withId(checks({}, edit), 'cluster/storage')).toEqual([
      `✓ ${FILE}: the storage class is there`,
      '✗ environments/one.yaml: there is no storage class slow; there are: standard',
      'kubectl get storageclass # then correct environments/one.yaml',
    ]);
  });

  test('of an entry are not there, and hubs have public addresses: a warning', () => {
    expect(withId(checks({}), 'cluster/ingress')).toEqual([
      `⚠ ${FILE}: \`ingress.class: none\` makes no entry, so people reach late (https://late.example.org), one (https://one.example.org), two (https://two.example.org) only by a proxy of your own`,
      `kubectl get ingressclass # then ingress: {class: NAME, issuer: NAME} in ${FILE}, as nginx`,
    ]);
  });

  test('of an entry are not there, and nobody needs one', () => {
    const local = ['late', 'one', 'two'].map((name): Edit => [
      `environments/${name}.yaml`,
      `https://${name}.example.org`,
      'http://127.0.0.1:18000',
    ]);
    expect(withId(checks({}, ...local), 'cluster/ingress')).toEqual([
      `✓ ${FILE}: no ingress class, and no hub needs one: none has a public address`,
    ]);
  });
});

describe('the issuer', () => {
  const made = (email: string): string =>
    `echo '{"apiVersion":"cert-manager.io/v1","kind":"ClusterIssuer","metadata":{"name":"letsencrypt"},"spec":{"acme":{"server":"https://acme-v02.api.letsencrypt.org/directory",` +
    `"email":"${email}","privateKeySecretRef":{"name":"letsencrypt"},"solvers":[{"http01":{"ingress":{"ingressClassName":"nginx"}}}]}}}' | kubectl apply -f -`;
  const shown = (issuers: readonly JsonObject[] | undefined, ...edits: Edit[]): string[] =>
    withId(
      checks({ issuers: answered(issuers) }, ...(edits.length === 0 ? [ENTRY] : edits)),
      'cluster/issuer',
    );

  test('that is not there is made', () => {
    expect(shown([])).toEqual([
      `✗ ${FILE}: there is no ClusterIssuer letsencrypt`,
      made('ADDRESS'),
    ]);
    expect(shown([{ ...issuer('True'), metadata: { name: 'other' } }])).toHaveLength(2);
  });

  test('comes after cert-manager', () => {
    expect(shown(undefined)).toEqual([
      `✗ ${FILE}: there is no cert-manager, and so no ClusterIssuer letsencrypt`,
      `helm install cert-manager oci://quay.io/jetstack/charts/cert-manager --namespace cert-manager --create-namespace --set crds.enabled=true --wait && ${made('ADDRESS')}`,
    ]);
  });

  test.each<[string, JsonObject, string]>([
    ['with a reason', issuer('False', 'no account'), 'no account'],
    ['without one', issuer('Unknown'), 'it has not said why'],
    ['without conditions', { metadata: { name: 'letsencrypt' } }, 'it has not said why'],
  ])('that is not ready %s', (_what, one, why) => {
    expect(shown([one])).toEqual([
      `✗ ${FILE}: ClusterIssuer letsencrypt is not ready: ${why}`,
      'kubectl describe clusterissuer letsencrypt',
    ]);
  });

  test('is asked for only where the file names one', () => {
    const none: Edit = [FILE, 'ingress: {class: none}', 'ingress: {class: nginx, issuer: null}'];
    expect(shown([], none)).toEqual([]);
  });
});

describe('the name of a hub', () => {
  const dns = (addresses: string[], entries: LiveCluster['entries']): string[] =>
    withId(
      checksOf(
        {
          live: answered({ ...WELL, entries }),
          resolved: new Map([...RESOLVED, ['one.example.org', answered(addresses)]]),
        },
        ENTRY,
      ),
      'cluster/dns',
    ).filter((line) => line.includes('one.example.org'));

  test.each<[string, string[], string]>([
    ['an address', ['192.0.2.7', '192.0.2.8'], 'A 192.0.2.7'],
    ['an address of IPv6', ['2001:db8::1'], 'AAAA 2001:db8::1'],
    ['a name', ['lb.example.net'], 'CNAME lb.example.net.'],
    ['nothing yet', [], 'CNAME ADDRESS'],
  ])('that does not resolve gets a record, where the entry is %s', (_what, entries, record) => {
    const where = entries.length === 0 ? 'the entry of this cluster' : entries.join(' or ');
    expect(dns([], answered(entries))).toEqual([
      `✗ environments/one.yaml: one.example.org does not resolve: make a DNS record that points to ${where}`,
      `one.example.org. 300 IN ${record}`,
    ]);
  });

  test('that leads elsewhere is said', () => {
    expect(dns(['192.0.2.9'], answered(['192.0.2.7']))).toEqual([
      '✗ environments/one.yaml: one.example.org leads to 192.0.2.9, and the entry of this cluster is 192.0.2.7: right only with a proxy in between',
      'one.example.org. 300 IN A 192.0.2.7',
    ]);
  });

  test('is not known to lead to the cluster before that has an entry', () => {
    const why =
      '? environments/one.yaml: not asked: one.example.org is 192.0.2.9; whether that is the cluster’s entry is not known';
    expect(dns(['192.0.2.9'], answered([]))).toEqual([why]);
    expect(dns(['192.0.2.9'], NOT_ASKED)).toEqual([why]);
  });

  test.each([
    [NOT_ASKED, 'do this'],
    [
      answered([]),
      'kubectl get services,ingresses --all-namespaces # an entry without an address yet?',
    ],
  ])('that nobody can judge says what to do first', (entries, set) => {
    const all = checks({ entries }, ENTRY).filter(({ id }) => id === 'cluster/dns');
    expect(all.map(({ fix }) => fix)).toEqual([set, set, set]);
  });

  test('that cannot be looked up here is not missing', () => {
    const all = checksOf(
      {
        live: answered(WELL),
        resolved: new Map([...RESOLVED, ['one.example.org', NOT_ASKED]]),
      },
      ENTRY,
    );
    expect(states(all).slice(-3).sort()).toEqual(
      DNS.map((one) => `${one.includes('/one.yaml') ? 'unknown' : 'ok'} ${one}`).sort(),
    );
  });

  test('of which nobody has heard does not resolve', () => {
    const all = checksOf({ live: answered(WELL), resolved: new Map() }, ENTRY);
    expect(states(all).slice(-3)).toEqual(DNS.map((one) => `missing ${one}`));
  });
});
