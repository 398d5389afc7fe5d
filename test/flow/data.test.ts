import { afterEach, expect, test } from '@jest/globals';
import { at, objectOf, textAt } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Edit } from '../support/apply-bench.ts';
import { DATA, SYSTEM, dataBench, lockOf } from '../support/data-bench.ts';
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

const orderIn = ({ bench }: DeployBench): JsonObject | undefined =>
  objectOf(textAt(bench.kube.peek('ConfigMap', 'oggm-data-order', SYSTEM), '/data/order.json'));

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
