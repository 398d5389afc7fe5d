import { at, isObject, merge, objectsIn, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { KubeFailure } from '../../src/failure.ts';
import type { Cluster } from '../../src/ports.ts';

/*
 * What a cluster answers, as one table: asked of the double by `test/apply/cluster.test.ts`, and of a real API server by
 * `test/lab/cluster-calls.test.ts`. Whatever the double is changed to, it stays what a cluster is.
 */

export interface Bench {
  kube: Cluster;
  /** Empty at the beginning of each row. */
  namespace: string;
  /** Somebody else applies an object, and takes no field by force. */
  other: (object: JsonObject) => Promise<'applied' | 'conflict'>;
}

export interface Row {
  what: string;
  ask: (bench: Bench) => Promise<Json>;
  answer: Json;
}

const LABELS = { t: 'a' };

function configMap({ namespace }: Bench, name: string, data: JsonObject, labels?: JsonObject) {
  const metadata: JsonObject = { name, namespace, ...(labels ? { labels } : {}) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } satisfies JsonObject;
}

/** It runs nowhere: no node is called so. */
function deployment({ namespace }: Bench, env: JsonObject[]): JsonObject {
  const labels = { app: 'table' };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'table', namespace },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { 'glaciocloud.org/nowhere': 'true' },
          containers: [{ name: 'main', image: 'example.org/none:1', env }],
        },
      },
    },
  };
}

async function dataOf({ kube, namespace }: Bench, name: string): Promise<Json> {
  return at(await kube.get('configmap', name, namespace), '/data') ?? null;
}

async function metadata({ kube, namespace }: Bench, name: string): Promise<JsonObject> {
  const found = at(await kube.get('configmap', name, namespace), '/metadata');
  return isObject(found) ? found : {};
}

/** What a call that fails says of itself. */
async function failureOf(call: Promise<unknown>): Promise<Json> {
  return call.then(
    () => 'no failure',
    (error: unknown) =>
      error instanceof KubeFailure
        ? { conflict: error.conflict, ...(error.invalid ? { invalid: true } : {}) }
        : `another error: ${String(error)}`,
  );
}

/** Labels of what selects pods that never are. */
const NOWHERE = { app: 'table' };

/** Objects, what somebody would make of them, and what of it the API server never takes. */
function onceOnly({ namespace }: Bench): [what: string, before: JsonObject, after: JsonObject][] {
  const metadata = { name: 'row', namespace };
  const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: '1' } };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { a: '1' } };
  const rbac = 'rbac.authorization.k8s.io';
  const binding = {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'Role', name: 'one' },
    subjects: [],
  };
  const pod = (labels: JsonObject): JsonObject => ({
    metadata: { labels },
    spec: {
      nodeSelector: { 'glaciocloud.org/nowhere': 'true' },
      containers: [{ name: 'main', image: 'example.org/none:1' }],
    },
  });
  const workload = (kind: string, labels: JsonObject, more: JsonObject = {}): JsonObject => ({
    apiVersion: 'apps/v1',
    kind,
    metadata,
    spec: { selector: { matchLabels: labels }, template: pod(labels), ...more },
  });
  const other = { app: 'other' };
  const job = (image: string): JsonObject => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata,
    spec: {
      suspend: true,
      template: {
        spec: { restartPolicy: 'Never', containers: [{ name: 'main', image }] },
      },
    },
  });
  const claim = (mode: string): JsonObject => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata,
    spec: {
      accessModes: [mode],
      storageClassName: 'none-such',
      resources: { requests: { storage: '2Gi' } },
    },
  });
  const service = { serviceName: 'row', replicas: 0 };
  return [
    ['frozen ConfigMap', { ...map, immutable: true }, { ...map, data: { a: '2' } }],
    ['thawed ConfigMap', { ...map, immutable: true }, { ...map, immutable: false }],
    ['frozen Secret', { ...secret, immutable: true }, { ...secret, stringData: { a: '2' } }],
    ['role of a binding', binding, merge(binding, { roleRef: { name: 'two' } })],
    ['Deployment', workload('Deployment', NOWHERE, { replicas: 0 }), workload('Deployment', other)],
    ['DaemonSet', workload('DaemonSet', NOWHERE), workload('DaemonSet', other)],
    [
      'StatefulSet',
      workload('StatefulSet', NOWHERE, service),
      workload('StatefulSet', NOWHERE, { ...service, serviceName: 'other' }),
    ],
    ['Job', job('example.org/none:1'), job('example.org/none:2')],
    ['claim', claim('ReadWriteOnce'), claim('ReadWriteMany')],
  ];
}

/** Of people and programs; what controllers of Kubernetes write is none of ours. */
async function managers({ kube, namespace }: Bench, object: JsonObject): Promise<JsonObject[]> {
  const [live] = await kube.liveOf([object], namespace);
  const all = objectsIn(at(live, '/metadata/managedFields'));
  const ours = all.filter((one) => !textAt(one, '/manager').startsWith('kube-'));
  return ours.map((one) => ({
    manager: one['manager'] ?? '',
    operation: one['operation'] ?? '',
    fields: one['fieldsV1'] ?? {},
  }));
}

const names = (objects: readonly JsonObject[]): string[] =>
  objects.map((one) => textAt(one, '/metadata/name')).filter((name) => name.startsWith('row-'));

async function threeMaps(bench: Bench): Promise<void> {
  await bench.kube.apply([
    configMap(bench, 'row-1', {}, { t: 'a', u: 'x' }),
    configMap(bench, 'row-2', {}, { t: 'b' }),
    configMap(bench, 'row-3', {}, { u: 'x' }),
  ]);
}

export const ROWS: readonly Row[] = [
  {
    what: 'what is not there is nothing',
    ask: async ({ kube, namespace }) => [
      (await kube.get('configmap', 'absent', namespace)) ?? null,
      await kube.logs('absent', namespace),
      await kube.list('configmaps', { namespace, selector: 't=a' }),
    ],
    answer: [null, '', []],
  },
  {
    what: 'applying twice changes nothing',
    ask: async (bench) => {
      const one = configMap(bench, 'row', { a: '1' }, LABELS);
      await bench.kube.apply([one]);
      const first = await metadata(bench, 'row');
      await bench.kube.apply([one]);
      const second = await metadata(bench, 'row');
      return [first['resourceVersion'] === second['resourceVersion'], second['labels'] ?? null];
    },
    answer: [true, { t: 'a' }],
  },
  {
    what: 'a change keeps the object and makes a version of it',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: '1' })]);
      const first = await metadata(bench, 'row');
      await bench.kube.apply([configMap(bench, 'row', { a: '2' })]);
      const second = await metadata(bench, 'row');
      return [
        first['uid'] === second['uid'],
        first['resourceVersion'] === second['resourceVersion'],
        await dataOf(bench, 'row'),
      ];
    },
    answer: [true, false, { a: '2' }],
  },
  {
    what: 'what is not applied any more goes',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: '1', b: '1' })]);
      await bench.kube.apply([configMap(bench, 'row', { a: '1' })]);
      return dataOf(bench, 'row');
    },
    answer: { a: '1' },
  },
  {
    what: 'what others own besides stays',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: '1' })]);
      const other = await bench.other(configMap(bench, 'row', { b: 'theirs' }));
      await bench.kube.apply([configMap(bench, 'row', { a: '2' })]);
      return [other, await dataOf(bench, 'row')];
    },
    answer: ['applied', { a: '2', b: 'theirs' }],
  },
  {
    what: 'an empty map takes nothing away',
    ask: async (bench) => {
      await bench.other(configMap(bench, 'row', { b: 'theirs' }));
      await bench.kube.apply([configMap(bench, 'row', {})]);
      return dataOf(bench, 'row');
    },
    answer: { b: 'theirs' },
  },
  {
    what: 'what both apply alike stays when one of them leaves it out',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: '1', b: '1' })]);
      await bench.other(configMap(bench, 'row', { b: '1' }));
      await bench.kube.apply([configMap(bench, 'row', { a: '1' })]);
      return dataOf(bench, 'row');
    },
    answer: { a: '1', b: '1' },
  },
  {
    what: 'ours wins, and is ours from then on',
    ask: async (bench) => {
      const ours = configMap(bench, 'row', { a: 'ours' });
      await bench.other(configMap(bench, 'row', { a: 'theirs' }));
      await bench.kube.apply([ours]);
      return [await dataOf(bench, 'row'), await managers(bench, ours)];
    },
    answer: [
      { a: 'ours' },
      [{ manager: 'glaciocloud', operation: 'Apply', fields: { 'f:data': { 'f:a': {} } } }],
    ],
  },
  {
    what: 'who takes nothing by force is refused what is ours',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: 'ours' })]);
      const other = await bench.other(configMap(bench, 'row', { a: 'theirs' }));
      return [other, await dataOf(bench, 'row')];
    },
    answer: ['conflict', { a: 'ours' }],
  },
  {
    what: 'owners are shown by leaves, entries of lists by their keys',
    ask: async (bench) => {
      const one = deployment(bench, [{ name: 'A', value: '1' }]);
      await bench.kube.apply([one]);
      return managers(bench, merge(one, { metadata: { namespace: bench.namespace } }));
    },
    answer: [
      {
        manager: 'glaciocloud',
        operation: 'Apply',
        fields: {
          'f:spec': {
            'f:replicas': {},
            'f:selector': {},
            'f:template': {
              'f:metadata': { 'f:labels': { 'f:app': {} } },
              'f:spec': {
                'f:nodeSelector': {},
                'f:containers': {
                  'k:{"name":"main"}': {
                    '.': {},
                    'f:name': {},
                    'f:image': {},
                    'f:env': { 'k:{"name":"A"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
  {
    what: 'entries of a list are whose who set them',
    ask: async (bench) => {
      const env = async (): Promise<Json> => {
        const found = await bench.kube.get('deployment', 'table', bench.namespace);
        const all = objectsIn(at(found, '/spec/template/spec/containers/0/env'));
        return all.map((one) => `${textAt(one, '/name')}=${textAt(one, '/value')}`).sort();
      };
      await bench.kube.apply([deployment(bench, [{ name: 'A', value: '1' }])]);
      await bench.other(deployment(bench, [{ name: 'B', value: '1' }]));
      await bench.kube.apply([deployment(bench, [{ name: 'C', value: '1' }])]);
      return env();
    },
    answer: ['B=1', 'C=1'],
  },
  {
    what: 'objects in a namespace that is not there are refused',
    ask: async (bench) => {
      const nowhere = { ...bench, namespace: `${bench.namespace}-absent` };
      return failureOf(bench.kube.apply([configMap(nowhere, 'row', {})]));
    },
    answer: { conflict: false },
  },
  {
    what: 'a Secret lies there in base64',
    ask: async ({ kube, namespace }) => {
      const metadata = { name: 'row', namespace };
      const stringData = { a: 'secret' };
      await kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata, stringData }]);
      return at(await kube.get('secret', 'row', namespace), '/data') ?? null;
    },
    answer: { a: 'c2VjcmV0' },
  },
  {
    what: 'what is there cannot be made',
    ask: async (bench) => {
      const made = await bench.kube.create(configMap(bench, 'row', { a: '1' }));
      return [
        typeof at(made, '/metadata/resourceVersion'),
        await failureOf(bench.kube.create(configMap(bench, 'row', { a: '2' }))),
        await dataOf(bench, 'row'),
      ];
    },
    answer: ['string', { conflict: true }, { a: '1' }],
  },
  {
    what: 'what somebody changed meanwhile cannot be replaced',
    ask: async (bench) => {
      const made = await bench.kube.create(configMap(bench, 'row', { a: '1' }));
      const next = await bench.kube.replace({ ...made, data: { a: '2' } });
      return [
        await failureOf(bench.kube.replace({ ...made, data: { a: '3' } })),
        at(next, '/data') ?? null,
        await failureOf(bench.kube.replace({ ...next, data: { a: '4' } })),
        await dataOf(bench, 'row'),
      ];
    },
    answer: [{ conflict: true }, { a: '2' }, 'no failure', { a: '4' }],
  },
  {
    what: 'what is not there cannot be replaced',
    ask: (bench) => failureOf(bench.kube.replace(configMap(bench, 'row', {}))),
    answer: { conflict: false },
  },
  {
    what: 'lists are picked by labels',
    ask: async (bench) => {
      await threeMaps(bench);
      const { kube, namespace } = bench;
      const selectors = ['t=a', 't in (a,b)', 't', 'u=x', 't=a,u=x', 't=b,u=x', 't in (b,c),t'];
      const found: Json[] = [];
      for (const selector of selectors)
        found.push(names(await kube.list('configmaps', { namespace, selector })));
      return found;
    },
    answer: [
      ['row-1'],
      ['row-1', 'row-2'],
      ['row-1', 'row-2'],
      ['row-1', 'row-3'],
      ['row-1'],
      [],
      ['row-2'],
    ],
  },
  {
    what: 'lists are picked by name, everywhere, and over several kinds',
    ask: async (bench) => {
      await threeMaps(bench);
      const { kube, namespace } = bench;
      await kube.apply([
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'row-4', namespace } },
      ]);
      const everywhere = await kube.list('configmaps', { fields: 'metadata.name=row-2' });
      return [
        names(everywhere.filter((one) => at(one, '/metadata/namespace') === namespace)),
        names(await kube.list('configmaps', { selector: 't', fields: 'metadata.name=row-3' })),
        names(await kube.list('secrets,configmaps', { namespace })),
      ];
    },
    answer: [['row-2'], [], ['row-4', 'row-1', 'row-2', 'row-3']],
  },
  {
    what: 'what is gone can be deleted once more, and comes back as another',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await kube.apply([configMap(bench, 'row', {})]);
      const first = await metadata(bench, 'row');
      await kube.delete('configmap', 'row', namespace);
      await kube.delete('configmap', 'row', namespace);
      const gone = (await kube.get('configmap', 'row', namespace)) ?? null;
      await kube.apply([configMap(bench, 'row', {})]);
      return [gone, first['uid'] === (await metadata(bench, 'row'))['uid']];
    },
    answer: [null, false],
  },
  {
    what: 'what has a label is deleted, and nothing else',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await threeMaps(bench);
      await kube.apply([
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'row-4', namespace, labels: LABELS },
        },
      ]);
      await kube.deleteBy('secrets,configmaps', 't=a', namespace);
      await kube.deleteBy('secrets,configmaps', 't=a', namespace);
      return names(await kube.list('secrets,configmaps', { namespace }));
    },
    answer: ['row-2', 'row-3'],
  },
  {
    what: 'a dry run says what would be, and leaves nothing',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await kube.apply([configMap(bench, 'row-1', { a: '1', b: '1' })]);
      const before = await metadata(bench, 'row-1');
      const would = await kube.wouldApply(
        [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'row-1' }, data: { a: '2' } },
          configMap(bench, 'row-2', { a: '1' }),
        ],
        namespace,
      );
      const after = await metadata(bench, 'row-1');
      return [
        would.map((one) => at(one, '/data') ?? null),
        await dataOf(bench, 'row-1'),
        before['resourceVersion'] === after['resourceVersion'],
        await dataOf(bench, 'row-2'),
        await kube.wouldApply([], namespace),
      ];
    },
    answer: [[{ a: '2', b: '1' }, { a: '1' }], { a: '1', b: '1' }, true, null, []],
  },
  {
    what: 'a Deployment is scaled, and each change of what it should be is a generation',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      const seen = async (): Promise<Json> => {
        const found = await kube.get('deployment', 'table', namespace);
        return [at(found, '/spec/replicas') ?? null, at(found, '/metadata/generation') ?? null];
      };
      const one = deployment(bench, []);
      await kube.apply([one]);
      const all = [await seen()];
      await kube.scale('table', 1, namespace);
      all.push(await seen());
      await kube.scale('table', 1, namespace);
      all.push(await seen());
      await kube.apply([one]);
      all.push(await seen());
      return all;
    },
    answer: [
      [0, 1],
      [1, 2],
      [1, 2],
      [0, 3],
    ],
  },
  {
    what: 'what can be set once cannot be changed, also not to try',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      const all: Json[] = [];
      for (const [what, before, after] of onceOnly(bench)) {
        await kube.apply([before]);
        const tried = await failureOf(kube.wouldApply([after], namespace));
        const done = await failureOf(kube.apply([after]));
        const again = await failureOf(kube.wouldApply([before], namespace));
        all.push([what, tried, done, again]);
        const kind = textAt(before, '/kind').toLowerCase();
        await kube.delete(kind, 'row', namespace);
        // What the API server itself holds for a moment.
        for (let look = 0; look < 100 && (await kube.get(kind, 'row', namespace)); look += 1)
          await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return all;
    },
    answer: [
      'frozen ConfigMap',
      'thawed ConfigMap',
      'frozen Secret',
      'role of a binding',
      'Deployment',
      'DaemonSet',
      'StatefulSet',
      'Job',
      'claim',
    ].map((what) => [
      what,
      { conflict: false, invalid: true },
      { conflict: false, invalid: true },
      'no failure',
    ]),
  },
  {
    what: 'what something holds is being deleted until it lets go',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      const one = configMap(bench, 'row', { a: '1' });
      const held = merge(one, { metadata: { finalizers: ['glaciocloud.org/held'] } });
      const leaving = async (): Promise<Json> => {
        const found = await kube.get('configmap', 'row', namespace);
        return found === undefined
          ? 'gone'
          : at(found, '/metadata/deletionTimestamp') !== undefined;
      };
      await kube.create(held);
      const before = await leaving();
      await kube.delete('configmap', 'row', namespace);
      const deleted = await leaving();
      await kube.apply([one]);
      const applied = await leaving();
      await kube.replace(one);
      return [before, deleted, applied, await leaving()];
    },
    answer: [false, true, true, 'gone'],
  },
  {
    what: 'events are found by what they are about',
    ask: async ({ kube, namespace }) => {
      for (const about of ['row-a', 'row-b'])
        await kube.create({
          apiVersion: 'v1',
          kind: 'Event',
          metadata: { name: `${about}.1`, namespace },
          involvedObject: { kind: 'Job', name: about, namespace },
          type: 'Warning',
          reason: 'FailedCreate',
          message: 'x',
        });
      return names(await kube.list('events', { namespace, fields: 'involvedObject.name=row-b' }));
    },
    answer: ['row-b.1'],
  },
  {
    what: 'what is not there cannot be scaled',
    ask: ({ kube, namespace }) => failureOf(kube.scale('absent', 1, namespace)),
    answer: { conflict: false },
  },
  {
    what: 'annotations are set and set again, beside others',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await threeMaps(bench);
      await kube.annotate('configmaps', 'u=x', namespace, 'glaciocloud.org/touch=1');
      await kube.annotate('configmaps', 'u=x', namespace, 'glaciocloud.org/other=a=b');
      await kube.annotate('configmaps', 't=a', namespace, 'glaciocloud.org/touch=2');
      const all: Json[] = [];
      for (const name of ['row-1', 'row-2', 'row-3'])
        all.push((await metadata(bench, name))['annotations'] ?? null);
      return all;
    },
    answer: [
      { 'glaciocloud.org/touch': '2', 'glaciocloud.org/other': 'a=b' },
      null,
      { 'glaciocloud.org/touch': '1', 'glaciocloud.org/other': 'a=b' },
    ],
  },
  {
    what: 'of what is asked for, only what is there is live; without a namespace it is in the one that is named',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await kube.apply([configMap(bench, 'row-1', {})]);
      const asked = ['row-1', 'row-2'].map((name): JsonObject => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name },
      }));
      return names(await kube.liveOf(asked, namespace));
    },
    answer: ['row-1'],
  },
  {
    what: 'only who asks for owners is shown them',
    ask: async (bench) => {
      await bench.kube.apply([configMap(bench, 'row', { a: '1' })]);
      return (await metadata(bench, 'row'))['managedFields'] ?? null;
    },
    answer: null,
  },
  {
    what: 'the API server says its version, and what these credentials may',
    ask: async ({ kube }) => [
      /^v1\.[0-9]+\.[0-9]+/u.test(await kube.version()),
      await kube.mayI([
        { verb: 'create', group: '', resource: 'namespaces' },
        { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
      ]),
    ],
    answer: [true, [true, true]],
  },
];
