import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { findHelm, helmHome, template } from '../../src/edges/helm.ts';
import { doubleOf, failureOf } from '../support/program.ts';
import type { Double } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* Helm is a double here; what the real one does with this is shown by test/action and test/lab. */
let folder: Awaited<ReturnType<typeof temporary>>;
let helm: Double;
beforeAll(async () => {
  folder = await temporary();
  helm = await doubleOf(folder.path, 'helm');
});
afterAll(() => folder.remove());
beforeEach(() => {
  process.env['GLACIOCLOUD_HELM'] = helm.path;
});
afterEach(() => {
  delete process.env['GLACIOCLOUD_HELM'];
});

describe('Helm is found', () => {
  test.each([
    ['v3.17.0', 3],
    ['3.18.4', 3],
    ['v4.0.0', 4],
    ['v4.1.0-rc.1', 4],
  ])('as %s', async (version, major) => {
    await helm.says({ stdout: `${version}\n` });
    expect(await findHelm()).toEqual({ program: helm.path, version, major });
    expect((await helm.calls()).map(({ args }) => args)).toEqual([
      ['version', '--template', '{{.Version}}'],
    ]);
  });

  test.each(['v3.16.9', 'v2.17.0', 'v5.0.0', 'v42.1.0'])('and refused as %s', async (version) => {
    await helm.says({ stdout: version });
    expect(await failureOf(findHelm())).toMatchObject({
      name: 'HelmMissing',
      message: `${helm.path} is Helm ${version}, and Helm 3.17 or newer is needed`,
      hint: 'install it, or run `npm run tools`',
      exit: 1,
    });
  });

  test.each([
    ['says no version', { stdout: 'hello' }, 'it says “hello”'],
    ['says nothing', {}, 'it does not say why'],
    ['fails', { stdout: 'v4.0.0', stderr: 'no way\n', code: 1 }, 'it says “no way”'],
    ['says much', { stdout: 'x'.repeat(301) }, `it says “${'x'.repeat(300)}…”`],
  ])('to be none where it %s', async (_what, answer, said) => {
    await helm.says(answer);
    expect(await failureOf(findHelm())).toMatchObject({
      name: 'HelmFailure',
      message: `${helm.path} does not answer as Helm does: ${said}`,
      hint: 'put Helm 3.17 or newer on the PATH',
    });
  });

  test('missing, and where it was looked for', async () => {
    process.env['GLACIOCLOUD_HELM'] = join(folder.path, 'nowhere');
    expect(await failureOf(findHelm())).toMatchObject({
      name: 'HelmMissing',
      message: `Helm 3.17 or newer not found at ${folder.path}/nowhere`,
      hint: 'install it, or run `npm run tools`',
    });
  });
});

test('nothing of whoever runs us reaches Helm', () => {
  expect(helmHome('/scratch')).toEqual({
    HELM_CACHE_HOME: '/scratch',
    HELM_CONFIG_HOME: '/scratch',
    HELM_DATA_HOME: '/scratch',
    HELM_PLUGINS: '/scratch',
  });
});

describe('a template', () => {
  const render = (): Promise<string> =>
    template(
      { program: helm.path, version: 'v4.0.0', major: 4 },
      {
        release: 'alps',
        namespace: 'hub-alps',
        chart: '/charts/oggm-hub',
        kubernetes: '1.35',
        values: { a: 1 },
        placeholders: { b: 2 },
        scratch: folder.path,
      },
    );

  test("is rendered for the cluster's Kubernetes, from files, and without a cluster", async () => {
    await helm.says({ stdout: 'kind: A\n' });
    process.env['KUBECONFIG'] = '/somebody/elses';
    expect(await render()).toBe('kind: A\n');
    const [call] = await helm.calls();
    const values = join(folder.path, 'alps.values.json');
    const placeholders = join(folder.path, 'alps.placeholders.json');
    expect(call?.args).toEqual([
      ...['template', 'alps', '/charts/oggm-hub', '--namespace', 'hub-alps'],
      ...['--values', values, '--values', placeholders],
      ...['--kube-version', '1.35.0', '--skip-schema-validation', '--skip-tests'],
    ]);
    expect(call?.env).toMatchObject({ KUBECONFIG: '/dev/null', ...helmHome(folder.path) });
    expect(await readFile(values, 'utf8')).toBe('{"a":1}');
    expect(await readFile(placeholders, 'utf8')).toBe('{"b":2}');
  });

  test('that cannot be rendered tells what Helm said of it, and only that', async () => {
    const stderr = [
      'WARNING: Kubernetes configuration file is group-readable',
      'level=WARN msg="walk"',
      'walk.go: found symbolic link in path',
      'Error: no idea',
      '',
    ].join('\n');
    await helm.says({ stderr, code: 1 });
    expect(await failureOf(render())).toMatchObject({
      name: 'HelmFailure',
      message: 'Helm cannot render alps: Helm says “Error: no idea”',
      hint: 'correct the value in the file of the hub, below `values:`',
    });
    await helm.says({ stderr: 'one\nWARNING: w\ntwo\n', code: 1 });
    expect(await failureOf(render())).toMatchObject({
      message: 'Helm cannot render alps: Helm says “one two”',
    });
  });
});
