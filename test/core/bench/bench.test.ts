import { describe, expect, test } from '@jest/globals';
import { advice } from '../../../src/core/bench/advice.ts';
import { compared } from '../../../src/core/bench/compare.ts';
import { figuresOf } from '../../../src/core/bench/figures.ts';
import type { Figures } from '../../../src/core/bench/figures.ts';
import { benchHub } from '../../../src/core/bench/hub.ts';
import type { BenchHub } from '../../../src/core/bench/hub.ts';
import { benchHtml } from '../../../src/core/bench/html.ts';
import { keptFigures, keptObject } from '../../../src/core/bench/kept.ts';
import { measured } from '../../../src/core/bench/lines.ts';
import { benchMarkdown } from '../../../src/core/bench/markdown.ts';
import { benchObjects } from '../../../src/core/bench/pod.ts';
import { benchReport } from '../../../src/core/bench/report.ts';
import { barChart, lineChart } from '../../../src/core/bench/svg.ts';
import { benchText } from '../../../src/core/bench/text.ts';
import { podFault } from '../../../src/core/hub/pod-security.ts';
import { at, isObject, textAt } from '../../../src/core/json.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { valuesOf } from '../../../src/core/hub/release.ts';
import { benchLog, oggmLine } from '../../support/bench-log.ts';
import { HUB, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const SETS: Written = {
  'data/cru.yaml': { title: 'CRU', files: ['https://data.example.org/cru.nc'], size: '1Gi' },
  'data/cru.lock.yaml': {
    recipe: '1'.repeat(40),
    files: [{ url: 'https://data.example.org/cru.nc', bytes: 5 }],
  },
  'clusters/main.yaml': { storage: { homes: { class: 'fast' }, data: { class: 'nfs' } } },
};

/** What runs of a hub with these keys in its file. */
function hubWith(keys: JsonObject, more: Written = {}): BenchHub {
  const platform = platformWith({ ...more, [HUB]: keys });
  const doc = platform.environments.get('hub');
  const built = doc && valuesOf(platform, doc, { codeDigest: 'x' });
  if (!built) throw new Error('the hub has no values');
  const unit = { kind: 'hub' as const, cluster: 'main', name: 'hub' };
  const release = { v: 1 as const, unit, namespace: 'hub', charts: [], images: [], secrets: [] };
  const found = benchHub({ ...release, values: built.values });
  if (!found) throw new Error('the hub has no servers');
  return found;
}

function podOf(hub: BenchHub): JsonObject {
  const pod = benchObjects(hub, { 'bench.py': '' }, []).find(({ kind }) => kind === 'Pod');
  return pod ?? {};
}

const AT = '2026-11-27T10:00:00Z';
const figures = (log = benchLog(), hub: Partial<BenchHub> = {}): Figures =>
  figuresOf({ ...hubWith({ data: ['cru'] }, SETS), ...hub }, measured(log), {
    at: AT,
    dataClass: 'nfs',
  });
describe('what is measured', () => {
  test('scratch and data as servers mount them, data read-only', () => {
    const hub = hubWith({ data: ['cru'], scratch: { size: '8Gi' } }, SETS);
    const pod = podOf(hub);
    const spec = at(pod, '/spec');
    expect(isObject(spec) && podFault(spec)).toBe(undefined);
    expect(at(spec, '/volumes')).toEqual([
      { name: 'home', persistentVolumeClaim: { claimName: 'glaciocloud-bench' } },
      { name: 'scratch', emptyDir: { sizeLimit: '8Gi' } },
      { name: 'code', configMap: { name: 'glaciocloud-bench' } },
      { name: 'oggm-data', persistentVolumeClaim: { claimName: 'oggm-data', readOnly: true } },
    ]);
    expect(at(spec, '/containers/0/volumeMounts/3')).toEqual({
      name: 'oggm-data',
      mountPath: '/data/oggm',
      subPath: 'oggm',
      readOnly: true,
    });
    const order = JSON.parse(textAt(spec, '/containers/0/args/3')) as JsonObject;
    expect(order).toMatchObject({
      volumes: [{}, { room: 8 * 2 ** 30 }, { name: 'data', path: '/data/oggm', writable: false }],
      readers: 'data',
      view: expect.stringMatching(/^\/data\/oggm\/views\/[0-9a-f]{40}$/u),
    });
  });

  test('a volume called scratch that is a claim is somebody’s, and is not mounted', () => {
    const hub = hubWith({
      values: {
        singleuser: {
          storage: {
            extraVolumes: [{ name: 'scratch', persistentVolumeClaim: { claimName: 'theirs' } }],
          },
        },
      },
    });
    expect(JSON.stringify(podOf(hub))).not.toContain('theirs');
    expect(hub.scratch).toMatchObject({ own: false, volume: { emptyDir: {} } });
  });

  test('what a file says of servers in its values counts, wherever it is written', () => {
    const hub = hubWith({
      values: {
        singleuser: { nodeSelector: { pool: 'users' } },
        hub: { config: { KubeSpawner: { storage_class: 'theirs', tolerations: [] } } },
      },
    });
    expect(hub.home.class).toBe('theirs');
    expect(hub.nodes).toMatchObject({ nodeSelector: { pool: 'users' }, tolerations: [] });
  });
});

describe('what a pod said', () => {
  test('is taken line by line; a damaged one is told, others are left out', () => {
    const found = measured(
      `start.sh: hello\n{"level": "info"}\n{"measure": "unknown"}\n{"measure": "stat", "volume": "home", "median_ms": "2"}\n${benchLog()}`,
    );
    expect(found.stat).toHaveLength(3);
    expect(found.fault).toEqual([
      { volume: '', what: 'stat', why: expect.stringContaining('its line is damaged: its field') },
    ]);
  });

  test('what is missing is no figure, and a volume without locks is told', () => {
    const { volumes, problems } = figures(
      benchLog(
        { without: 'fsync' },
        { measure: 'flock', volume: 'home', works: false, why: 'it has no locks' },
      ),
    );
    expect(volumes[0]).toMatchObject({ fsync_ms: null, fsync_p95_ms: null, flock: false });
    expect(volumes[2]).toMatchObject({ name: 'data', class: 'nfs', create_ms: null });
    expect(problems).toEqual([{ volume: 'home', what: 'flock', why: 'it has no locks' }]);
  });
});

describe('a recommendation', () => {
  test.each<[string, string, Partial<BenchHub>, string]>([
    [
      'scratch is faster, and is lost',
      benchLog(),
      {},
      'workdir on scratch: 1.9 times faster (seconds of OGGM); the hub has no scratch yet, and what lies there is lost when a server stops',
    ],
    [
      'scratch is faster, and there',
      benchLog(),
      { scratch: { path: '/scratch', volume: {}, room: null, own: true } },
      'workdir on scratch: 1.9 times faster (seconds of OGGM); what lies there is lost when a server stops',
    ],
    [
      'it is so already',
      benchLog(),
      { workdir: 'scratch' },
      'workdir on scratch: 1.9 times faster (seconds of OGGM), as it is',
    ],
    [
      'home is faster',
      benchLog(oggmLine('home', 1, 1), oggmLine('scratch', 12, 12)),
      { workdir: 'scratch' },
      'workdir on home: 12 times faster (seconds of OGGM)',
    ],
    [
      'both are alike',
      benchLog(oggmLine('home', 1.1, 1), oggmLine('scratch', 1, 0.9)),
      {},
      'workdir on home or on scratch: near-equal (seconds of OGGM, 1.1 times); home is kept when a server stops',
    ],
    [
      'rounds lie too far apart',
      benchLog(oggmLine('home', 2, 2, 1.5), oggmLine('scratch', 1.5, 1.5, 1.4)),
      {},
      'workdir on home or on scratch: near-equal (seconds of OGGM, 1.3 times within noise); home is kept when a server stops',
    ],
    [
      'OGGM could not be measured',
      benchLog({ without: 'oggm' }),
      {},
      'workdir on scratch: 2.0 times faster (making files, OGGM was not measured); the hub has no scratch yet, and what lies there is lost when a server stops',
    ],
    [
      'nothing could',
      benchLog({ without: 'oggm' }, { without: 'create' }),
      {},
      'none: home and scratch could not both be measured',
    ],
  ])('where %s', (_what, log, hub, words) => {
    expect(advice(figures(log, hub))).toBe(words);
  });
});

describe('the run before', () => {
  const before = figures();

  test('is kept with the hub, and read again as it was', () => {
    expect(keptFigures(keptObject(before))).toEqual({ kind: 'figures', figures: before });
    expect(keptFigures(undefined)).toEqual({ kind: 'none' });
  });

  test.each([
    ['no JSON', '{'],
    ['another version', '{"v": 2}'],
    ['a figure that is none', JSON.stringify({ v: 1, figures: { ...before, oggm: [{}] } })],
  ])('is not believed where it is %s', (_what, text) => {
    const object = { data: { 'bench.json': text } };
    expect(keptFigures(object)).toMatchObject({ kind: 'unreadable', why: expect.any(String) });
  });

  test('has other figures beyond noise only, slower and faster each way round', () => {
    const after = figures(
      benchLog(
        { measure: 'stat', volume: 'home', median_ms: 0.25, p95_ms: 9, worst_ms: 0.3 },
        { measure: 'stat', volume: 'scratch', median_ms: 0.05, p95_ms: 9, worst_ms: 0.12 },
        { measure: 'create', volume: 'home', median_ms: 6, p95_ms: 9, worst_ms: 7 },
        { measure: 'read', volume: 'data', mb_s: 540, dd_mb_s: null, worst_mb_s: 400 },
        { without: 'readers' },
      ),
    );
    const { at: when, changes, figures: count } = compared(before, after);
    expect(when).toBe(AT);
    expect(changes.map(({ figure, text }) => [figure, text])).toEqual([
      ['home: making a file', '3.0 times slower'],
      ['data: reading', '3.0 times faster'],
    ]);
    expect(count).toBe(18);
    expect(compared(before, before).changes).toEqual([]);
  });

  test.each([
    [21, undefined],
    [42, '2.1 times slower'],
    [10, '2.0 times faster'],
  ])('was on a node that computes in %i ms instead of 20', (ms, node) => {
    const after = figures(benchLog({ measure: 'compute', ms, worst_ms: ms }));
    const comparison = compared(before, after);
    expect(comparison.node).toBe(node);
    const text = benchText(benchReport(after, comparison));
    expect(text.includes('The node itself computed')).toBe(node !== undefined);
  });

  test('is not compared in the seconds of another glacier', () => {
    const slow = [oggmLine('home', 30, 30), oggmLine('scratch', 30, 30), oggmLine('data', 30, 30)];
    const another = { measure: 'oggm-input', kind: 'ideal', detail: 'a glacier made of numbers' };
    const changed = (log: string): string[] =>
      compared(before, figures(log)).changes.map(({ figure }) => figure);
    expect(changed(benchLog(...slow))).toHaveLength(6);
    expect(changed(benchLog(...slow, { without: 'oggm-input' }, another))).toEqual([]);
  });
});

describe('a report', () => {
  const slower = figures(benchLog(oggmLine('home', 9, 9)));
  const report = benchReport(slower, compared(figures(), slower));

  test('says the same on the page, in Markdown and in the terminal', () => {
    for (const text of [benchHtml(report), benchMarkdown(report), benchText(report)]) {
      expect(text).toContain('workdir on scratch: 9.0 times faster (seconds of OGGM)');
      expect(text).toContain('RGI60-11.00897, level 3');
      expect(text).toContain('2.1 → 9, 4.3 times slower');
    }
    expect(benchMarkdown(report)).toContain(
      '| volume | cold | warm |\n| --- | --- | --- |\n| home | 9 | 9 |\n',
    );
  });

  test('has a picture of each subject, and names each figure of it', () => {
    const page = benchHtml(report);
    expect(page.match(/<svg /gu)).toHaveLength(4);
    expect(page).toContain('<title>home: 9</title>');
    expect(page).not.toMatch(/NaN|undefined|Infinity|<script/u);
  });

  test('text of clusters and images stays text', () => {
    const evil = '<script>alert(1)</script>|\u{202e}`';
    const given = { ...slower, image: evil, problems: [{ volume: evil, what: 'x', why: evil }] };
    const volumes = given.volumes.map((one) => ({ ...one, class: evil, name: evil }));
    const shown = benchReport({ ...given, volumes }, undefined);
    expect(benchHtml(shown)).not.toContain('<script');
    expect(benchHtml(shown)).toContain('&lt;script&gt;');
    expect(benchMarkdown(shown)).not.toContain('<script');
    for (const text of [benchHtml(shown), benchMarkdown(shown), benchText(shown)])
      expect(text).not.toContain('\u{202e}');
  });

  test('of nothing measured is a page too', () => {
    const nothing = benchReport(figures('{"measure": "end"}'), undefined);
    expect(benchHtml(nothing)).toContain('none: home and scratch could not both be measured');
    expect(benchHtml(nothing)).not.toContain('<svg');
  });
});

describe('a picture', () => {
  const bars = (log: boolean, ...values: (number | null)[]): string =>
    barChart({
      title: 't',
      unit: 'ms',
      log,
      groups: [{ name: 'g', bars: values.map((value, index) => ({ name: `${index}`, value })) }],
    });
  const widths = (svg: string): number[] =>
    [...svg.matchAll(/ width="([\d.]+)"/gu)].map(([, width]) => Number(width));

  test('of bars is to scale, and by tens where asked', () => {
    expect(widths(bars(false, 100, 50))).toEqual([486, 243]);
    const [long = 0, middle = 0, least = 0] = widths(bars(true, 100, 10, 1));
    expect(long - middle).toBeCloseTo(middle - least, 0);
    expect(least).toBeGreaterThan(10);
  });

  test('where one figure is missing has a dash, and without any there is none', () => {
    expect(bars(false, 3, null)).toContain('>–</text>');
    expect([bars(true, null), lineChart('t', 'u', [])]).toEqual(['', '']);
  });
});
