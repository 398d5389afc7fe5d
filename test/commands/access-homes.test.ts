import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { accessHomes } from '../../src/commands/access-homes.ts';
import { at } from '../../src/core/json.ts';
import type { HomeSources } from '../../src/flow/access-homes.ts';
import { NOON, entry, presentHub } from '../support/access-facts.ts';
import { auditLine } from '../support/audit.ts';
import { FakeClock } from '../support/clock.ts';
import { ClusterDouble } from '../support/cluster.ts';
import { failureOf } from '../support/program.ts';
import { copyPlatform, temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let kube: ClusterDouble;
beforeEach(async () => {
  folder = await temporary();
  await copyPlatform(join(folder.path, 'platform'));
  kube = new ClusterDouble(new FakeClock());
});
afterEach(() => folder.remove());

/** A claim in the cluster's double; others than homes have another component. */
function claim(name: string, username: string | undefined, component = 'singleuser-storage'): void {
  kube.add({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: 'hub',
      labels: { component },
      annotations: username === undefined ? {} : { 'hub.jupyter.org/username': username },
    },
    spec: { resources: { requests: { storage: '2Gi' } } },
  });
}

const homes = (more: Partial<HomeSources> = {}, hubs: string[] = []) =>
  accessHomes(
    {
      root: join(folder.path, 'platform'),
      people: undefined,
      hubs,
      now: NOON,
      detail: 'everybody',
    },
    {
      kube,
      present: (asked) =>
        Promise.resolve({
          present: new Map(
            asked
              .filter((hub) => hub === 'hub')
              .map((hub) => [hub, presentHub({ '7': entry('ada') })]),
          ),
          unread: [],
        }),
      names: {
        read: () => Promise.resolve(new Map([['9', { name: 'eva', claims: {} }]])),
        keep: () => Promise.resolve(),
      },
      audit: {
        read: () =>
          Promise.resolve({
            lines: [auditLine({ hub: 'hub', subject: '9', after: null })],
            damaged: [],
          }),
        append: () => Promise.resolve(),
      },
      ...more,
    },
  );

test('homes of people gone are read from the cluster, of hubs that are there', async () => {
  kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hub' } });
  claim('claim-ada', 'ada');
  claim('claim-eva', 'eva');
  claim('claim-of-nobody', undefined);
  claim('hub-db-dir', 'lea', 'hub');
  const { exit, text, json } = await homes();
  expect([exit, text]).toEqual([
    0,
    'hub: 1 of 2 homes are of people gone, 2 GiB\n  claim-eva  2Gi  gone since 2026-11-24, 0 days  9 eva\n',
  ]);
  expect([
    at(json, '/schema_version'),
    at(json, '/hubs/0/gone/0/claim'),
    at(json, '/silent'),
  ]).toEqual([1, 'claim-eva', []]);
});

test('a hub that does not answer is named: whom it knows is not known', async () => {
  const present = () =>
    Promise.resolve({
      present: new Map([['hub', { ...presentHub({}), isSilent: true as const }]]),
      unread: [],
    });
  const { exit, text, json } = await homes({ present });
  expect([exit, at(json, '/silent')]).toEqual([3, ['hub']]);
  expect(text).toContain('⚠ hub does not answer: whom it knows still is not known\n');
});

test('a hub that Kubernetes does not answer for is left out, and its cause is told', async () => {
  const unread = [{ hub: 'hub', why: 'secret hub-access cannot be read: forbidden' }];
  const { exit, text, json } = await homes({
    present: () => Promise.resolve({ present: new Map(), unread }),
  });
  expect([exit, text, at(json, '/silent')]).toEqual([
    3,
    '⚠ hub is left out: secret hub-access cannot be read: forbidden\n',
    [],
  ]);
  expect(at(json, '/unread')).toEqual(unread);
});

test('is refused where nobody can say whose a home is, and for a hub that there is none', async () => {
  const names = { read: () => Promise.resolve(undefined), keep: () => Promise.resolve() };
  expect(await failureOf(homes({ names }))).toMatchObject({
    message: 'the branch names is damaged: nobody can say whose a home is',
    exit: 1,
  });
  expect(await failureOf(homes({}, ['nowhere']))).toMatchObject({
    message: 'there is no hub "nowhere", or its file has mistakes',
  });
});
