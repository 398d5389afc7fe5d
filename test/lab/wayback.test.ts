import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { HUB_KINDS } from '../../src/core/object-kinds.ts';
import { at, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, deploy, inHub, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/*
 * Changes that remove, add and alter objects of every kind that a hub may have, and then fail: what ran before runs
 * again, with the same objects. The tests build on one another, and the chart is a copy with some more objects.
 */
const HUB = 'lab-back';
const file = `environments/${HUB}.yaml`;
/** A class whose volumes may grow, as on clouds; nothing really grows here. */
const CLASS = 'lab-grows';
const HELD = 'glaciocloud.org/held';

/** What the chart makes besides, by `hub.annotations.kinds`. No pod of it ever runs. */
const KINDS = String.raw`
{{- $mode := .Values.hub.annotations.kinds }}
{{- $names := list }}
{{- if has $mode (list "base" "more") }}{{ $names = append $names "was" }}{{ end }}
{{- if eq $mode "more" }}{{ $names = append $names "new" }}{{ end }}
{{- range $names }}
{{- $meta := dict "name" . "labels" (dict "kinds" "yes") }}
{{- $other := and (eq . "was") (eq $mode "more") }}
{{- $match := dict "nowhere" . }}
{{- $pod := dict "metadata" (dict "labels" $match) "spec" (dict "nodeSelector" (dict "nowhere" "yes") "automountServiceAccountToken" false "containers" (list (dict "name" "main" "image" "lab.local/pause:3.10" "resources" (dict "requests" (dict "cpu" "1m" "memory" "1Mi") "limits" (dict "memory" "1Mi"))))) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {{ toJson $meta }}
immutable: {{ $other }}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata: {{ toJson $meta }}
{{- if $other }}
immutable: true
{{- end }}
stringData: {a: "1"}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {{ toJson (merge (dict "annotations" (dict "helm.sh/resource-policy" "keep")) $meta) }}
spec: {accessModes: [ReadWriteOnce], storageClassName: lab-grows, resources: {requests: {storage: 1Mi}}}
---
apiVersion: v1
kind: Service
metadata: {{ toJson $meta }}
spec: {type: {{ ternary "NodePort" "ClusterIP" $other }}, selector: {nowhere: "yes"}, ports: [{name: http, port: 80}]}
---
apiVersion: v1
kind: ServiceAccount
metadata: {{ toJson $meta }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {{ toJson $meta }}
rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {{ toJson $meta }}
subjects: [{kind: ServiceAccount, name: {{ . }}, namespace: {{ $.Release.Namespace }}}]
roleRef: {kind: Role, name: {{ . }}, apiGroup: rbac.authorization.k8s.io}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{ toJson $meta }}
spec: {podSelector: {matchLabels: {nowhere: "yes"}}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{ toJson $meta }}
spec: {ingressClassName: none, rules: [{host: {{ . }}.example.org, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: {{ . }}, port: {name: http}}}}]}}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {{ toJson $meta }}
spec: {maxUnavailable: 1, selector: {matchLabels: {nowhere: "yes"}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {{ toJson $meta }}
spec: {replicas: 0, strategy: {type: {{ ternary "RollingUpdate" "Recreate" $other }}}, selector: {matchLabels: {{ toJson $match }}}, template: {{ toJson $pod }}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{ toJson $meta }}
spec: {replicas: 0, serviceName: {{ . }}, selector: {matchLabels: {{ toJson $match }}}, template: {{ toJson $pod }}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{ toJson $meta }}
spec: {selector: {matchLabels: {{ toJson $match }}}, template: {{ toJson $pod }}}
---
apiVersion: batch/v1
kind: Job
metadata: {{ toJson $meta }}
spec: {suspend: true, template: {{ toJson (merge (dict "spec" (dict "restartPolicy" "Never")) (omit $pod "metadata")) }}}
{{- end }}
---
apiVersion: v1
kind: Service
metadata: {name: steady, labels: {kinds: "yes"}}
spec: {clusterIP: {{ ternary "None" "null" (eq $mode "refused") }}, selector: {nowhere: "yes"}, ports: [{name: http, port: 80}]}
`;

let lab: Lab;
let kube: Kube;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;
let before: string[];
let database: Json | undefined;

const change = (from: string, to: string): Promise<void> => edit(root, file, from, to);
const run = (args: string[] = []): Promise<DeployRun> =>
  deploy(root, lab, env, ['--charts-from', join(folder.path, 'charts'), ...args]);
const plural = HUB_KINDS.map(({ kind }) => kind.toLowerCase()).join(',');

/** Every object of the kinds that somebody could miss, without what Kubernetes writes into them. */
async function objects(): Promise<JsonObject[]> {
  return kube.list(plural, { namespace: HUB, selector: 'kinds=yes' });
}

async function names(): Promise<string[]> {
  const all = await objects();
  return all.map((one) => `${textAt(one, '/kind')} ${textAt(one, '/metadata/name')}`).sort();
}

async function claim(): Promise<JsonObject> {
  return (await kube.get('persistentvolumeclaim', 'hub-db-dir', HUB)) ?? {};
}

/** The hub of before answers, with the objects of before; nothing is on its way out. */
async function expectBack(result: DeployRun, reason: RegExp): Promise<void> {
  if (result.code !== 1) throw new Error(result.output);
  expect(result.json.steps.map(({ outcome, reason: why }) => [outcome, why])).toEqual([
    ['rolled-back', expect.stringMatching(reason)],
  ]);
  expect(await names()).toEqual(before);
  expect((await objects()).filter((one) => at(one, '/metadata/deletionTimestamp'))).toEqual([]);
  expect(at(await claim(), '/metadata/uid')).toBe(database);
  expect(await inHub(lab, HUB, 'users', '-')).toHaveProperty('users');
}

/** A cloud that takes its time: what holds the Secret lets go some seconds after the way back has begun to wait. */
async function letGo(): Promise<void> {
  const leaving = async (): Promise<boolean> =>
    at(await kube.get('secret', 'was', HUB), '/metadata/deletionTimestamp') !== undefined;
  const replicas = async (): Promise<Json | undefined> =>
    at(await kube.get('deployment', 'hub', HUB), '/spec/replicas');
  while (!(await leaving())) await pause(1000);
  // The hub is stopped to look at its database: the way back has begun.
  while ((await replicas()) !== 0) await pause(500);
  await pause(10_000);
  await kubectl('patch', 'secret', 'was', '--patch', '{"metadata":{"finalizers":null}}');
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An image as the hub's file names it. */
const named = (image: string): string => lab.images[image]?.replace('@', '", tag: "lab@') ?? '';
const good = (): string => named('hub');
const bad = (): string => named('hub-crashes');

function kubectl(...args: string[]): Promise<unknown> {
  return exec(unpackedTool('kubectl'), ['--namespace', HUB, ...args], {
    env: { KUBECONFIG: lab.kubeconfig },
  });
}

beforeAll(async () => {
  lab = await theLab();
  process.env['GLACIOCLOUD_KUBECTL'] = unpackedTool('kubectl');
  kube = new Kube(lab.kubeconfig);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  root = join(folder.path, 'platform');
  const chart = join(folder.path, 'charts/jupyterhub');
  await mkdir(chart, { recursive: true });
  await cp(join(CHARTS, 'jupyterhub'), chart, { recursive: true });
  await writeFile(join(chart, 'templates/kinds.yaml'), KINDS);
  await kube.apply([
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: CLASS },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
      allowVolumeExpansion: true,
    },
  ]);
  ({ env } = await writePlatform(root, lab, { [HUB]: { port: 18700 } }));
  await change(
    '    extraEnv:',
    `    annotations: {kinds: base}\n    db: {pvc: {storage: 1Gi, storageClassName: ${CLASS}}}\n    extraEnv:`,
  );
}, 240_000);
afterAll(async () => {
  await kubectl('patch', 'secret', 'was', '--patch', '{"metadata":{"finalizers":null}}');
  await removeNamespaces(lab, HUB);
  await kube.delete('storageclass', CLASS);
  await folder.remove();
}, 240_000);

test('a hub runs with an object of every kind', async () => {
  const result = await run();
  expect([result.code, result.json.steps.map(({ outcome, reason }) => [outcome, reason])]).toEqual([
    0,
    [['done', '']],
  ]);
  before = await names();
  expect(before).toEqual([...HUB_KINDS.map(({ kind }) => `${kind} was`), 'Service steady'].sort());
  database = at(await claim(), '/metadata/uid');
});

test('a change that removed all of them, and the database, is undone; what something holds is waited for', async () => {
  await kubectl('patch', 'secret', 'was', '--patch', `{"metadata":{"finalizers":["${HELD}"]}}`);
  const released = letGo();
  const elsewhere = `{type: postgres, url: "postgresql://hub@127.0.0.1/hub", pvc: {storage: 1Gi, storageClassName: ${CLASS}}}`;
  const db = `{pvc: {storage: 1Gi, storageClassName: ${CLASS}}}`;
  await change('{kinds: base}', '{kinds: gone}');
  await change(db, elsewhere);
  await change(good(), bad());
  const result = await run();
  await expectBack(result, /has ended 3 times/u);
  await released;
  expect(result.output).toContain('waiting until what was deleted is gone: Secret was');
  await change(bad(), good());
  await change(elsewhere, db);
  await change('{kinds: gone}', '{kinds: base}');
});

test('a change that added as many, and altered what cannot be altered back, is undone', async () => {
  await change('{kinds: base}', '{kinds: more}');
  await change('storage: 1Gi', 'storage: 2Gi');
  await change(good(), bad());
  const result = await run();
  // What is marked to be kept stays, whoever has brought it.
  before = [...before, 'PersistentVolumeClaim new'].sort();
  await expectBack(result, /has ended 3 times/u);
  expect(await kube.get('configmap', 'was', HUB)).not.toHaveProperty('immutable', true);
  expect(await kube.get('secret', 'was', HUB)).not.toHaveProperty('immutable');
  expect(at(await kube.get('service', 'was', HUB), '/spec/type')).toBe('ClusterIP');
  expect(at(await kube.get('deployment', 'was', HUB), '/spec/strategy')).toEqual({
    type: 'Recreate',
  });
  // A volume cannot shrink.
  expect(at(await claim(), '/spec/resources/requests/storage')).toBe('2Gi');
  await change(bad(), good());
  await change('{kinds: more}', '{kinds: base}');
});

test('a change that Helm could apply one half of only is undone', async () => {
  await change('{kinds: base}', '{kinds: refused}');
  await expectBack(await run(), /Helm cannot apply lab-back: .*steady/su);
  await change('{kinds: refused}', '{kinds: base}');
});

test('and then the next change goes through', async () => {
  await change('idle: 1h', 'idle: 2h');
  const result = await run();
  expect(result.json.steps.map(({ outcome, reason }) => [outcome, reason])).toEqual([['done', '']]);
  expect(await names()).toEqual(before);
});
