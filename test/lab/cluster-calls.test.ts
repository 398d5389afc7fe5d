import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { securityLabels } from '../../src/core/hub/pod-security.ts';
import { isObject, objectsIn } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { HelmReleases } from '../../src/edges/helm-releases.ts';
import { findHelm } from '../../src/edges/helm.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { ROWS } from '../support/cluster-calls.ts';
import { FAULTS, SOUND, STRICTER } from '../support/pods.ts';
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

describe('a real API server that holds pods to the baseline', () => {
  const NAMESPACE = 'lab-baseline';
  beforeAll(async () => {
    const labels = securityLabels('baseline', '1.35');
    await kube.apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE, labels } },
    ]);
  });
  afterAll(() => removeNamespaces(lab, NAMESPACE), 60_000);

  /** What its admission says, and nothing where the pod may come. */
  async function refused(spec: JsonObject): Promise<string> {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'asked', namespace: NAMESPACE },
    };
    const { stderr } = await exec(
      unpackedTool('kubectl'),
      ['create', '--dry-run=server', '--validate=false', '-f', '-'],
      { env: { KUBECONFIG: lab.kubeconfig }, input: JSON.stringify({ ...pod, spec: whole(spec) }) },
    );
    return stderr.trim();
  }

  test.each(FAULTS)('%j is refused, or by ours alone', async (spec, said) => {
    const answer = await refused(spec);
    if (STRICTER.some((ours) => said.includes(ours))) return;
    expect(answer).toMatch(/violates PodSecurity "baseline:v1\.35"/u);
  });

  test.each(SOUND)('%j may come', async (spec) => {
    expect(await refused(spec)).toBe('');
  });
});

/** A pod that lacks nothing: parts of specifications have the names that rules read only. */
function whole(spec: JsonObject): JsonObject {
  const list = (key: string): JsonObject[] =>
    objectsIn(spec[key]).map((one) => ({
      image: 'none',
      ...one,
      securityContext: isObject(one['securityContext']) ? one['securityContext'] : {},
    }));
  const containers = list('containers');
  return {
    ...spec,
    volumes: objectsIn(spec['volumes']).map((volume) =>
      volume['hostPath'] === null ? { name: volume['name'] ?? '' } : volume,
    ),
    containers: containers.length > 0 ? containers : [{ name: 'main', image: 'none' }],
    initContainers: list('initContainers'),
  };
}
