import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { at, objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Edit } from '../support/apply-bench.ts';
import type { PodEnd } from '../support/cluster.ts';
import {
  DATA,
  FOLDER,
  SYSTEM,
  dataBench,
  lockOf,
  progressOf,
  reportOf,
  rowOf,
} from '../support/data-bench.ts';
import { stepsOf } from '../support/deploy-bench.ts';
import type { DeployBench } from '../support/deploy-bench.ts';

const open: DeployBench[] = [];
async function make(binds = true): Promise<DeployBench> {
  const here = await dataBench({ binds });
  open.push(here);
  return here;
}
afterEach(async () => {
  for (const one of open.splice(0)) await one.remove();
});

const orderIn = ({ bench }: DeployBench): JsonObject | undefined => {
  const order = bench.kube.peek('ConfigMap', 'oggm-data-order', SYSTEM);
  const packed = Buffer.from(textAt(order, '/binaryData/order.json.gz'), 'base64');
  return objectOf(gunzipSync(packed).toString());
};

test('a deployment orders what its hubs want, and gives a hub its volume before its servers', async () => {
  const here = await make();
  const done = await here.run({ now: true, reason: 'x' });
  expect(stepsOf(done)).toContain('one done deployed');
  expect(here.said.join('\n')).toContain('data sets cru (1 files, 0.1Gi) are being laid on');
  const { kube } = here.bench;
  const [job] = kube.objectsIn('Job', SYSTEM);
  expect(at(job, '/spec/template/spec/containers/0/image')).toMatch(/./u);
  expect(at(orderIn(here), '/sets/0/set')).toBe('cru');
  expect(at(kube.peek('PersistentVolume', 'oggm-data-one'), '/spec/local/path')).toBe('/opt/pvc-1');
  expect(kube.names('PersistentVolumeClaim')).toEqual(
    expect.arrayContaining(['PersistentVolumeClaim one/oggm-data']),
  );
  expect(kube.names('PersistentVolume')).not.toContain('PersistentVolume oggm-data-two');
});

test('what was ordered is not ordered again, and a Job that gave up is', async () => {
  const here = await make();
  await here.run({ now: true, reason: 'x' });
  const jobs = (): string[] => here.bench.kube.names('Job');
  const [first = ''] = jobs();
  await here.run();
  expect(jobs()).toEqual([first]);
  const name = first.split('/')[1] ?? '';
  const conditions = [{ type: 'Failed', status: 'True' }];
  here.bench.kube.setStatus('Job', name, SYSTEM, { conditions });
  await here.run();
  expect(jobs()).toHaveLength(1);
  expect(jobs()).not.toEqual([first]);
});

test('another lock is another order, and the view that still runs is kept', async () => {
  const here = await make();
  await here.run({ now: true, reason: 'x' });
  const before = at(orderIn(here), '/views/0/view');
  await here.write(...DATA.slice(0, 2), ['data/cru.lock.yaml', '', lockOf(6)], DATA[3] as Edit);
  await here.run({ now: true, reason: 'x' });
  expect(at(orderIn(here), '/views/0/view')).not.toBe(before);
  expect(at(orderIn(here), '/keep')).toEqual([before]);
});

test('a volume that is not there holds up only the hub that needs it', async () => {
  const here = await make(false);
  const done = await here.run({ now: true, reason: 'x' });
  expect(stepsOf(done)).toEqual(
    expect.arrayContaining(['one failed infrastructure', 'two done deployed']),
  );
  expect(here.said.join('\n')).toContain('the user 1000 cannot make a folder on the volume');
});

test('the volume of a hub that has no data any more goes when no server uses it', async () => {
  const here = await make();
  await here.run({ now: true, reason: 'x' });
  const { kube } = here.bench;
  const volumes = (): string[] =>
    kube
      .names('PersistentVolume', 'PersistentVolumeClaim')
      .filter((name) => /oggm-data/u.test(name));
  const before = volumes();
  expect(before).toEqual(
    expect.arrayContaining([
      'PersistentVolume oggm-data-one',
      'PersistentVolumeClaim one/oggm-data',
    ]),
  );
  const server = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'jupyter-ada', namespace: 'one' },
    spec: { volumes: [{ name: 'x', persistentVolumeClaim: { claimName: 'oggm-data' } }] },
    status: { phase: 'Running' },
  };
  kube.add(server);
  await here.write(...DATA.slice(0, 3));
  await here.run({ now: true, reason: 'x' });
  expect(here.said.at(-1)).toBe(
    'one: input data are still used by 1 server: a later deployment takes its volume away',
  );
  expect(volumes()).toEqual(before);
  kube.drop(server, 'one');
  await here.run();
  expect(here.said.at(-1)).toBe(
    'one: its volume of input data is gone, because its file names none',
  );
  expect(volumes()).toEqual(['PersistentVolumeClaim glaciocloud-system/oggm-data']);
  const said = here.said.length;
  await here.run();
  expect(here.said.slice(said).join('\n')).not.toContain('input data');
});

test('a hub that still runs what mounts its data keeps them', async () => {
  const here = await make();
  await here.run({ now: true, reason: 'x' });
  await here.write(...DATA.slice(0, 3));
  here.bench.health = {
    lines: [{ check: 'hub', image: null, ok: false, seconds: 1, detail: 'no', class: 'product' }],
    code: 1,
  };
  expect(stepsOf(await here.run({ now: true, reason: 'x' }))).toContain('one rolled-back product');
  expect(here.bench.kube.names('PersistentVolume')).toContain('PersistentVolume oggm-data-one');
});

describe('a new hub that waits for its data', () => {
  const WAITS: Edit[] = [
    ...DATA.slice(0, 3),
    [
      'environments/one.yaml',
      'images: [science]',
      'images: [science]\ndata: [cru]\nwaitForData: true',
    ],
  ];
  async function waiting(end: PodEnd): Promise<DeployBench> {
    const here = await dataBench({ filler: () => end, edits: WAITS });
    open.push(here);
    return here;
  }
  const jobOf = ({ bench }: DeployBench): string =>
    textAt(bench.kube.objectsIn('Job', SYSTEM)[0], '/metadata/name');
  const end = (here: DeployBench, type: string, log: string): void => {
    const { kube } = here.bench;
    kube.log.set(`${jobOf(here)}-1`, log);
    kube.setStatus('Job', jobOf(here), SYSTEM, { conditions: [{ type, status: 'True' }] });
  };

  test('is installed when they are there, and no other hub waits', async () => {
    const here = await waiting({ phase: 'Running' });
    const { bench, said } = here;
    bench.clock.after(20 * 60_000, () => end(here, 'Complete', reportOf(rowOf())));
    const begun = bench.clock.elapsed();
    expect(stepsOf(await here.run())).toEqual(
      expect.arrayContaining(['one done deployed', 'two done deployed']),
    );
    expect(bench.clock.elapsed() - begun).toBeGreaterThan(20 * 60_000);
    const order = said.filter((text) => /waiting for its input|two: load|one: load/u.test(text));
    expect(order.map((text) => text.split(':')[0])).toEqual(['one', 'two', 'one']);
  });

  test('is left for the next run where they take longer', async () => {
    const log = progressOf(2);
    const here = await waiting({ phase: 'Running', log });
    const first = await here.run();
    expect(stepsOf(first)).toEqual(
      expect.arrayContaining(['one waiting data-missing', 'two done deployed']),
    );
    expect(first.exit).toBe(0);
    expect(first.text).toContain('still being fetched (cru: 0 of 1 files, 0 of 1Mi)');
    end(here, 'Complete', '');
    expect(stepsOf(await here.run())).toContain('one done deployed');
  });

  test('is blocked where they cannot be had, with the cause', async () => {
    const why = { path: 'data.example.org/cru.nc', cause: 'It is gone.', cure: 'Lock it anew.' };
    const log = reportOf(rowOf({ state: 'missing', problems: [why] }));
    const here = await waiting({ phase: 'Failed', log, more: FOLDER });
    const done = await here.run();
    expect(stepsOf(done)).toContain('one blocked data-missing');
    expect(done.text).toContain('cru is missing: It is gone. Lock it anew.');
    expect(here.bench.kube.names('Deployment')).not.toContain('Deployment one/hub');
  });

  test('waits the first time only', async () => {
    const here = await waiting({ phase: 'Succeeded' });
    expect(stepsOf(await here.run())).toContain('one done deployed');
    await here.write(...WAITS.slice(0, 2), ['data/cru.lock.yaml', '', lockOf(6)], WAITS[3] as Edit);
    here.bench.kube.podEnds = () => ({ phase: 'Running' });
    const steps = stepsOf(await here.run({ now: true, reason: 'x' }));
    expect(steps).toContain('one done deployed');
  });
});
