import { beforeEach, expect, test } from '@jest/globals';
import { takeOverNotices, writeNotices } from '../../src/apply/access/notices.ts';
import { textAt } from '../../src/core/json.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble } from '../support/cluster.ts';

const HUB = 'science';
let clock: FakeClock;
let kube: ClusterDouble;

beforeEach(() => {
  clock = new FakeClock();
  kube = new ClusterDouble(clock);
  kube.add(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HUB } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hub', namespace: HUB, labels: { app: 'jupyterhub', component: 'hub' } },
    },
  );
});

/** As an earlier release of the chart made it. */
function ofHelm(text: string): void {
  const metadata = { name: 'hub-notices', namespace: HUB };
  const data = { 'notices.json': text };
  kube.serverSideApply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data }, 'helm', true);
}

const map = () => kube.peek('ConfigMap', 'hub-notices', HUB);
const text = () => textAt(map(), '/data/notices.json');
const kept = () => textAt(map(), '/metadata/annotations/helm.sh~1resource-policy');
const touched = () =>
  textAt(kube.peek('Pod', 'hub', HUB), '/metadata/annotations/glaciocloud.org~1touch');

test('what differs is written, and the hub’s pod is touched so that it is read at once', async () => {
  expect(await writeNotices(HUB, 'first', { kube, clock })).toBe(true);
  expect([text(), kept(), touched()]).toEqual(['first', 'keep', String(clock.now().getTime())]);
  expect(await writeNotices(HUB, 'second', { kube, clock })).toBe(true);
  expect(text()).toBe('second');
});

test('what is there already is not written again', async () => {
  await writeNotices(HUB, 'first', { kube, clock });
  expect(await writeNotices(HUB, 'first', { kube, clock })).toBe(false);
});

test('an equal text that is still Helm’s is taken over', async () => {
  ofHelm('first');
  expect(await writeNotices(HUB, 'first', { kube, clock })).toBe(true);
  expect(kept()).toBe('keep');
});

test('before Helm runs, what it made is taken over with the switch of the file', async () => {
  ofHelm('old');
  await takeOverNotices(HUB, 'first', kube);
  expect([text(), kept()]).toEqual(['first', 'keep']);
});

test('a hub without any gets its first; what was announced since stays', async () => {
  await takeOverNotices(HUB, 'first', kube);
  expect([text(), kept()]).toEqual(['first', 'keep']);
  await writeNotices(HUB, 'a pause', { kube, clock });
  await takeOverNotices(HUB, 'first', kube);
  expect(text()).toBe('a pause');
});
