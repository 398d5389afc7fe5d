import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { textAt } from '../../src/core/json.ts';
import { edit, temporary } from '../support/sample.ts';
import { Fleet, PARALLEL, PRODUCTION, STAGING } from './fleet.ts';
import type { Call } from './fleet.ts';
import type { DeployRun } from './support.ts';

/*
 * Many clusters, six hubs each, staging before production, deployed by two processes at a time. One control plane with fake nodes
 * plays all of them: identity of the clusters and health of the hubs are doubles (fleet-tool.sh). The tests build on one another.
 * Times are printed, not asserted.
 */
const COUNT = process.env['GLACIOCLOUD_LAB_ALL'] === '1' ? 30 : 3;
const LIMIT = 1_800_000;
const HUBS = [...STAGING, ...PRODUCTION];
/** The cluster where things go wrong, the hub of its first wave that does, and another cluster. */
const SICK = 'c02';
const CULPRIT = `${SICK}-s2`;
const OTHER = 'c03';
let folder: Awaited<ReturnType<typeof temporary>>;
let fleet: Fleet | undefined;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const theFleet = (): Fleet => {
  if (!fleet) throw new Error('the fleet did not start');
  return fleet;
};
const steps = ({ json }: DeployRun): string[] =>
  json.steps.map(({ unit, kind, outcome }) => `${unit.name} ${kind} ${outcome}`);
const every = (cluster: string, hubs: readonly string[], what: string): string[] =>
  hubs.map((hub) => `${cluster}-${hub} ${what}`);
const writes = (calls: readonly Call[]): string[] =>
  calls
    .filter(({ program, words }) => program === 'helm' || !words.startsWith('get '))
    .map(({ program, cluster, hub, words }) => `${cluster} ${hub}: ${program} ${words}`);

beforeAll(async () => {
  folder = await temporary();
  fleet = await Fleet.start(join(folder.path, 'fleet'), COUNT);
}, 300_000);
afterAll(async () => {
  await fleet?.stop();
  await folder.remove();
}, 60_000);

/** From the first call about a hub to the last; undefined where there was none. */
function span(calls: readonly Call[], hub: string): { begin: number; end: number } | undefined {
  const own = calls.filter((call) => call.hub === hub);
  return own.length === 0
    ? undefined
    : {
        begin: Math.min(...own.map(({ begin }) => begin)),
        end: Math.max(...own.map(({ end }) => end)),
      };
}

function mostAtOnce(spans: readonly { begin: number; end: number }[]): number {
  return Math.max(
    ...spans.map(
      ({ begin }) => spans.filter((one) => one.begin <= begin && begin < one.end).length,
    ),
  );
}

/** A hub counts as healthy when its check has answered well and its state is written: with the last call about it. */
function expectWaves(calls: readonly Call[], cluster: string): void {
  const spans = (hubs: readonly string[]): { begin: number; end: number }[] =>
    hubs.flatMap((hub) => span(calls, `${cluster}-${hub}`) ?? []);
  const [staging, production] = [spans(STAGING), spans(PRODUCTION)];
  expect([cluster, staging.length, production.length]).toEqual([
    cluster,
    STAGING.length,
    PRODUCTION.length,
  ]);
  const proven = STAGING.map(
    (hub) =>
      calls
        .filter((call) => call.hub === `${cluster}-${hub}` && call.words.startsWith('exec '))
        .at(-1)?.code,
  );
  expect([cluster, proven]).toEqual([cluster, [0, 0, 0]]);
  const left =
    Math.min(...production.map(({ begin }) => begin)) - Math.max(...staging.map(({ end }) => end));
  expect([cluster, left > 0]).toEqual([cluster, true]);
  expect([cluster, mostAtOnce([...staging, ...production])]).toEqual([cluster, PARALLEL]);
}

/** Of the wave that all clusters take together: how long, and what it took. */
function noteWave(wave: string, calls: readonly Call[], seconds: number): void {
  const touched = new Set(calls.map(({ hub }) => hub).filter((hub) => hub.startsWith('c')));
  const worked = [...touched]
    .map((hub) => span(calls, hub))
    .reduce((sum, one) => sum + (one ? one.end - one.begin : 0), 0);
  const helm = calls.filter(({ program }) => program === 'helm').length;
  note(
    `wave ${wave} of ${COUNT} clusters, ${touched.size} hubs: ${seconds.toFixed(1)} s in all; a hub takes ${(worked / touched.size).toFixed(1)} s beside three others, ${(calls.length / touched.size).toFixed(0)} calls, of which Helm ${(helm / touched.size).toFixed(0)}`,
  );
}

async function namespacesOf(cluster: string): Promise<string[]> {
  const all = await theFleet().kube.list('namespaces');
  const names = all.map((one) => textAt(one, '/metadata/name'));
  return names.filter((name) => name.startsWith(`${cluster}-`)).sort();
}

/** Calls of the first wave of all clusters, which those of the later one follow. */
let firstCalls: Call[];

describe('the first wave of all clusters', () => {
  let runs: Map<string, DeployRun>;
  beforeAll(async () => {
    await theFleet().sicken(CULPRIT);
    const began = performance.now();
    runs = await theFleet().deployAll(['--wave', 'staging']);
    const seconds = (performance.now() - began) / 1000;
    firstCalls = await theFleet().calls();
    noteWave('staging', firstCalls, seconds);
  }, LIMIT);

  test('ends well on every cluster but the one with the failing hub', () => {
    for (const [cluster, run] of runs) {
      if (cluster === SICK) continue;
      expect({ cluster, code: run.code, steps: steps(run) }).toEqual({
        cluster,
        code: 0,
        steps: every(cluster, STAGING, 'install done'),
      });
    }
    const sick = runs.get(SICK);
    expect(sick?.code).toBe(3);
    expect(sick && steps(sick)).toEqual([
      `${SICK}-s1 install done`,
      `${CULPRIT} install failed`,
      `${SICK}-s3 install done`,
    ]);
    expect(sick?.json.steps.map(({ reason }) => reason)).toEqual([
      '',
      'proxy: the test wants this hub to fail',
      '',
    ]);
  });

  test('takes so many hubs at once as the cluster allows', () => {
    for (const cluster of theFleet().clusters) {
      const spans = STAGING.flatMap((hub) => span(firstCalls, `${cluster}-${hub}`) ?? []);
      expect([cluster, mostAtOnce(spans)]).toEqual([cluster, PARALLEL]);
    }
  });

  test('is two processes at a time', () => {
    const processes = theFleet()
      .clusters.map((cluster) => firstCalls.filter((call) => call.cluster === cluster))
      .map((own) => ({ begin: own[0]?.begin ?? 0, end: own.at(-1)?.end ?? 0 }));
    expect(mostAtOnce(processes)).toBe(2);
  });

  test('keeps production of every cluster back while a hub of it never ran on one', async () => {
    const early = await theFleet().deploy(OTHER);
    expect([early.code, steps(early)]).toEqual([0, every(OTHER, PRODUCTION, 'none waiting')]);
    for (const { reason } of early.json.steps)
      expect(reason).toBe(
        `wave staging was never deployed on cluster ${SICK}, as far as is known here: ${CULPRIT}; begin there, with the same folder: \`glaciocloud deploy --cluster ${SICK} --wave staging --record FOLDER\``,
      );
    for (const cluster of [SICK, OTHER])
      expect(await namespacesOf(cluster)).toEqual(STAGING.map((hub) => `${cluster}-${hub}`));
    await theFleet().calls();
  });
});

describe('a hub that failed', () => {
  test('is not tried again by itself, nor its production', async () => {
    const again = await theFleet().deploy(SICK);
    expect([again.code, steps(again)]).toEqual([
      3,
      [`${CULPRIT} none blocked`, ...every(SICK, PRODUCTION, 'none blocked')],
    ]);
    expect(again.json.steps[0]?.reason).toMatch(
      /^quarantined since .*: proxy: the test wants this hub to fail$/u,
    );
  });

  test('alone and failing again is exit code 1', async () => {
    const alone = await theFleet().deploy(SICK, [
      CULPRIT,
      '--retry',
      CULPRIT,
      '--reason',
      'looking again',
    ]);
    expect([alone.code, steps(alone)]).toEqual([1, [`${CULPRIT} install failed`]]);
  });

  test('is installed once it is healthy, and then its production', async () => {
    await theFleet().heal(CULPRIT);
    await theFleet().calls();
    const healed = await theFleet().deploy(SICK, [
      '--retry',
      CULPRIT,
      '--reason',
      'it is well again',
    ]);
    expect([healed.code, steps(healed)]).toEqual([
      0,
      [`${CULPRIT} install done`, ...every(SICK, PRODUCTION, 'install done')],
    ]);
    const calls = await theFleet().calls();
    const begins = PRODUCTION.map((hub) => span(calls, `${SICK}-${hub}`)?.begin ?? 0);
    expect(Math.min(...begins)).toBeGreaterThan(span(calls, CULPRIT)?.end ?? Infinity);
  });
});

describe('production of all clusters', () => {
  let calls: Call[];
  let runs: Map<string, DeployRun>;
  beforeAll(async () => {
    const began = performance.now();
    runs = await theFleet().deployAll();
    const seconds = (performance.now() - began) / 1000;
    calls = await theFleet().calls();
    noteWave('production', calls, seconds);
  }, LIMIT);

  test('follows where every hub of the first wave is healthy', () => {
    for (const [cluster, run] of runs)
      expect({ cluster, code: run.code, steps: steps(run) }).toEqual({
        cluster,
        code: 0,
        steps: cluster === SICK ? [] : every(cluster, PRODUCTION, 'install done'),
      });
  });

  test('begins after every hub of its cluster’s first wave is healthy, and takes so many at once as the cluster allows', () => {
    for (const cluster of theFleet().clusters)
      if (cluster !== SICK) expectWaves([...firstCalls, ...calls], cluster);
  });
});

test('a cluster that no file names is exit code 2, and one with another identity is refused before any write', async () => {
  expect((await theFleet().deploy('c99')).code).toBe(2);
  await edit(
    theFleet().root,
    `clusters/${OTHER}.yaml`,
    '0000000000' + OTHER.slice(1),
    '000000000099',
  );
  const refused = await theFleet().deploy(OTHER);
  await edit(
    theFleet().root,
    `clusters/${OTHER}.yaml`,
    '000000000099',
    '0000000000' + OTHER.slice(1),
  );
  expect([refused.code, refused.output]).toEqual([
    1,
    expect.stringContaining(`this is not the cluster ${OTHER}`),
  ]);
  expect(writes(await theFleet().calls())).toEqual([]);
});

test('deployed again, nothing happens on any cluster: no Helm, and no write', async () => {
  const began = performance.now();
  const runs = await theFleet().deployAll();
  const seconds = (performance.now() - began) / 1000;
  const calls = await theFleet().calls();
  expect([...runs.values()].map((run) => [run.code, steps(run)])).toEqual(
    theFleet().clusters.map(() => [0, []]),
  );
  expect(new Set(calls.map(({ cluster }) => cluster)).size).toBe(COUNT);
  expect(writes(calls)).toEqual([]);
  note(
    `nothing to do on ${COUNT} clusters with ${COUNT * HUBS.length} hubs: ${seconds.toFixed(1)} s in all, ${(calls.length / COUNT).toFixed(0)} calls for each cluster`,
  );
});

describe('a change of all hubs of one cluster', () => {
  const change = async (from: string, to: string): Promise<void> => {
    for (const hub of HUBS)
      await edit(theFleet().root, `environments/${SICK}-${hub}.yaml`, from, to);
  };

  test('goes back where a hub fails, and production keeps what it runs', async () => {
    await change(
      `hub", tag: "lab@sha256:${'0'.repeat(64)}`,
      `hub", tag: "lab@sha256:${'1'.repeat(64)}`,
    );
    await theFleet().sicken(CULPRIT);
    const run = await theFleet().deploy(SICK);
    expect([run.code, steps(run)]).toEqual([
      3,
      [
        `${SICK}-s1 upgrade done`,
        `${CULPRIT} upgrade rolled-back`,
        `${SICK}-s3 upgrade done`,
        ...every(SICK, PRODUCTION, 'none blocked'),
      ],
    ]);
    const image = async (hub: string): Promise<string> =>
      textAt(
        (await theFleet().kube.get('deployment', 'hub', hub)) ?? {},
        '/spec/template/spec/containers/0/image',
      ).slice(-4);
    expect(await Promise.all([`${SICK}-s1`, CULPRIT, `${SICK}-p1`].map(image))).toEqual([
      '1111',
      '0000',
      '0000',
    ]);
    const calls = await theFleet().calls();
    expect(PRODUCTION.map((hub) => span(calls, `${SICK}-${hub}`))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('goes wave by wave where all are healthy, and other clusters have nothing to do', async () => {
    await theFleet().heal(CULPRIT);
    await change('idle: 1h', 'idle: 2h');
    const [run, other] = await Promise.all([theFleet().deploy(SICK), theFleet().deploy(OTHER)]);
    expect([run.code, steps(run)]).toEqual([0, every(SICK, HUBS, 'upgrade done')]);
    expect([other.code, other.json.steps]).toEqual([0, []]);
    const calls = await theFleet().calls();
    expectWaves(calls, SICK);
    expect(writes(calls.filter(({ cluster }) => cluster === OTHER))).toEqual([]);
    note(`${HUBS.length} hubs of one cluster upgraded in ${run.seconds.toFixed(1)} s`);
  });
});
