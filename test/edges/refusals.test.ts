import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findHelm, template } from '../../src/edges/helm.ts';
import { Kube } from '../../src/edges/kube.ts';
import { HelmFailure, KubeFailure } from '../../src/failure.ts';
import { failureOf } from '../support/program.ts';
import { temporary } from '../support/sample.ts';

/* The real Helm and kubectl are asked here: a version that says the same in other words is noticed. */
let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

async function rendered(text: string, chart = ''): Promise<unknown> {
  const path = join(folder.path, 'words');
  await mkdir(join(path, 'templates'), { recursive: true });
  await writeFile(
    join(path, 'Chart.yaml'),
    `apiVersion: v2\nname: words\nversion: 1.0.0\n${chart}`,
  );
  await writeFile(join(path, 'templates/one.yaml'), text);
  const request = {
    release: 'alps',
    namespace: 'alps',
    chart: path,
    values: { text: 'hush', list: ['hush'], map: { key: 'hush' }, number: 3 },
    placeholders: {},
    kubernetes: '1.35',
    scratch: folder.path,
  };
  return failureOf(template(await findHelm(), request));
}

const AT = 'Helm cannot render alps: words/templates/one.yaml:1:';

describe('the Helm that is here', () => {
  test.each([
    [
      '{{ .Values.no.such.value }}',
      'template',
      '`no.such.value`: `no` has no value, and the chart asks for `such` in it',
    ],
    [
      '{{ .Values.text.key }}',
      'template',
      '`text.key`: `text` has no field `key`, which the chart asks for',
    ],
    [
      '{{ range .Values.text }}{{ . }}{{ end }}',
      'template',
      '`text`: it must be a list or an object',
    ],
    [
      '{{ index .Values.list 7 }}',
      'template',
      '`list`: it has fewer entries than the chart asks for',
    ],
    [
      '{{ if gt .Values.text 3 }}x{{ end }}',
      'template',
      '`text`: the chart compares it with something of another kind',
    ],
    ['{{ .Values.map | b64enc }}', 'template', 'it must be a text, and is an object'],
    ['{{ include "nope" . }}', 'template', 'the chart calls its template nope, which is not there'],
    ['{{ required "name it" .Values.secret }}', 'template', 'the chart says “name it”'],
    ['{{ fail "not so" }}', 'template', 'the chart says “not so”'],
    [
      '{{ nope 1 }}',
      'template',
      'it is no template that this Helm can read: “function "nope" not defined”',
    ],
    [
      '{{ define "in" }}{{ .Values.no.such }}{{ end }}{{ include "in" . }}',
      'template',
      '`no.such`: `no` has no value, and the chart asks for `such` in it',
    ],
  ])('says of %s what we know', async (text, refusal, expected) => {
    const failure = await rendered(text);
    expect(failure).toBeInstanceOf(HelmFailure);
    expect(failure).toMatchObject({ message: `${AT} ${expected}`, refusal });
  });

  test('says of what is no YAML where', async () => {
    expect(await rendered('a:\n  b: x\n c: hush\n')).toMatchObject({
      message:
        'Helm cannot render alps: words/templates/one.yaml:2: what it makes of the values is no YAML: did not find expected key',
    });
  });

  test('says which Kubernetes a chart needs', async () => {
    expect(await rendered('', 'kubeVersion: ">=1.99.0"\n')).toMatchObject({
      message:
        "Helm cannot render alps: the chart needs Kubernetes >=1.99.0, and the cluster's file says v1.35.0",
    });
  });
});

describe('the kubectl that is here', () => {
  const asked = async (user: string, current = 'one'): Promise<unknown> => {
    const file = join(folder.path, 'kubeconfig');
    const server = 'https://127.0.0.1:1';
    await writeFile(
      file,
      `{apiVersion: v1, kind: Config, current-context: ${current}, clusters: [{name: one, cluster: {server: "${server}"}}], contexts: [{name: one, context: {cluster: one, user: one}}], users: [{name: one, user: ${user}}]}`,
    );
    return failureOf(new Kube(file).get('pod', 'a', 'b'));
  };
  const helper = (command: string, args: string): string =>
    `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${command}, args: ${args}, interactiveMode: Never}}`;

  test.each([
    ['no such context', '{}', 'two', 'settings', 'the kubeconfig has no context two'],
    [
      'no helper',
      helper('no-such-helper', '[]'),
      'one',
      'settings',
      'the kubeconfig logs in with no-such-helper, which is not on this machine',
    ],
    [
      'a helper that refuses',
      helper('sh', '["-c", "echo log in again >&2; exit 3"]'),
      'one',
      'login',
      'sh, with which the kubeconfig logs in, ended with code 3 and says “log in again”',
    ],
  ])('says what we know of %s', async (_what, user, current, refusal, expected) => {
    const failure = await asked(user, current);
    expect(failure).toBeInstanceOf(KubeFailure);
    expect(failure).toMatchObject({ message: `pod a cannot be read: ${expected}`, refusal });
  });
});
