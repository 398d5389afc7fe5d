import { at, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { splitDocuments } from '../../src/core/manifests.ts';
import { HelmFailure } from '../../src/failure.ts';
import type { Cluster } from '../../src/ports.ts';
import type { Releases } from '../../src/ports/releases.ts';
import type { ChartDouble } from './releases.ts';

/* What Helm answers, as one table: asked of the double by `test/apply/releases.test.ts`, and of Helm by the lab. */

export interface HelmBench {
  kube: Cluster;
  releases: Releases;
  /** Folder of the chart `CHART`. */
  chart: string;
  namespace: string;
  /** Somebody else sets `word` of the chart's ConfigMap. */
  meddle: (word: string) => Promise<void>;
}

export interface HelmRow {
  what: string;
  ask: (bench: HelmBench) => Promise<Json>;
  answer: Json;
}

/** Files of a chart of two objects; one of them is kept. */
export const CHART: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: table\nversion: 1.0.0\n',
  'values.yaml': 'word: none\nmore: false\nkeep: true\n',
  'templates/word.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: word\ndata:\n  word: {{ .Values.word | quote }}\n',
  'templates/kept.yaml':
    '{{ if .Values.keep }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: kept\n  annotations:\n    helm.sh/resource-policy: keep\ndata: {}\n{{ end }}\n',
  'templates/more.yaml':
    '{{ if .Values.more }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: more\ndata: {}\n{{ end }}\n',
};

/** The same chart for the double. */
export const chartOfTable: ChartDouble = (values) => {
  const map = (name: string, data: JsonObject, annotations?: JsonObject): JsonObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(annotations ? { annotations } : {}) },
    data,
  });
  return [
    map('word', { word: values['word'] ?? 'none' }),
    ...(values['keep'] === false ? [] : [map('kept', {}, { 'helm.sh/resource-policy': 'keep' })]),
    ...(values['more'] === true ? [map('more', {})] : []),
  ];
};

const RELEASE = 'table';

function upgrade(bench: HelmBench, ...values: JsonObject[]): Promise<void> {
  const { chart, namespace, releases } = bench;
  return releases.upgrade({ release: RELEASE, namespace, chart, values, digest: 'd'.repeat(40) });
}

async function last({ releases, namespace }: HelmBench): Promise<Json> {
  const found = await releases.last(RELEASE, namespace);
  return found ? [found.revision, found.status] : null;
}

/** Back to what a revision was. */
async function back({ releases, namespace }: HelmBench, revision: number): Promise<void> {
  const manifest = await releases.manifest(RELEASE, namespace, revision);
  await releases.restore({ release: RELEASE, namespace, revision, digest: 'd', manifest });
}

async function word({ kube, namespace }: HelmBench): Promise<Json> {
  return at(await kube.get('configmap', 'word', namespace), '/data/word') ?? null;
}

async function maps({ kube, namespace }: HelmBench): Promise<Json> {
  const all = await kube.list('configmaps', { namespace });
  return all
    .map((one) => textAt(one, '/metadata/name'))
    .filter((name) => !name.startsWith('kube-'));
}

async function fails(call: Promise<unknown>): Promise<Json> {
  return call.then(
    () => 'no failure',
    (error: unknown) =>
      error instanceof HelmFailure ? 'failure' : `another error: ${String(error)}`,
  );
}

export const HELM_ROWS: readonly HelmRow[] = [
  {
    what: 'what was never installed has no revision and no manifest, and is removed as it is',
    ask: async (bench) => {
      await bench.releases.uninstall(RELEASE, bench.namespace);
      return [await last(bench), await fails(bench.releases.manifest(RELEASE, bench.namespace))];
    },
    answer: [null, 'failure'],
  },
  {
    what: 'revisions follow one another; later values win',
    ask: async (bench) => {
      await upgrade(bench, { word: 'one' });
      const first = [await last(bench), await word(bench)];
      await upgrade(bench, { word: 'one' }, { word: 'two' });
      return [first, [await last(bench), await word(bench)]];
    },
    answer: [
      [[1, 'deployed'], 'one'],
      [[2, 'deployed'], 'two'],
    ],
  },
  {
    what: 'back to a revision is one more revision, with the same manifest',
    ask: async (bench) => {
      const { releases, namespace } = bench;
      await upgrade(bench, { word: 'one' });
      await upgrade(bench, { word: 'two' });
      await back(bench, 1);
      const [one, two, three, newest] = [
        await releases.manifest(RELEASE, namespace, 1),
        await releases.manifest(RELEASE, namespace, 2),
        await releases.manifest(RELEASE, namespace, 3),
        await releases.manifest(RELEASE, namespace),
      ];
      const objects = (text: string): string => splitDocuments(text).join('---').trim();
      const same = objects(one) === objects(three);
      return [await last(bench), await word(bench), same, one === two, three === newest];
    },
    answer: [[3, 'deployed'], 'one', true, false, true],
  },
  {
    what: 'there is no way back to a revision that is not there, nor of what was never installed',
    ask: async (bench) => {
      const { releases, namespace } = bench;
      const request = { release: RELEASE, namespace, revision: 1, digest: 'd', manifest: '' };
      const never = await fails(releases.restore(request));
      await upgrade(bench, { word: 'one' });
      return [never, await last(bench), await fails(releases.manifest(RELEASE, namespace, 7))];
    },
    answer: ['failure', [1, 'deployed'], 'failure'],
  },
  {
    what: 'the history has every revision, and what became of it',
    ask: async (bench) => {
      const { releases, namespace } = bench;
      const none = await releases.history(RELEASE, namespace);
      await upgrade(bench, { word: 'one' });
      await upgrade(bench, { word: 'two' });
      await back(bench, 1);
      const all = await releases.history(RELEASE, namespace);
      return [none.length, all.map(({ revision, status }) => `${revision} ${status}`)];
    },
    answer: [0, ['1 superseded', '2 superseded', '3 deployed']],
  },
  {
    what: 'the way back takes over what a change has left behind, and takes away what it has brought',
    ask: async (bench) => {
      await upgrade(bench, { word: 'one' });
      await upgrade(bench, { word: 'two', keep: false, more: true });
      const between = await maps(bench);
      await back(bench, 1);
      const kept = await maps(bench);
      await upgrade(bench, { word: 'three' });
      return [between, kept, await last(bench)];
    },
    answer: [
      ['kept', 'more', 'word'],
      ['kept', 'word'],
      [4, 'deployed'],
    ],
  },
  {
    what: 'an upgrade leaves alone what others have marked as kept since it made it',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await upgrade(bench, { word: 'one', more: true });
      const metadata = {
        name: 'more',
        namespace,
        annotations: { 'helm.sh/resource-policy': 'keep' },
      };
      await kube.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: {} }], 'others');
      await upgrade(bench, { word: 'two' });
      return maps(bench);
    },
    answer: ['kept', 'more', 'word'],
  },
  {
    what: 'the way back takes over what somebody has made anew',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await upgrade(bench, { word: 'one', more: true });
      await kube.delete('configmap', 'more', namespace);
      const theirs = { name: 'more', namespace, annotations: { whose: 'theirs' } };
      await kube.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: theirs, data: {} });
      await upgrade(bench, { word: 'two' });
      await kube.apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: theirs, data: {} }]);
      const forwards = await fails(upgrade(bench, { word: 'three', more: true }));
      await back(bench, 1);
      return [forwards, await last(bench), await maps(bench), await word(bench)];
    },
    answer: ['failure', [3, 'deployed'], ['kept', 'more', 'word'], 'one'],
  },
  {
    what: 'a change that fails half way has taken nothing away, and the way back takes over what is there',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await upgrade(bench, { word: 'one', more: true });
      const found = await kube.get('configmap', 'word', namespace);
      await kube.replace({ ...found, immutable: true });
      const forwards = await fails(upgrade(bench, { word: 'two' }));
      const between = [await last(bench), await maps(bench)];
      await back(bench, 1).catch(() => undefined);
      await kube.delete('configmap', 'word', namespace);
      await back(bench, 1);
      return [forwards, between, await maps(bench), await word(bench)];
    },
    answer: [
      'failure',
      [
        [2, 'failed'],
        ['kept', 'more', 'word'],
      ],
      ['kept', 'more', 'word'],
      'one',
    ],
  },
  {
    what: 'what a chart does not make any more goes',
    ask: async (bench) => {
      await upgrade(bench, { word: 'one', more: true });
      const before = await maps(bench);
      await upgrade(bench, { word: 'one' });
      return [before, await maps(bench)];
    },
    answer: [
      ['kept', 'more', 'word'],
      ['kept', 'word'],
    ],
  },
  {
    what: 'what somebody else has set is taken back',
    ask: async (bench) => {
      await upgrade(bench, { word: 'one' });
      await bench.meddle('theirs');
      const before = await word(bench);
      await upgrade(bench, { word: 'two' });
      return [before, await word(bench)];
    },
    answer: ['theirs', 'two'],
  },
  {
    what: 'what is to be kept stays when the release goes, and going twice is no failure',
    ask: async (bench) => {
      await upgrade(bench, { word: 'one' });
      await bench.releases.uninstall(RELEASE, bench.namespace);
      const once = [await last(bench), await maps(bench)];
      await bench.releases.uninstall(RELEASE, bench.namespace);
      return [once, await last(bench)];
    },
    answer: [[null, ['kept']], null],
  },
  {
    what: 'rendering asks no cluster, and leaves nothing',
    ask: async (bench) => {
      const { chart, namespace, releases } = bench;
      const text = await releases.render({
        release: RELEASE,
        namespace,
        chart,
        kubernetes: '1.35',
        values: { word: 'one' },
        placeholders: { word: 'placeholder' },
      });
      const said = /word: "?(\w+)"?$/mu.exec(text)?.[1] ?? null;
      return [said, await last(bench), await maps(bench)];
    },
    answer: ['placeholder', null, []],
  },
  {
    what: 'the record of a revision is a Secret: without it, the revision never was',
    ask: async (bench) => {
      const { kube, namespace } = bench;
      await upgrade(bench, { word: 'one' });
      await upgrade(bench, { word: 'two' });
      await kube.delete('secret', `sh.helm.release.v1.${RELEASE}.v2`, namespace);
      const before = await last(bench);
      await upgrade(bench, { word: 'three' });
      return [before, await last(bench), await word(bench)];
    },
    answer: [[1, 'superseded'], [2, 'deployed'], 'three'],
  },
  {
    what: 'a list tells our releases from those that are what others had',
    ask: async (bench) => {
      const { releases, namespace } = bench;
      const list = async (): Promise<Json> =>
        (await releases.list(namespace)).map(({ name, revision, status, ours }) => [
          name,
          revision,
          status,
          ours,
        ]);
      const before = await list();
      await upgrade(bench, { word: 'one' });
      const made = await list();
      const manifest = await releases.manifest(RELEASE, namespace);
      await releases.restore({
        release: RELEASE,
        namespace,
        revision: 1,
        digest: 'others',
        manifest,
      });
      return [before, made, await list()];
    },
    answer: [[], [[RELEASE, 1, 'deployed', true]], [[RELEASE, 2, 'deployed', false]]],
  },
];
