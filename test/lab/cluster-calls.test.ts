import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { HelmReleases } from '../../src/edges/helm-releases.ts';
import { findHelm } from '../../src/edges/helm.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { ROWS } from '../support/cluster-calls.ts';
import { CHART, HELM_ROWS } from '../support/releases-calls.ts';
import { temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { removeNamespaces, theLab } from './support.ts';

/* The tables that the doubles of quick tests are held to, asked of a real API server and of Helm. Each row has a namespace. */
const rows = ROWS.map((row, index) => [row.what, `lab-calls-${index}`, row] as const);
const helmRows = HELM_ROWS.map((row, index) => [row.what, `lab-helm-${index}`, row] as const);
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let kube: Kube;

/** Somebody else, with kubectl. */
async function other(object: JsonObject, ...more: string[]): Promise<'applied' | 'conflict'> {
  const { code, stderr } = await exec(
    unpackedTool('kubectl'),
    ['apply', '--server-side', '--field-manager', 'somebody', ...more, '-f', '-'],
    { env: { KUBECONFIG: lab.kubeconfig }, input: JSON.stringify(object) },
  );
  if (code !== 0 && !/conflict/u.test(stderr)) throw new Error(stderr);
  return code === 0 ? 'applied' : 'conflict';
}

async function makeNamespace(name: string): Promise<void> {
  await kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }]);
}

beforeAll(async () => {
  lab = await theLab();
  process.env['GLACIOCLOUD_KUBECTL'] = unpackedTool('kubectl');
  process.env['GLACIOCLOUD_HELM'] = unpackedTool('helm');
  kube = new Kube(lab.kubeconfig);
  folder = await temporary();
  for (const [path, text] of Object.entries(CHART)) {
    const file = join(folder.path, 'chart', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  await removeNamespaces(lab, ...[...rows, ...helmRows].map(([, namespace]) => namespace));
}, 240_000);
afterAll(async () => {
  await removeNamespaces(lab, ...[...rows, ...helmRows].map(([, namespace]) => namespace));
  await folder.remove();
}, 240_000);

describe('a real API server', () => {
  test.each(rows)('%s', async (_what, namespace, { ask, answer }) => {
    await makeNamespace(namespace);
    expect(await ask({ kube, namespace, other })).toEqual(answer);
  });
});

describe('a real Helm', () => {
  test.each(helmRows)('%s', async (_what, namespace, { ask, answer }) => {
    await makeNamespace(namespace);
    const scratch = join(folder.path, namespace);
    await mkdir(scratch);
    const releases = new HelmReleases(await findHelm(), lab.kubeconfig, scratch);
    const meddle = async (word: string): Promise<void> => {
      const metadata = { name: 'word', namespace };
      const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { word } };
      await other(theirs, '--force-conflicts');
    };
    const bench = { kube, releases, chart: join(folder.path, 'chart'), namespace, meddle };
    expect(await ask(bench)).toEqual(answer);
  });
});
