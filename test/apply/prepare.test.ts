import { describe, expect, test } from '@jest/globals';
import { generatedValues } from '../../src/apply/hub/generated.ts';
import { prepareNamespace } from '../../src/apply/hub/prepare.ts';
import type { Prepared } from '../../src/apply/hub/prepare.ts';
import { removeProbe } from '../../src/apply/hub/probe.ts';
import { hiddenIn, suppliedTo } from '../../src/apply/hub/supplied.ts';
import { SecretsFailure } from '../../src/failure.ts';
import { at, objectOf } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { Bench, SECRETS } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { secretText } from '../support/cluster.ts';

const PROBE = [
  'environments/one.yaml',
  'capacity:',
  'probe: {api: 5m, spawn: 1h}\ncapacity:',
] as const;
const OPEN = [
  'environments/one.yaml',
  'secrets: {github-client-id: {use: login}, github-client-secret: {use: login}}',
  'secrets: {}',
] as const;
const LABELS = { 'app.kubernetes.io/managed-by': 'glaciocloud' };

const prepare = (
  bench: Bench,
  secrets: Readonly<Record<string, string>> = SECRETS,
): Promise<Prepared> =>
  prepareNamespace(bench.task('one'), new Map(Object.entries(secrets)), bench.world);
const hubName = ({ names }: Prepared): string => names.get('hub-secrets') ?? '';
const secretNames = (bench: Bench): string[] =>
  bench.kube
    .names('Secret')
    .map((name) => name.replace('Secret ', ''))
    .filter((name) => name.startsWith('one/hub-secrets'));
const json = (bench: Bench, name: string, key: string): JsonObject | undefined =>
  objectOf(secretText(bench.kube.peek('Secret', name, 'one'), key) ?? '');

test.each<[readonly string[], readonly string[]]>([
  [['abc', 'abcd', ''], ['abcd']],
  [[], []],
])('of the secrets %j these are masked: %j', (values, hidden) => {
  expect(hiddenIn(new Map(values.map((value, index) => [String(index), value])))).toEqual(hidden);
});

describe('a namespace', () => {
  test('is made for the hub, with a door that lets nobody in but machines', async () => {
    const bench = new Bench();
    await prepare(bench);
    expect(bench.kube.peek('Namespace', 'one')).toMatchObject({ metadata: { labels: LABELS } });
    expect(bench.kube.peek('Secret', 'hub-access', 'one')).toMatchObject({
      metadata: { labels: LABELS },
    });
    expect(json(bench, 'hub-access', 'access.json')).toMatchObject({ v: 1, users: {} });
  });

  test('keeps the door that it has', async () => {
    const bench = new Bench();
    bench.kube.add(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hub-access', namespace: 'one' },
        stringData: { 'access.json': '{"users": {"ada": {}}}' },
      },
    );
    await prepare(bench);
    expect(json(bench, 'hub-access', 'access.json')).toEqual({ users: { ada: {} } });
  });

  test('has machines in a key of their own, which follows the sizes, and people’s key stays', async () => {
    const bench = new Bench();
    await prepare(bench);
    const people = json(bench, 'hub-access', 'access.json');
    const machines = json(bench, 'hub-access', 'machines.json');
    expect([machines?.['v'], machines?.['machines']]).toEqual([1, people?.['machines']]);
    const writes = () => bench.outside.made('apply').filter((call) => call.includes('hub-access'));
    await prepare(bench);
    expect(writes()).toHaveLength(2);
    bench.change(['environments/one.yaml', 'default: true}', 'default: true, for: [tier:x]}']);
    await prepare(bench);
    expect(writes()).toHaveLength(3);
    expect(at(json(bench, 'hub-access', 'machines.json'), '/machines/deploy_0')).toEqual([
      'tier:x',
    ]);
    expect(json(bench, 'hub-access', 'access.json')).toEqual(people);
  });

  test('has one for the probe where the hub has one, and it goes with the hub', async () => {
    const bench = new Bench(PROBE);
    const { values } = await prepare(bench);
    const labels = { ...LABELS, 'glaciocloud.org/probe': 'one' };
    expect(bench.kube.peek('Namespace', 'one-probe')).toMatchObject({ metadata: { labels } });
    const token = bench.kube.peek('Secret', 'glaciocloud-probe-token', 'one-probe');
    expect(token).toMatchObject({ metadata: { labels } });
    expect(secretText(token, 'token')).toBe(
      at(values, '/jupyterhub/hub/services/glaciocloud-probe/apiToken'),
    );
    expect(secretText(token, 'token')).toHaveLength(64);
    await removeProbe('two', bench.kube);
    expect(bench.kube.peek('Namespace', 'one-probe')).toBeDefined();
    await removeProbe('one', bench.kube);
    expect(bench.kube.peek('Namespace', 'one-probe')).toBeUndefined();
  });

  test('has none where it has none', async () => {
    const bench = new Bench();
    await prepare(bench);
    expect(bench.kube.peek('Namespace', 'one-probe')).toBeUndefined();
  });
});

describe('supplied secrets', () => {
  test('lie in a Secret that cannot be changed, and the hub is told its name', async () => {
    const bench = new Bench();
    const { names, values } = await prepare(bench);
    const secretName = names.get('hub-secrets') ?? '';
    expect(secretName).toMatch(/^hub-secrets-[0-9a-f]{8}$/u);
    const kept = bench.kube.peek('Secret', secretName, 'one');
    expect(kept).toMatchObject({
      immutable: true,
      metadata: { labels: { ...LABELS, 'glaciocloud.org/secrets': 'hub' } },
    });
    for (const [key, value] of Object.entries(SECRETS)) expect(secretText(kept, key)).toBe(value);
    const from = (key: string): Json => ({
      valueFrom: { secretKeyRef: { name: secretName, key } },
    });
    expect(at(values, '/jupyterhub/hub/extraEnv')).toEqual({
      GITHUB_CLIENT_ID: from('github-client-id'),
      GITHUB_CLIENT_SECRET: from('github-client-secret'),
    });
    expect(JSON.stringify(values)).not.toContain('canary');
  });

  test('that others have made keep their names', async () => {
    const asks = (name: string): string =>
      `{valueFrom: {secretKeyRef: {name: ${name}, key: a, optional: true}}}`;
    const extraEnv = `{MINE: ${asks('mine')}, AGAIN: ${asks('hub-secrets')}, PLAIN: x}`;
    const bench = new Bench([
      'environments/one.yaml',
      'capacity:',
      `values: {hub: {extraEnv: ${extraEnv}}}\ncapacity:`,
    ]);
    const { names, values } = await prepare(bench);
    const secretName = names.get('hub-secrets') ?? '';
    const from = (key: string): Json => ({
      valueFrom: { secretKeyRef: { name: secretName, key } },
    });
    expect(at(values, '/jupyterhub/hub/extraEnv')).toEqual({
      GITHUB_CLIENT_ID: from('github-client-id'),
      GITHUB_CLIENT_SECRET: from('github-client-secret'),
      AGAIN: { valueFrom: { secretKeyRef: { name: secretName, key: 'a', optional: true } } },
    });
  });

  test('have the same name in whatever order, and another for another value', async () => {
    const bench = new Bench();
    const secretName = hubName(await prepare(bench));
    bench.outside.calls.length = 0;
    const turned = Object.fromEntries(Object.entries(SECRETS).reverse());
    expect(hubName(await prepare(bench, turned))).toBe(secretName);
    expect(bench.outside.made('apply').some((call) => call.includes('hub-secrets'))).toBe(false);
    const other = await prepare(bench, { ...SECRETS, 'github-client-id': 'other' });
    expect(hubName(other)).not.toBe(secretName);
  });

  test('have a name that says nothing without the cluster’s key', async () => {
    const [here, there] = [new Bench(), new Bench()];
    there.world.random.uuid(); // another chance
    expect(hubName(await prepare(here))).not.toBe(hubName(await prepare(there)));
  });

  test('of which there are none need no Secret', async () => {
    const bench = new Bench(OPEN);
    const { names, values } = await prepare(bench, {});
    expect([[...names], secretNames(bench)]).toEqual([[], []]);
    expect(at(values, '/jupyterhub/hub/extraEnv')).toBeUndefined();
    expect(at(values, '/jupyterhub/hub/cookieSecret')).toBeDefined();
  });

  test('are kept three times, so that a way back finds the right ones', async () => {
    const bench = new Bench();
    const made: string[] = [];
    for (const id of ['1111', '2222', '3333', '4444', '5555']) {
      const prepared = await prepare(bench, { ...SECRETS, 'github-client-id': id });
      made.push(`one/${hubName(prepared)}`);
      await bench.clock.sleep(1000);
    }
    expect(secretNames(bench).sort()).toEqual(made.slice(2).sort());
  });

  test('of which an old one is wanted again are found, and not made anew', async () => {
    const bench = new Bench();
    const names: string[] = [];
    for (const id of ['1111', '2222', '1111']) {
      names.push(hubName(await prepare(bench, { ...SECRETS, 'github-client-id': id })));
      await bench.clock.sleep(1000);
    }
    expect(names[2]).toBe(names[0]);
    expect(secretNames(bench)).toHaveLength(2);
  });
});

describe('secrets for servers', () => {
  const S3: Edit = [
    'environments/one.yaml',
    'github-client-secret: {use: login}}',
    'github-client-secret: {use: login}, s3: {use: bucket, for: servers, env: S3_KEY}}',
  ];
  const BOTH = { ...SECRETS, s3: 'canary-of-the-bucket' };

  test('lie in a Secret without anything of the hub’s, and servers are told its name', async () => {
    const bench = new Bench(S3);
    const { names, values } = await prepare(bench, BOTH);
    const name = names.get('server-secrets') ?? '';
    expect(name).toMatch(/^server-secrets-[0-9a-f]{8}$/u);
    const kept = bench.kube.peek('Secret', name, 'one');
    expect(kept).toMatchObject({
      immutable: true,
      metadata: { labels: { ...LABELS, 'glaciocloud.org/secrets': 'servers' } },
    });
    expect(Object.keys(objectOf(JSON.stringify(at(kept, '/data'))) ?? {})).toEqual(['s3']);
    expect(secretText(kept, 's3')).toBe(BOTH.s3);
    expect(secretText(bench.kube.peek('Secret', names.get('hub-secrets') ?? '', 'one'), 's3')).toBe(
      undefined,
    );
    expect(at(values, '/jupyterhub/singleuser/extraEnv')).toEqual({
      S3_KEY: { valueFrom: { secretKeyRef: { name, key: 's3' } } },
    });
    expect(JSON.stringify(values)).not.toContain('canary');
  });

  test('that change leave those of the hub as they are', async () => {
    const bench = new Bench(S3);
    const first = await prepare(bench, BOTH);
    const second = await prepare(bench, { ...BOTH, s3: 'another' });
    expect(hubName(second)).toBe(hubName(first));
    expect(second.names.get('server-secrets')).not.toBe(first.names.get('server-secrets'));
  });
});

describe('secrets by which images are pulled', () => {
  const PULL: Edit[] = [
    PROBE,
    [
      'environments/one.yaml',
      'github-client-secret: {use: login}}',
      'github-client-secret: {use: login}, here: {use: images, for: pull}, there: {use: images, for: pull}}',
    ],
  ];
  const config = (registry: string): string =>
    JSON.stringify({ auths: { [registry]: { auth: `canary-${registry}` } } }, null, 1);
  const ALL = { ...SECRETS, here: config('a.example.org'), there: config('b.example.org') };

  test('become one that Kubernetes pulls by, for the hub and for its probe', async () => {
    const bench = new Bench(...PULL);
    const { names, values } = await prepare(bench, ALL);
    const name = names.get('pull-secrets') ?? '';
    expect(name).toMatch(/^pull-secrets-[0-9a-f]{8}$/u);
    for (const namespace of ['one', 'one-probe']) {
      const kept = bench.kube.peek('Secret', name, namespace);
      expect(kept).toMatchObject({ immutable: true, type: 'kubernetes.io/dockerconfigjson' });
      expect(objectOf(secretText(kept, '.dockerconfigjson') ?? '')).toEqual({
        auths: {
          'a.example.org': { auth: 'canary-a.example.org' },
          'b.example.org': { auth: 'canary-b.example.org' },
        },
      });
    }
    expect(at(values, '/jupyterhub/imagePullSecrets')).toEqual([{ name }]);
    expect(JSON.stringify(values)).not.toContain('canary');
  });

  test('are looked at before anything is applied, and nothing of them is repeated', async () => {
    const bench = new Bench(...PULL);
    const secrets = {
      supplied: () => Promise.resolve(new Map(Object.entries({ ...ALL, there: '{"canary": 1}' }))),
    };
    const asked = suppliedTo(bench.task('one'), { secrets, clock: bench.world.clock });
    await expect(asked).rejects.toThrow(
      'in secrets/one.sops.yaml there is no docker config: its field /auths is missing or is something else',
    );
    await expect(asked).rejects.toThrow(SecretsFailure);
  });

  test('are hidden with all that is in them', () => {
    const hidden = hiddenIn(new Map([['here', ALL.here]]));
    expect(hidden).toContain('canary-a.example.org');
  });
});

test('a certificate of one’s own becomes a Secret that the entry names', async () => {
  const bench = new Bench(
    ['clusters/main.yaml', 'ingress: {class: none}', 'ingress: {class: nginx}'],
    [
      'environments/one.yaml',
      'github-client-secret: {use: login}}',
      'github-client-secret: {use: login}, chain: {use: entry}, private: {use: entry}}\n' +
        'certificate: {cert: chain, key: private}',
    ],
  );
  const given = { ...SECRETS, chain: 'canary-chain', private: 'canary-key' };
  const { names, values } = await prepare(bench, given);
  const name = names.get('hub-certificate') ?? '';
  expect(name).toMatch(/^hub-certificate-[0-9a-f]{8}$/u);
  const kept = bench.kube.peek('Secret', name, 'one');
  expect(kept).toMatchObject({ immutable: true, type: 'kubernetes.io/tls' });
  expect(secretText(kept, 'tls.crt')).toBe('canary-chain');
  expect(secretText(kept, 'tls.key')).toBe('canary-key');
  expect(at(values, '/jupyterhub/ingress/tls')).toEqual([
    { hosts: ['one.example.org'], secretName: name },
  ]);
  const ofHub = bench.kube.peek('Secret', names.get('hub-secrets') ?? '', 'one');
  expect([secretText(ofHub, 'chain'), secretText(ofHub, 'private')]).toEqual([
    undefined,
    undefined,
  ]);
  expect(JSON.stringify(values)).not.toContain('canary');
});

describe('what the chart would make up', () => {
  const shape = { hub: { services: { a: {}, b: {} } } };

  test('is made once, each value by itself, and kept', async () => {
    const bench = new Bench();
    bench.kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
    const values = await generatedValues('one', shape, bench.world);
    const made = [
      at(values, '/jupyterhub/hub/cookieSecret'),
      at(values, '/jupyterhub/hub/config/CryptKeeper/keys/0'),
      at(values, '/jupyterhub/hub/services/a/apiToken'),
      at(values, '/jupyterhub/hub/services/b/apiToken'),
      at(values, '/jupyterhub/proxy/secretToken'),
    ];
    expect(new Set(made).size).toBe(5);
    for (const one of made) expect(one).toMatch(/^f{62,63}\d+$/u);
    expect(json(bench, 'hub-generated', 'values.json')).toEqual(values);
    expect(bench.kube.peek('Secret', 'hub-generated', 'one')).toMatchObject({
      metadata: { labels: LABELS },
    });
    bench.outside.calls.length = 0;
    expect(await generatedValues('one', shape, bench.world)).toEqual(values);
    expect(bench.outside.made('apply')).toEqual([]);
  });

  test('is kept for what stays, made for what comes, and gone for what goes', async () => {
    const bench = new Bench();
    bench.kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
    const before = await generatedValues('one', shape, bench.world);
    const after = await generatedValues(
      'one',
      { hub: { services: { a: {}, c: {} } } },
      bench.world,
    );
    for (const path of [
      '/jupyterhub/hub/cookieSecret',
      '/jupyterhub/hub/config/CryptKeeper/keys/0',
      '/jupyterhub/hub/services/a/apiToken',
    ])
      expect([path, at(after, path)]).toEqual([path, at(before, path)]);
    expect(at(after, '/jupyterhub/hub/services/b')).toBeUndefined();
    expect(at(after, '/jupyterhub/hub/services/c/apiToken')).toMatch(/^f/u);
    expect(json(bench, 'hub-generated', 'values.json')).toEqual(after);
  });

  test.each(['no JSON', '["a"]'])('is not made anew in the place of %s', async (text) => {
    const bench = new Bench();
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'hub-generated', namespace: 'one' },
      stringData: { 'values.json': text },
    };
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } };
    bench.kube.add(namespace, secret);
    await expect(generatedValues('one', shape, bench.world)).rejects.toMatchObject({
      fault: 'infrastructure',
      message:
        'the Secret hub-generated cannot be read: it is no JSON object; put it right, or delete it ' +
        '(kubectl delete secret hub-generated --namespace one): the hub then makes new keys, ' +
        'and everybody logs in once more',
    });
    expect(secretText(bench.kube.peek('Secret', 'hub-generated', 'one'), 'values.json')).toBe(text);
  });
});
