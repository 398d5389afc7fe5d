import { appendFile, cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { restartsHub } from '../../src/core/hub/changes.ts';
import { wantedReleases } from '../../src/core/hub/release.ts';
import type { PresentRelease, Release } from '../../src/core/unit.ts';
import { render } from '../../src/commands/render.ts';
import { deployedInFolder } from '../../src/edges/deployed.ts';
import type { Deployed } from '../../src/edges/deployed.ts';
import { gatherPlan } from '../../src/flow/plan.ts';
import { gatherCharts } from '../../src/gather/charts.ts';
import { gatherPlatform } from '../../src/gather/platform.ts';
import { DOUBLE, edit, temporary } from '../support/sample.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HUB = 'environments/hub.yaml';
const report = { progress: () => undefined };
let folder: Awaited<ReturnType<typeof temporary>>;
let deployed: Deployed;

beforeAll(async () => {
  folder = await temporary();
  const root = join(folder.path, 'base');
  await cp(join(import.meta.dirname, '../core/rules/_base'), root, { recursive: true });
  const out = join(folder.path, 'present');
  await render({ root, chartsFrom: DOUBLE, hubs: 'all', out, now: NOW }, report as never);
  deployed = await deployedInFolder(out);
});
afterAll(() => folder.remove());

/** Another version of our own chart, which brings nothing new into the hub. */
function withOtherUmbrella(release: Release): Release {
  const charts = release.charts.map((chart) =>
    chart.name === 'jupyterhub' ? chart : { ...chart, digest: 'another' },
  );
  return { ...release, charts };
}

interface Kind {
  /** In the hub's file. */
  file?: [string, string];
  /** At the end of a file of the hub's chart. */
  chart?: [string, string];
  /** What runs instead. */
  present?: (release: Release) => Release;
  restarts: boolean;
}

test.each<[string, Kind]>([
  ['the size of servers', { file: ['memory: 4G', 'memory: 5G'], restarts: false }],
  ['the title', { file: ['title: Hub', 'title: Hub two'], restarts: false }],
  ['idle time', { file: ['idle: 1h', 'idle: 2h'], restarts: true }],
  ['homes', { file: ['size: 20Gi', 'size: 30Gi'], restarts: true }],
  ['how many servers', { file: ['maxServers: 40', 'maxServers: 50'], restarts: true }],
  ['the address', { file: ['hub.example.org', 'b.example.org'], restarts: true }],
  ['a new secret', { file: ['secrets:', 'secrets:\n  extra: {use: x}'], restarts: true }],
  [
    'a value of the chart',
    {
      file: ['capacity:', 'values: {hub: {concurrentSpawnLimit: 7}}\ncapacity:'],
      restarts: true,
    },
  ],
  [
    'the configuration that the chart brings',
    { chart: ['jupyterhub/files/jupyterhub_config.py', '# another\n'], restarts: true },
  ],
  ['our own chart beside the hub', { present: withOtherUmbrella, restarts: false }],
])(
  'what is rendered and what releases say agree whether the hub restarts: %s',
  async (what, kind) => {
    const root = join(folder.path, what.replaceAll(' ', '-'));
    await cp(join(folder.path, 'base'), root, { recursive: true });
    if (kind.file) await edit(root, HUB, ...kind.file);
    const chartsFrom = join(root, 'charts');
    await cp(DOUBLE, chartsFrom, { recursive: true });
    if (kind.chart) await appendFile(join(chartsFrom, kind.chart[0]), kind.chart[1]);
    const before: Deployed = {
      unreadable: [],
      manifests: (unit) => deployed.manifests(unit),
      releases: deployed.releases.map((one): PresentRelease =>
        kind.present && one.unit.kind === 'hub'
          ? { ...one, digest: 'another', release: kind.present(one.release) }
          : one,
      ),
    };

    const planned = await gatherPlan({ root, chartsFrom, now: NOW, deployed: before }, report);
    const step =
      planned.kind === 'planned' ? planned.plan.steps.find(({ id }) => id === 'hub') : undefined;
    const { platform } = await gatherPlatform(root);
    const charts = await gatherCharts(platform!, { root, chartsFrom, report });
    const to = wantedReleases(platform!, charts).find(({ unit }) => unit.kind === 'hub');
    const from = before.releases.find(({ unit }) => unit.kind === 'hub');

    expect({
      rendered: step?.json['restartsHub'],
      releases: restartsHub(from!.release, to!.release),
    }).toEqual({ rendered: kind.restarts, releases: kind.restarts });
  },
);
