import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* Helm is a double here, and so are the pauses between calls. */
const pauses: number[] = [];
jest.unstable_mockModule('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  },
}));
const { HelmReleases } = await import('../../src/edges/helm-releases.ts');

let folder: Awaited<ReturnType<typeof temporary>>;
let helm: Double;
let releases: InstanceType<typeof HelmReleases>;
beforeAll(async () => {
  folder = await temporary();
  helm = await doubleOf(folder.path, 'helm');
});
afterAll(() => folder.remove());
beforeEach(() => {
  pauses.length = 0;
  const found = { program: helm.path, version: 'v4.0.0', major: 4 } as const;
  releases = new HelmReleases(found, '/a/kubeconfig', folder.path);
});

const called = async (): Promise<string[]> =>
  (await helm.calls()).map(({ args }) => args.join(' '));
const READ_HINT = 'see what the message says, then run this again';
const HINT = 'wait until it has recovered; then run this again';
const BUSY_TEXT = 'the cluster cannot do it now, and says “etcdserver: request timed out”';
const BUSY = { code: 1, stderr: 'Error: etcdserver: request timed out' };

test('only Helm 4 deploys', async () => {
  const old = { program: '/h', version: 'v3.18.0', major: 3 } as const;
  const made = Promise.resolve().then(() => new HelmReleases(old, '/k', folder.path));
  expect(await failureOf(made)).toMatchObject({
    name: 'HelmFailure',
    message: 'deploying needs Helm 4, and /h is v3.18.0',
    hint: 'install Helm 4, or run `npm run tools`',
  });
});

test('Helm sees the cluster that is named, and a home of our own', async () => {
  await helm.says({ stdout: '[]' });
  await releases.last('alps', 'hub-alps');
  expect((await helm.calls())[0]?.env).toMatchObject({
    KUBECONFIG: '/a/kubeconfig',
    HELM_CACHE_HOME: folder.path,
    HELM_CONFIG_HOME: folder.path,
    HELM_DATA_HOME: folder.path,
    HELM_PLUGINS: folder.path,
  });
});

test('a list says which releases are ours: by the label of their newest revision', async () => {
  const found = (name: string) => ({ name, revision: '7', status: 'deployed', chart: 'x-1.0.0' });
  await helm.says(
    { stdout: JSON.stringify([found('alps'), found('jhub')]) },
    { stdout: JSON.stringify([found('alps')]) },
  );
  const releaseOf = (name: string, ours: boolean) => ({ ...found(name), revision: 7, ours });
  expect(await releases.list('alps')).toEqual([releaseOf('alps', true), releaseOf('jhub', false)]);
  const list = 'list --namespace alps --output json';
  const ours = `${list} --selector glaciocloud.org/digest,glaciocloud.org/digest!=others`;
  expect(await called()).toEqual([list, ours]);
});

test('a list that Helm cannot give, or that nobody can read, is no empty list', async () => {
  const what = 'the releases of alps cannot be read: ';
  await helm.says({ code: 1, stderr: 'Error: no' }, { stdout: '[]' });
  expect(await failureOf(releases.list('alps'))).toMatchObject({
    message: `${what}Helm says “Error: no”`,
  });
  await helm.says({ stdout: '[{"name": "alps"}]' }, { stdout: '[]' });
  expect(await failureOf(releases.list('alps'))).toMatchObject({
    message: `${what}its field /0/revision is missing or is something else`,
  });
});

test('the history is oldest first, and none where nothing was ever installed', async () => {
  const history = [
    { revision: 3, status: 'superseded', chart: 'x' },
    { revision: 4, status: 'failed' },
  ];
  await helm.says(
    { stdout: JSON.stringify(history) },
    { code: 1, stderr: 'Error: release: not found' },
  );
  expect(await releases.history('alps', 'hub-alps')).toEqual([
    { revision: 3, status: 'superseded' },
    { revision: 4, status: 'failed' },
  ]);
  expect(await releases.history('alps', 'hub-alps')).toEqual([]);
});

describe('the last revision', () => {
  test('is the newest, whatever its status', async () => {
    const history = [
      { revision: 3, status: 'deployed' },
      { revision: 4, status: 'failed', chart: 'x' },
    ];
    await helm.says({ stdout: JSON.stringify(history) });
    expect(await releases.last('alps', 'hub-alps')).toEqual({ revision: 4, status: 'failed' });
    expect(await called()).toEqual(['history alps --namespace hub-alps --output json --max 20']);
  });

  test.each([
    [
      '[{"revision": "7", "status": "deployed"}]',
      'its field /0/revision is missing or is something else',
    ],
    ['[{"revision": 7}]', 'its field /0/status is missing or is something else'],
    ['{}', 'it is no JSON list'],
    ['', 'it is no JSON list'],
  ])('is not guessed where Helm says %s', async (stdout, why) => {
    await helm.says({ stdout });
    expect(await failureOf(releases.last('alps', 'hub-alps'))).toMatchObject({
      name: 'HelmFailure',
      message: `what Helm printed cannot be read: the history of alps: ${why}`,
      hint: READ_HINT,
    });
  });

  test('is none where nothing was ever installed', async () => {
    await helm.says({ code: 1, stderr: 'Error: release: not found' }, { stdout: '[]' });
    expect(await releases.last('alps', 'hub-alps')).toBeUndefined();
    expect(await releases.last('alps', 'hub-alps')).toBeUndefined();
  });

  test('is asked again where the API server was busy, and else an error', async () => {
    await helm.says(BUSY, { stdout: '[{"revision": 1, "status": "deployed"}]' });
    expect(await releases.last('alps', 'hub-alps')).toMatchObject({ revision: 1 });
    expect(pauses).toEqual([1000]);
    await helm.says({ code: 1, stderr: 'Error: namespaces "hub-alps" not found\n' });
    expect(await failureOf(releases.last('alps', 'hub-alps'))).toMatchObject({
      name: 'HelmFailure',
      message: 'the history of alps cannot be read: namespace hub-alps: it is not there',
      hint: 'somebody has deleted it: the next deployment makes it anew',
    });
  });
});

describe('an upgrade', () => {
  const upgrade = (): Promise<void> => {
    const request = {
      release: 'alps',
      namespace: 'hub-alps',
      chart: '/chart',
      values: [{ a: 1 }, { secret: 's' }],
      digest: 'd1',
      scratch: folder.path,
    };
    return releases.upgrade(request);
  };
  const file = (index: number): string => join(folder.path, `alps.deploy-${index}.json`);

  test('gives values by files that nobody else may read, and takes fields from others', async () => {
    await helm.says({});
    await upgrade();
    expect(await called()).toEqual([
      [
        'upgrade alps /chart --namespace hub-alps --install --create-namespace',
        `--values ${file(0)} --values ${file(1)} --labels glaciocloud.org/digest=d1`,
        '--server-side=true --force-conflicts --skip-crds --skip-schema-validation',
        '--history-max 10 --timeout 5m',
      ].join(' '),
    ]);
    for (const [index, text] of ['{"a":1}', '{"secret":"s"}'].entries()) {
      expect(await readFile(file(index), 'utf8')).toBe(text);
      expect((await stat(file(index))).mode & 0o777).toBe(0o600);
    }
  });

  test('that fails is not tried again, and tells what Helm says', async () => {
    await helm.says(BUSY);
    expect(await failureOf(upgrade())).toMatchObject({
      name: 'HelmFailure',
      message: `Helm cannot apply alps: ${BUSY_TEXT}`,
      hint: HINT,
    });
    expect(pauses).toEqual([]);
    await helm.says({ code: 1, stdout: 'only here' });
    expect(await failureOf(upgrade())).toMatchObject({
      message: 'Helm cannot apply alps: Helm says “only here”',
    });
  });
});

describe('the way back', () => {
  const request = { release: 'alps', namespace: 'hub-alps', revision: 3, digest: 'd1' };
  const manifest = '---\nkind: Secret\nstringData: {a: "{{ .Values.x }}"}\n';
  const chart = (): string => join(folder.path, 'alps.back-to-3');

  test('is an upgrade to what the manifest says, word by word, whoever owns what is there', async () => {
    await helm.says({});
    await releases.restore({ ...request, manifest });
    expect(await helm.calls()).toMatchObject([
      {
        args: [
          ...['upgrade', 'alps', chart(), '--namespace', 'hub-alps'],
          ...['--take-ownership', '--no-hooks', '--reset-values'],
          ...['--description', 'Back to revision 3', '--labels', 'glaciocloud.org/digest=d1'],
          ...['--server-side=true', '--force-conflicts', '--skip-crds', '--skip-schema-validation'],
          ...['--history-max', '10', '--timeout', '5m'],
        ],
      },
    ]);
    const text = (path: string): Promise<string> => readFile(join(chart(), path), 'utf8');
    expect(await text('Chart.yaml')).toBe(
      'apiVersion: v2\nname: back-to-revision\nversion: 3.0.0\n',
    );
    expect(await text('templates/all.yaml')).toBe('{{ .Files.Get "manifest.yaml" }}\n');
    expect(await text('manifest.yaml')).toBe(manifest);
    expect((await stat(join(chart(), 'manifest.yaml'))).mode & 0o777).toBe(0o600);
  });

  test('that fails is not tried again, and tells what Helm says', async () => {
    await helm.says(BUSY);
    expect(await failureOf(releases.restore({ ...request, manifest }))).toMatchObject({
      name: 'HelmFailure',
      message: `Helm cannot bring alps back to revision 3: ${BUSY_TEXT}`,
      hint: HINT,
    });
    expect(pauses).toEqual([]);
    await helm.says({ code: 1, stdout: 'only here' });
    expect(await failureOf(releases.restore({ ...request, manifest }))).toMatchObject({
      message: 'Helm cannot bring alps back to revision 3: Helm says “only here”',
    });
  });
});

test('a release is removed, also one that is gone already', async () => {
  await helm.says({}, BUSY);
  await releases.uninstall('alps', 'hub-alps');
  expect(await called()).toEqual([
    'uninstall alps --namespace hub-alps --ignore-not-found --timeout 5m',
  ]);
  expect(await failureOf(releases.uninstall('alps', 'hub-alps'))).toMatchObject({
    message: `Helm cannot remove alps: ${BUSY_TEXT}`,
  });
  expect(pauses).toEqual([]);
});

test('the manifest is that of the last revision, or of one that is named', async () => {
  await helm.says({ stdout: 'kind: A\n' }, BUSY, { stdout: 'kind: B\n' });
  expect(await releases.manifest('alps', 'hub-alps')).toBe('kind: A\n');
  expect(await releases.manifest('alps', 'hub-alps', 2)).toBe('kind: B\n');
  expect(await called()).toEqual([
    'get manifest alps --namespace hub-alps',
    'get manifest alps --namespace hub-alps --revision 2',
    'get manifest alps --namespace hub-alps --revision 2',
  ]);
  expect(pauses).toEqual([1000]);
  await helm.says({ code: 1, stderr: 'Error: no' });
  expect(await failureOf(releases.manifest('alps', 'hub-alps'))).toMatchObject({
    message: 'the manifest of alps cannot be read: Helm says “Error: no”',
    hint: READ_HINT,
  });
});
