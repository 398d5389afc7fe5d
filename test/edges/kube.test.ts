import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  jest,
  test,
} from '@jest/globals';
import { join } from 'node:path';
import type { JsonObject } from '../../src/core/json.ts';
import type { ExecResult } from '../../src/edges/exec.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* kubectl is a double here, and so are the pauses between calls: they are written down, and take no time. */
const pauses: number[] = [];
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  },
}));
const { Kube } = await import('../../src/edges/kube.ts');
const { askAgain, clusterEnv } = await import('../../src/edges/cluster-access.ts');

let folder: Awaited<ReturnType<typeof temporary>>;
let kubectl: Double;
const before = { ...process.env };
beforeAll(async () => {
  folder = await temporary();
  kubectl = await doubleOf(folder.path, 'kubectl');
});
afterAll(() => folder.remove());
beforeEach(() => {
  process.env['GLACIOCLOUD_KUBECTL'] = kubectl.path;
  pauses.length = 0;
});
afterEach(() => {
  process.env = { ...before };
});

const kube = (): InstanceType<typeof Kube> => new Kube('/a/kubeconfig');
const pod: JsonObject = { kind: 'Pod', metadata: { name: 'a' } };
const away: JsonObject = { kind: 'Pod', metadata: { name: 'b', namespace: 'away' } };
const homed: JsonObject = { kind: 'Pod', metadata: { namespace: 'here', name: 'a' } };
const list = (...items: JsonObject[]): JsonObject => ({ apiVersion: 'v1', kind: 'List', items });
const FROM_INPUT = ['-f', '-', '-o', 'json'];

interface Case {
  call: (cluster: InstanceType<typeof Kube>) => Promise<unknown>;
  /** As kubectl is called, with spaces between. */
  args: string;
  input?: JsonObject;
  /** What kubectl prints, and what the call gives for it. */
  says?: unknown;
  gives?: unknown;
  /** What a failure is called. */
  fails: string;
}
const CASES: Record<string, Case> = {
  liveOf: {
    call: (cluster) => cluster.liveOf([pod, away], 'here'),
    args: 'get -f - --ignore-not-found --show-managed-fields -o json',
    input: list(homed, away),
    says: list(pod, away),
    gives: [pod, away],
    fails: 'objects cannot be read',
  },
  get: {
    call: (cluster) => cluster.get('pod', 'a', 'here'),
    args: 'get pod a --namespace here --ignore-not-found -o json',
    says: pod,
    gives: pod,
    fails: 'pod a cannot be read',
  },
  'get, outside of namespaces': {
    call: (cluster) => cluster.get('namespace', 'here'),
    args: 'get namespace here --ignore-not-found -o json',
    gives: undefined,
    fails: 'namespace here cannot be read',
  },
  list: {
    call: (cluster) =>
      cluster.list('pods,events', { namespace: 'here', selector: 'a=b', fields: 'c=d' }),
    args: 'get pods,events --namespace here --selector a=b --field-selector c=d -o json',
    says: list(pod),
    gives: [pod],
    fails: 'pods,events cannot be listed',
  },
  'list, everywhere': {
    call: (cluster) => cluster.list('nodes'),
    args: 'get nodes --all-namespaces -o json',
    says: list(),
    gives: [],
    fails: 'nodes cannot be listed',
  },
  apply: {
    call: (cluster) => cluster.apply([pod]),
    args: 'apply --server-side --force-conflicts --validate=ignore --field-manager glaciocloud -f -',
    input: list(pod),
    says: 'pod/a serverside-applied',
    fails: 'objects cannot be applied',
  },
  wouldApply: {
    call: (cluster) => cluster.wouldApply([pod, away], 'here'),
    args: 'apply --server-side --force-conflicts --validate=ignore --field-manager helm --dry-run=server -f - -o json',
    input: list(homed, away),
    says: pod,
    gives: [pod],
    fails: 'objects cannot be compared',
  },
  create: {
    call: (cluster) => cluster.create(pod),
    args: `create --validate=ignore ${FROM_INPUT.join(' ')}`,
    input: pod,
    says: homed,
    gives: homed,
    fails: 'an object cannot be made',
  },
  replace: {
    call: (cluster) => cluster.replace(pod),
    args: `replace --validate=ignore ${FROM_INPUT.join(' ')}`,
    input: pod,
    says: homed,
    gives: homed,
    fails: 'an object cannot be changed',
  },
  delete: {
    call: (cluster) => cluster.delete('pod', 'a', 'here'),
    args: 'delete pod a --namespace here --ignore-not-found --wait=false',
    fails: 'pod a cannot be deleted',
  },
  'delete, outside of namespaces': {
    call: (cluster) => cluster.delete('namespace', 'here'),
    args: 'delete namespace here --ignore-not-found --wait=false',
    fails: 'namespace here cannot be deleted',
  },
  deleteBy: {
    call: (cluster) => cluster.deleteBy('pods', 'a=b', 'here'),
    args: 'delete pods --selector a=b --namespace here --ignore-not-found --wait=false --now',
    fails: 'pods cannot be deleted',
  },
  annotate: {
    call: (cluster) => cluster.annotate('pods', 'a=b', 'here', 'c=d'),
    args: 'annotate pods --selector a=b --namespace here --overwrite c=d',
    fails: 'pods cannot be annotated',
  },
  scale: {
    call: (cluster) => cluster.scale('hub', 0, 'here'),
    args: 'scale deployment/hub --replicas=0 --namespace here',
    fails: 'hub cannot be scaled',
  },
  version: {
    call: (cluster) => cluster.version(),
    args: 'version -o json',
    says: { serverVersion: { gitVersion: 'v1.35.4' } },
    gives: 'v1.35.4',
    fails: 'the cluster does not say its version',
  },
};

function printed(says: unknown): string {
  if (says === undefined) return '';
  return typeof says === 'string' ? says : JSON.stringify(says);
}

/** Calls that change nothing. */
const READS: ReadonlySet<string> = new Set([
  'liveOf',
  'get',
  'list',
  'wouldApply',
  'version',
  'mayI',
]);

describe.each(Object.entries(CASES))('%s', (name, { call, args, input, says, gives, fails }) => {
  test('is called so, and gives what kubectl says', async () => {
    const stdout = printed(says);
    await kubectl.says({ stdout });
    expect(await call(kube())).toEqual(gives);
    const calls = await kubectl.calls();
    expect(calls.map((one) => one.args.join(' '))).toEqual([args]);
    expect(calls[0]?.env['KUBECONFIG']).toBe('/a/kubeconfig');
    const given = calls[0]?.input ?? '';
    expect(given === '' ? undefined : JSON.parse(given)).toEqual(input);
  });

  test('fails with what kubectl says, at once where that does not pass', async () => {
    await kubectl.says({ code: 1, stderr: 'Error: no\n' });
    expect(await failureOf(call(kube()))).toMatchObject({
      name: 'KubeFailure',
      message: `${fails}: kubectl says “Error: no”`,
      hint: READS.has(name.replace(/,.*/u, ''))
        ? 'look at the cluster, then run this again'
        : 'look at the cluster; the next run goes on where this one ended',
      exit: 1,
      conflict: false,
    });
    expect(pauses).toEqual([]);
  });

  test('is asked again where the API server was only busy', async () => {
    const stdout = printed(says);
    await kubectl.says({ code: 1, stderr: 'etcdserver: leader changed' }, { stdout });
    expect(await call(kube())).toEqual(gives);
    expect(pauses).toEqual([1000]);
  });
});

describe('objects', () => {
  test.each<[string, string, JsonObject[]]>([
    ['none', ' \n', []],
    ['one', JSON.stringify(pod), [pod]],
    ['several', JSON.stringify(list(pod, away)), [pod, away]],
  ])('are %s', async (_what, stdout, objects) => {
    await kubectl.says({ stdout }, { stdout });
    expect(await kube().liveOf([pod], 'here')).toEqual(objects);
    expect(await kube().wouldApply([pod], 'here')).toEqual(objects);
  });

  test('are not compared where there are none', async () => {
    await kubectl.says();
    expect(await kube().wouldApply([], 'here')).toEqual([]);
    expect(await kubectl.calls()).toEqual([]);
  });

  test('are no list of something else', async () => {
    await kubectl.says({ stdout: '[]' });
    expect(await failureOf(kube().get('pod', 'a'))).toMatchObject({
      name: 'KubeFailure',
      message: 'what kubectl printed cannot be read: it is no JSON object',
      hint: 'try again; if it stays, look at kubectl and what stands before it',
    });
    await kubectl.says({ stdout: '<html>' });
    expect(await failureOf(kube().get('pod', 'a'))).toMatchObject({ name: 'KubeFailure' });
    const list = '{"kind": "List"}';
    await kubectl.says({ stdout: list }, { stdout: list }, { stdout: '{"items": ["a"]}' });
    const message =
      'what kubectl printed cannot be read: its field /items is missing or is something else';
    expect(await failureOf(kube().list('pods'))).toMatchObject({ message });
    expect(await failureOf(kube().liveOf([], 'here'))).toMatchObject({ message });
    expect(await failureOf(kube().list('pods'))).toMatchObject({
      message: message.replace('/items', '/items/0'),
    });
  });
});

describe('a failure', () => {
  const failing = async (stderr: string): Promise<unknown> => {
    await kubectl.says({ code: 1, stderr });
    return failureOf(kube().create(pod));
  };

  test.each([
    ['Error from server (AlreadyExists): pods "a" already exists', true],
    ['Error from server (Conflict): Operation cannot be fulfilled', true],
    ['error: the object has been modified; please apply your changes', true],
    ['Error from server (NotFound): pods "a" not found', false],
    ['Error from server (Forbidden): no', false],
  ])('%s: somebody else was first: %p', async (stderr, conflict) => {
    expect(await failing(stderr)).toMatchObject({ conflict });
  });

  test.each([
    ['The ConfigMap "a" is invalid: data: Forbidden: field is immutable', true],
    ['The Job "a" is invalid: spec.template: no\nthe rest\nof a long\ndiff\n', true],
    ['Error from server (Forbidden): configmaps "a" is forbidden: quota', false],
    ['error: the token is invalid', false],
  ])('%s: it cannot become so: %p', async (stderr, invalid) => {
    expect(await failing(stderr)).toMatchObject({ invalid, conflict: false });
  });

  test.each(['error: You must be logged in (Unauthorized)', 'the token is expired'])(
    'of the login says so: %s',
    async (stderr) => {
      expect(await failing(stderr)).toMatchObject({
        hint: 'log in again, or get the kubeconfig anew; then run this again',
      });
    },
  );

  test('without kubectl says what to do', async () => {
    process.env['GLACIOCLOUD_KUBECTL'] = join(folder.path, 'nowhere');
    const asked = Promise.resolve().then(() => kube().get('pod', 'a'));
    expect(await failureOf(asked)).toMatchObject({
      message: 'kubectl not found',
      hint: 'install it, or run `npm run tools`',
      exit: 1,
    });
  });
});

describe('asking again', () => {
  const result = (code: number, stderr = ''): ExecResult => ({
    code,
    stderr,
    stdout: '',
    bytes: Buffer.alloc(0),
  });

  test('ends with what works', async () => {
    const answers = [result(1, 'connection refused'), result(1, 'EOF'), result(0)];
    expect(await askAgain(() => Promise.resolve(answers.shift()!))).toEqual(result(0));
    expect([answers.length, pauses]).toEqual([0, [1000, 2000]]);
  });

  test('ends after five times, with longer pauses', async () => {
    let asked = 0;
    const busy = result(1, 'TooManyRequests');
    expect(
      await askAgain(() => {
        asked += 1;
        return Promise.resolve(busy);
      }),
    ).toBe(busy);
    expect([asked, pauses]).toEqual([5, [1000, 2000, 4000, 8000]]);
  });

  test('ends with what does not pass by itself, and with what works in spite of its words', async () => {
    for (const one of [result(1, 'not found'), result(0, 'connection refused')])
      expect(await askAgain(() => Promise.resolve(one))).toBe(one);
    expect(pauses).toEqual([]);
  });
});

test('kubectl and Helm see the cluster, and what helpers of cloud providers need to log in', () => {
  const passed = {
    AWS_PROFILE: '1',
    AZURE_CONFIG_DIR: '2',
    AAD_LOGIN_METHOD: '3',
    ARM_CLIENT_ID: '4',
    CLOUDSDK_CONFIG: '5',
    GOOGLE_APPLICATION_CREDENTIALS: '6',
    GCLOUD_X: '7',
    USE_GKE_GCLOUD_AUTH_PLUGIN: '8',
  };
  process.env = {
    ...passed,
    GITHUB_TOKEN: 'secret',
    SOPS_AGE_KEY: 'secret',
    MY_AWS_KEY: 'secret',
    AWS: 'secret',
    KUBECONFIG: '/other',
  };
  expect(clusterEnv('/this')).toEqual({ ...passed, KUBECONFIG: '/this' });
});

describe('logs', () => {
  test('are the last 200 lines, of the container that runs or of the one before it', async () => {
    await kubectl.says({ stdout: 'now\n' }, { stdout: 'then\n' });
    expect([await kube().logs('a', 'here'), await kube().logs('a', 'here', 'previous')]).toEqual([
      'now\n',
      'then\n',
    ]);
    expect((await kubectl.calls()).map(({ args }) => args.join(' '))).toEqual([
      'logs a --namespace here --tail 200',
      'logs a --namespace here --tail 200 --previous',
    ]);
  });

  test('are empty where there are none', async () => {
    await kubectl.says({ code: 1, stderr: 'no such container' });
    expect(await kube().logs('a', 'here', 'previous')).toBe('');
  });
});

test('permissions are asked one by one, in one call', async () => {
  const review = (allowed: unknown): string =>
    JSON.stringify({ kind: 'SelfSubjectAccessReview', status: { allowed } }, null, 2);
  await kubectl.says({ stdout: `${[true, false, 'true'].map(review).join('\n')}\n` });
  const needs = [
    { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
    { verb: 'list', group: 'apps', resource: 'deployments' },
    { verb: 'patch', group: '', resource: 'secrets' },
  ];
  expect(await kube().mayI(needs)).toEqual([true, false, false]);
  const [call] = await kubectl.calls();
  expect(call?.args.join(' ')).toBe(`create --validate=ignore ${FROM_INPUT.join(' ')}`);
  expect(JSON.parse(call?.input ?? '')).toEqual(
    list(
      ...needs.map((resourceAttributes) => ({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      })),
    ),
  );
  await kubectl.says({ code: 1, stderr: 'no' });
  expect(await failureOf(kube().mayI(needs))).toMatchObject({
    message: 'permissions cannot be asked: kubectl says “no”',
  });
});

test('a script runs in any pod, and is given as input', async () => {
  await kubectl.says({ stdout: 'bytes', stderr: 'said', code: 3 });
  const running = kube().pythonStream('here', 'a', 'print(1)', ['x', 'y z']);
  expect(Buffer.concat(await running.output.toArray()).toString()).toBe('bytes');
  expect(await running.ended).toEqual({ code: 3, stderr: 'said' });
  const [call] = await kubectl.calls();
  expect(call?.args).toEqual('exec -i a --namespace here -- python3 - x'.split(' ').concat('y z'));
  expect(call?.input).toBe('print(1)');
  expect(call?.env['KUBECONFIG']).toBe('/a/kubeconfig');
});
