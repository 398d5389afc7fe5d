import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { check } from '../../src/commands/check.ts';
import { importValues } from '../../src/commands/import-values.ts';
import type { Outcome } from '../../src/outcome.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

const NOW = Date.parse('2026-11-27T12:00Z');
const report = { progress: () => undefined } as unknown as Parameters<typeof importValues>[1];
const HERE = join(import.meta.dirname, 'import-values');

let folder: Awaited<ReturnType<typeof temporary>>;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(folder.path);
});
afterEach(() => folder.remove());

async function run(
  file: string,
  more: Partial<Parameters<typeof importValues>[0]> = {},
): Promise<Outcome> {
  const inputs = {
    root: folder.path,
    chartsFrom: undefined,
    target: ['values', file],
    hub: 'moved',
    cluster: undefined,
    out: undefined,
    now: NOW,
    ...more,
  };
  return importValues(inputs, report);
}

async function written(path = 'environments/moved.yaml'): Promise<string> {
  return readFile(join(folder.path, path), 'utf8');
}

async function errorsOf(hub: string): Promise<unknown[]> {
  const { findings } = await check(
    { root: folder.path, chartsFrom: undefined, hubs: [hub], now: NOW },
    report,
  );
  return findings.filter(({ severity }) => severity === 'error');
}

describe.each([
  ['class', undefined],
  ['research', 'far'],
  ['secrets', undefined],
])('the values of %s.yaml', (name, cluster) => {
  test('become files that check accepts', async () => {
    const { exit, json } = await run(join(HERE, `${name}.yaml`), { cluster });
    expect([exit, json]).toEqual([0, expect.objectContaining({ check: [] })]);
    expect(await errorsOf('moved')).toEqual([]);
  });
});

test('a class: keys where there are keys, the rest below values:, and what could not be said', async () => {
  const { text } = await run(join(HERE, 'class.yaml'));
  expect(text).toContain('✓ said by keys: 12\n');
  expect(text).toMatch(
    /could not be said: hub\.config\.GitHubOAuthenticator\.client_id, hub\.\S+\.client_secret — a secret/u,
  );
  expect(text).toMatch(
    /adopt: in the hub’s file takes it over with its homes \(docs\/move\.md\)\n$/u,
  );
  expect(text).toContain('· under values: singleuser.defaultUrl\n');
  expect(text).toContain(
    '✗ could not be said: hub.config.Authenticator.admin_users — 1 person by login',
  );
  expect(text).toContain('write team:ORG/SLUG (ice-lab)\n');
  const file = await written();
  for (const line of [
    'url: https://class.example.org\n',
    'images:\n  - scipy-notebook-2025-03-14\n',
    '    cpu: 2\n    memory: 2G\n    guarantee:\n      memory: 1G\n    default: true\n',
    'home:\n  size: 5Gi\n',
    'env:\n  COURSE: glaciers\n',
    'sessions:\n  idle: 2h\n',
    '  allow:\n    - team:ice-lab/students\n',
    '  placeholders: 3\n',
    'values:\n  singleuser:\n    extraEnv:\n      GREETING: hello {username}\n    defaultUrl: /tree\n  cull:\n    every: 300\n',
  ])
    expect(file).toContain(line);
  expect(await written('images/scipy-notebook-2025-03-14/image.yaml')).toContain(
    'from:\n  image: quay.io/jupyter/scipy-notebook\n  tag: "2025-03-14"\n'.replaceAll('"', "'"),
  );
});

test('a hub for research, with a cluster that is not there yet', async () => {
  const { json } = await run(join(HERE, 'research.yaml'), { cluster: 'far' });
  const file = await written();
  expect(file).toContain('  gpu:\n    title: GPU\n    cpu: 8\n    memory: 24G\n');
  expect(file).toContain('    gpu: 1\n    nodes: gpu-t4\n');
  expect(file).toContain('    guarantee:\n      cpu: 2\n      memory: 8G\n    default: true\n');
  for (const line of [
    'home:\n  claim: home-nfs\n',
    'shm:\n  size: 2Gi\n',
    'mounts:\n  - name: course\n    claim: course\n    at: /course\n',
    '  - name: ml-notebook-2025.01.10\n    for:\n      - team:ice-lab/gpu\n    sizes:\n      - gpu\n',
    '    nodes: gpu-t4\n    for:\n      - team:ice-lab/gpu\n',
  ])
    expect(file).toContain(line);
  expect(file).not.toContain('extraVolume');
  const cluster = await written('clusters/far.yaml');
  expect(cluster).toContain('    selector:\n      pool: gpu-t4\n');
  expect(cluster).toContain("        value: 'yes'\n");
  expect(json).toMatchObject({ beside: ['basehub.nfs'] });
});

test('no secret goes anywhere, and where each stood is told', async () => {
  const { text, json } = await run(join(HERE, 'secrets.yaml'));
  const told = text + JSON.stringify(json) + (await written());
  for (const secret of [
    'robots-password-17',
    '4d3f2e1c0b9a',
    '001122334455',
    'database-password-9',
    'dummy-password-3',
    'a0b1c2d3e4f5',
    'fedcba987654',
    'mail-password-4',
    'mail-password-5',
    'outer-token-6',
    'servers-secret-7',
    'side-token-8',
  ])
    expect(told).not.toContain(secret);
  for (const place of [
    'hub.db.url',
    'hub.extraEnv.MAIL_PASSWORD',
    'hub.extraConfig.mail',
    'singleuser.extraEnv.S3_SECRET_KEY',
    'singleuser.extraContainers.0',
    'imagePullSecret',
  ])
    expect(text).toContain(place);
  expect(await written()).toContain('    for: servers\n    env: S3_SECRET_KEY\n');
});

test('what check refuses below values: is taken out, with the reason', async () => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(
    file,
    [
      'ingress: {hosts: [x.example.org]}',
      'singleuser:',
      '  networkPolicy: {egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}], enabled: false}',
      '  extraLabels: {team: ice}',
      'hub: {shutdownOnLogout: true, templateVars: {a: b}, config: {Authenticator: {refresh_pre_spawn: true, allow_all: false}, JupyterHub: {authenticator_class: github}, GitHubOAuthenticator: {http_request_kwargs: {connect_timeout: 3, request_timeout: 6}}}}',
    ].join('\n'),
  );
  const { text } = await run(file);
  expect(text).toContain('singleuser.networkPolicy.enabled — the network policy is off');
  expect(text).toContain('request_timeout — the platform writes the same');
  expect(text).toContain('singleuser.networkPolicy.egress — servers would reach');
  expect(text).toContain('hub.shutdownOnLogout — running work would end');
  expect(await written()).toContain('values:\n  singleuser:\n    extraLabels:\n      team: ice\n');
  expect(await errorsOf('moved')).toEqual([]);
});

test('the first name is the address, and the others are further host names', async () => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(file, 'ingress: {hosts: [x.example.org, y.example.org]}\n');
  const { text } = await run(file);
  expect(text).not.toContain('y.example.org');
  expect(await written()).toMatch(
    /url: https:\/\/x\.example\.org\n[^]*hosts:\n {2}- y\.example\.org\n/u,
  );
  expect(await errorsOf('moved')).toEqual([]);
});

test('an address without a certificate keeps its scheme and its port', async () => {
  const file = join(folder.path, 'values.yaml');
  const login = '{oauth_callback_url: "http://127.0.0.1:8080/hub/oauth_callback"}';
  await writeFile(file, `hub: {config: {GitHubOAuthenticator: ${login}}}\n`);
  await run(file);
  expect(await written()).toContain('url: http://127.0.0.1:8080\n');
});

test.each([
  ['a: [', /it is no YAML: .* \(line 1\)/u],
  ['', /it is no YAML|it holds no values/u],
  ['binderhub: {config: {}}', /there are no values of JupyterHub/u],
  [
    `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\nhub: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n`,
    /it holds more than the values of a hub/u,
  ],
])('%j is refused, and nothing is written', async (text, message) => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(file, text);
  await expect(run(file)).rejects.toMatchObject({
    message: expect.stringMatching(message) as unknown,
  });
  await expect(written()).rejects.toThrow('ENOENT');
});

test('of several files the last one counts, as with Helm', async () => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(file, 'ingress: {hosts: [other.example.org]}\ncull: {timeout: 5400}\n');
  await run('', { target: ['values', join(HERE, 'class.yaml'), file] });
  expect(await written()).toContain('url: https://other.example.org\n');
  expect(await written()).toContain('idle: 90m\n');
});

test('who chooses nothing finds an image and a size, and no group of another login opens anything', async () => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(
    file,
    [
      'hub:',
      '  config: {GitHubOAuthenticator: {allow_all: true}}',
      '  extraConfig: {choices: "c.KubeSpawner.profile_list = []"}',
      'singleuser:',
      '  profileList:',
      '    - display_name: Large',
      '      allowed_groups: ["ice-lab:one"]',
      '      kubespawner_override: {image: "quay.io/ice/large:1", mem_limit: 8G, cpu_limit: 2}',
      '    - display_name: Small',
      '      allowed_groups: ["ice-lab:two"]',
      '      kubespawner_override: {image: "quay.io/ice/small:1", mem_limit: 2G, cpu_limit: 1}',
    ].join('\n'),
  );
  const { text } = await run(file);
  const draft = await written();
  expect(draft).not.toContain('- all\n');
  expect(text).toContain('hub.config.GitHubOAuthenticator.allow_all — everybody of the login');
  expect(text).toContain('who chooses nothing gets large-1 with large');
  expect(text).toContain('hub.extraConfig.choices — code that sets profile_list');
  expect(draft).toContain('  - name: small-1\n    for:\n      - team:ice-lab/two\n');
  expect(await errorsOf('moved')).toEqual([]);
});

test('shared memory is no larger than the smallest server', async () => {
  const file = join(folder.path, 'values.yaml');
  await writeFile(
    file,
    'singleuser: {memory: {limit: 2G}, storage: {extraVolumes: {a: {name: s, emptyDir: {medium: Memory, sizeLimit: 8Gi}}}, extraVolumeMounts: {b: {name: s, mountPath: /dev/shm}}}}\n',
  );
  const { text } = await run(file);
  expect(await written()).toContain('shm:\n  size: 2Gi\n');
  expect(text).toContain('the draft says 2Gi\n');
  expect(await errorsOf('moved')).toEqual([]);
});

test('machines that the cluster has are named; others are written out for its file', async () => {
  const cluster = join(folder.path, 'clusters/bremen.yaml');
  const before = await readFile(cluster, 'utf8');
  const big = '  big: {cpu: 64, memory: 512Gi, max: 1, selector: {pool: big}}\n';
  await writeFile(cluster, before.replace('parallel:', `${big}parallel:`));
  const file = join(folder.path, 'values.yaml');
  const profile = (name: string, pool: string): string =>
    `{display_name: ${name}, kubespawner_override: {mem_limit: 4G, cpu_limit: 2, node_selector: {pool: ${pool}}}}`;
  await writeFile(
    file,
    `singleuser: {profileList: [{display_name: A, kubespawner_override: {mem_limit: 2G, cpu_limit: 1}}, ${profile('B', 'big')}, ${profile('C', 'other')}]}\n`,
  );
  const { text } = await run(file);
  expect(await written()).toContain('    nodes: big\n');
  expect(text).toContain('{"selector":{"pool":"other"}}');
  expect(await errorsOf('moved')).toEqual([]);
});

test('what sops has sealed, and what hides in keys, reaches nobody', async () => {
  const file = join(folder.path, 'values.yaml');
  const token = `ghp_${'a1B2'.repeat(9)}`;
  await writeFile(
    file,
    [
      'jupyterhub:',
      '  hub:',
      '    config: {GitHubOAuthenticator: {client_secret: "ENC[AES256_GCM,data:c2VhbGVk,iv:x,tag:y]"}}',
      '    extraEnv: {PLAIN: "ENC[AES256_GCM,data:c2VhbGVk,iv:x,tag:y]"}',
      '    labels: {"\\e[2Jgone": "x"}',
      `    extraFiles: {"${token}": {mountPath: /x, stringData: y}}`,
      `  custom: {deep: [[{words: "token ${token}"}]]}`,
      'sops: {mac: "ENC[AES256_GCM,data:bWFj]"}',
    ].join('\n'),
  );
  const { text, json } = await run(file);
  const told = text + JSON.stringify(json) + (await written());
  for (const secret of ['c2VhbGVk', 'bWFj', token]) expect(told).not.toContain(secret);
  expect(text).not.toContain('\u001B');
  expect(text).toContain('hub.extraEnv.PLAIN — a secret stood here');
  expect(await errorsOf('moved')).toEqual([]);
});

test('what is there is never written over', async () => {
  await run(join(HERE, 'class.yaml'));
  await expect(run(join(HERE, 'class.yaml'))).rejects.toMatchObject({
    message: 'environments/moved.yaml exists already',
    hint: expect.stringMatching(
      /^where it is only the example that init wrote, delete it/u,
    ) as unknown,
  });
});

test('a hub that may be the example of init is named, and none that has its secrets', async () => {
  await mkdir(join(folder.path, 'secrets'));
  const sealed = 'a: "ENC[AES256_GCM,data:bWFj]"\nsops: {mac: "ENC[AES256_GCM,data:bWFj]"}\n';
  for (const name of ['classroom', 'hub-staging'])
    await writeFile(join(folder.path, `secrets/${name}.sops.yaml`), sealed);
  const { text, json } = await run(join(HERE, 'class.yaml'));
  expect(text).toMatch(
    /^→ beside it, without secrets yet: environments\/hub\.yaml; .* example that init wrote/mu,
  );
  expect(json).toMatchObject({ examples: ['environments/hub.yaml'] });
});

test.each([
  [[], 'import needs what it reads'],
  [['chart'], 'import cannot read "chart"'],
  [['values'], 'import values needs a file'],
  [['values', 'nowhere.yaml'], 'there is no file nowhere.yaml'],
])('import %j is refused', async (target, message) => {
  await expect(run('', { target })).rejects.toMatchObject({ message, exit: 2 });
});
