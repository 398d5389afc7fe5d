import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deployedInFolder } from '../../src/edges/deployed.ts';
import { gatherPlan } from '../../src/flow/plan.ts';
import { DOUBLE, ROOT, temporary } from '../support/sample.ts';

/* Our small chart with something hostile in it, planned with the real Helm. */

let folder: Awaited<ReturnType<typeof temporary>>;
beforeAll(async () => {
  folder = await temporary();
});
afterAll(() => folder.remove());

async function findings(name: string, file: string, text: string): Promise<string[]> {
  const charts = join(folder.path, name);
  const present = join(folder.path, `${name}-present`);
  await cp(DOUBLE, charts, { recursive: true });
  await mkdir(present);
  await writeFile(join(charts, 'jupyterhub', file), text);
  const planned = await gatherPlan(
    {
      root: ROOT,
      chartsFrom: charts,
      now: Date.UTC(2026, 10, 24),
      deployed: await deployedInFolder(present),
    },
    { progress: () => undefined },
  );
  const found = planned.kind === 'refused' ? planned.findings : planned.plan.findings;
  return found
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, at, message }) => `${rule} ${at.file} ${message}`);
}

const EVIL = 'templates/evil.yaml';
const CRB = `kind: ClusterRoleBinding
apiVersion: rbac.authorization.k8s.io/v1
metadata: {name: evil}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: Group, name: "system:authenticated", apiGroup: rbac.authorization.k8s.io}]
`;

describe('an object that no hub may have stops the plan of every hub', () => {
  const said = (object: string): string[] =>
    ['classroom', 'hub', 'hub-staging']
      .map((hub) => `object-kind environments/${hub}.yaml ${object}`)
      .sort();

  test.each([
    ['plain', CRB],
    [
      'as JSON',
      JSON.stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'evil' },
      }),
    ],
    [
      'on the line of the dashes',
      `--- {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: evil}}\n`,
    ],
    [
      'behind a harmless one',
      `kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: evil\n---\n${CRB}`,
    ],
    ['with its key in quotes', CRB.replace('kind:', '"kind":')],
  ])('%s', async (name, text) => {
    expect((await findings(name.replaceAll(' ', '-'), EVIL, text)).sort()).toEqual(
      said('ClusterRoleBinding evil: no hub has objects of this kind'),
    );
  });

  test('in a list', async () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [], metadata: { name: 'evil' } };
    expect((await findings('list', EVIL, JSON.stringify(list))).sort()).toEqual(
      said('List evil: no hub has objects of this kind'),
    );
  });

  test('or a binding to cluster-admin in the hub’s own namespace', async () => {
    const text = CRB.replace('ClusterRoleBinding', 'RoleBinding');
    expect((await findings('binding', EVIL, text)).sort()).toEqual(
      said('RoleBinding evil: it would give the rights of the ClusterRole cluster-admin'),
    );
  });
});

test('a schema without an end is a finding at the chart', async () => {
  expect(await findings('schema', 'values.schema.json', '{"$ref": "#"}')).toEqual([
    'chart-schema platform.yaml values cannot be held to the schema of jupyterhub 4.4.0: Maximum call stack size exceeded',
  ]);
});
