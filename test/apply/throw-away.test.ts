import { describe, expect, test } from '@jest/globals';
import { restoreDatabase } from '../../src/apply/hub/database.ts';
import { applyHub } from '../../src/apply/hub/hub.ts';
import { watchRollout } from '../../src/apply/hub/rollout.ts';
import { telling } from '../../src/apply/removal/stream.ts';
import { runThrowAway, withThrowAway } from '../../src/apply/throw-away.ts';
import type { ThrowAway } from '../../src/apply/throw-away.ts';
import { Faulty } from '../../src/apply/types.ts';
import { merge } from '../../src/core/json.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { KubeFailure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';
import { FakeClock } from '../support/clock.ts';

const LABEL = 'glaciocloud.org/throw-away';
const object = (kind: string, name: string, pod = 'check'): JsonObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'one', labels: { [LABEL]: pod } },
});
const POD: ThrowAway = {
  name: 'check',
  namespace: 'one',
  objects: [
    object('Secret', 'check-hub'),
    object('ConfigMap', 'check-script'),
    object('Pod', 'check'),
  ],
  what: 'it cannot run',
};

function bench(): Bench {
  const made = new Bench();
  made.kube.add({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'one' } });
  return made;
}

const left = (of: Bench): string[] => of.kube.names('Pod', 'Secret', 'ConfigMap');
async function faultOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof Faulty)) throw error;
      return [error.fault, error.message];
    },
  );
}

describe('a throw-away pod', () => {
  test.each([
    ['Succeeded', true],
    ['Failed', false],
  ] as const)('runs to its end, whether it %s, and leaves nothing', async (phase, ok) => {
    const here = bench();
    here.pods = { check: { phase, log: 'said' } };
    expect(await runThrowAway(POD, here.world)).toEqual({ ok, log: 'said' });
    expect(left(here)).toEqual([]);
    expect(here.clock.elapsed()).toBe(1000);
  });

  test('goes before it comes, where an earlier run has left one; others stay', async () => {
    const here = bench();
    here.kube.add(object('Pod', 'check'), object('Secret', 'old'), object('Pod', 'other', 'other'));
    expect((await runThrowAway(POD, here.world)).ok).toBe(true);
    expect(left(here)).toEqual(['Pod one/other']);
    expect(here.outside.made('apply', 'deleteBy').map((call) => call.split(':')[0])).toEqual([
      'deleteBy',
      'apply',
      'deleteBy',
    ]);
  });

  test('is made when what an earlier run has left is gone, and not before', async () => {
    const here = bench();
    const held = object('PersistentVolumeClaim', 'check');
    here.kube.add(merge(held, { metadata: { finalizers: ['x'] } }));
    const claims = { ...POD, kinds: ['persistentvolumeclaims'] };
    here.clock.after(3000, () => {
      here.kube.add(held); // whatever held it lets it go
      here.kube.drop(held, 'one');
    });
    expect((await runThrowAway(claims, here.world)).ok).toBe(true);
    expect(here.clock.elapsed()).toBe(4000);
  });

  test('is not made under what does not go', async () => {
    const here = bench();
    const held = object('ConfigMap', 'check-script');
    here.kube.add(merge(held, { metadata: { finalizers: ['x'] } }));
    expect(await faultOf(runThrowAway(POD, here.world))).toEqual([
      'infrastructure',
      'ConfigMap check-script of an earlier run does not go; look at it with kubectl describe',
    ]);
    expect(here.outside.made('apply')).toEqual([]);
  });

  test('that somebody takes away is not waited for', async () => {
    const here = bench();
    here.pods = { check: { phase: 'Running' } };
    here.clock.after(2000, () => here.kube.drop(object('Pod', 'check'), 'one'));
    expect(await faultOf(runThrowAway(POD, here.world))).toEqual([
      'infrastructure',
      'it cannot run: somebody took the throw-away pod away',
    ]);
  });

  test('lives as long as its kind does', async () => {
    const here = bench();
    here.pods = { check: { phase: 'Running' } };
    await faultOf(runThrowAway({ ...POD, seconds: 1500 }, here.world));
    expect(here.clock.elapsed()).toBe(1_525_000);
  });

  test('that does not end is given up once it cannot live any more, and not before', async () => {
    const here = bench();
    here.pods = { check: { phase: 'Running' } };
    expect(await faultOf(runThrowAway(POD, here.world))).toEqual([
      'infrastructure',
      'it cannot run: the throw-away pod did not end',
    ]);
    expect([here.clock.elapsed(), left(here)]).toEqual([325_000, []]);
  });

  test('that cannot start ends at once, with the reason', async () => {
    const here = bench();
    const waiting = { reason: 'ErrImagePull', message: 'manifest unknown' };
    const status = { phase: 'Pending', containerStatuses: [{ state: { waiting } }] };
    here.clock.after(600, () => here.kube.setStatus('Pod', 'check', 'one', status));
    expect(await faultOf(runThrowAway(POD, here.world))).toEqual([
      'product',
      'it cannot run: check: the image cannot be pulled: Kubernetes says “manifest unknown”',
    ]);
    expect([here.clock.elapsed(), left(here)]).toEqual([750, []]);
  });

  test.each(['DeadlineExceeded', 'Evicted'])(
    'that is ended from outside (%s) has said nothing',
    async (reason) => {
      const here = bench();
      here.pods = { check: { phase: 'Running' } };
      const status = { phase: 'Failed', reason };
      here.clock.after(600, () => here.kube.setStatus('Pod', 'check', 'one', status));
      expect(await faultOf(runThrowAway(POD, here.world))).toEqual([
        'infrastructure',
        `it cannot run: the throw-away pod was ended: ${reason}`,
      ]);
    },
  );

  test('that is gone is waited for', async () => {
    const here = bench();
    expect(await faultOf(runThrowAway({ ...POD, objects: [] }, here.world))).toEqual([
      'infrastructure',
      'it cannot run: the throw-away pod did not end',
    ]);
  });

  test('that waits is worked with while it runs, and taken away whatever comes of it', async () => {
    const here = bench();
    here.pods = { check: { phase: 'Running' } };
    const work = (): Promise<string> => Promise.resolve(left(here).join(' '));
    expect(await withThrowAway(POD, here.world, work)).toContain('Pod one/check');
    expect(left(here)).toEqual([]);
    const broken = (): Promise<never> => Promise.reject(new Error('broken'));
    await expect(withThrowAway(POD, here.world, broken)).rejects.toThrow('broken');
    expect(left(here)).toEqual([]);
  });

  test.each(['Succeeded', 'Failed'] as const)(
    'that should wait and has %s is no use',
    async (phase) => {
      const here = bench();
      here.pods = { check: { phase, log: `${'x'.repeat(400)}\n` } };
      const work = (): Promise<never> => Promise.reject(new Error('it was worked with'));
      expect(await faultOf(withThrowAway(POD, here.world, work))).toEqual([
        'infrastructure',
        `it cannot run: the log of its pod says “${'x'.repeat(300)}…”`,
      ]);
    },
  );

  test('is taken away where making it fails half way', async () => {
    const here = bench();
    const error = new KubeFailure('refused', { hint: '' });
    here.outside.fail({ call: 'logs', error });
    await expect(runThrowAway(POD, here.world)).rejects.toThrow('refused');
    expect(left(here)).toEqual([]);
  });
});

describe('a database', () => {
  test('is not restored under a hub that does not stop', async () => {
    const here = new Bench();
    await applyHub(here.task('one'), here.world);
    here.kube.add({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'stuck',
        namespace: 'one',
        labels: { app: 'jupyterhub', component: 'hub' },
      },
      status: { phase: 'Running' },
    });
    const begin = here.clock.elapsed();
    const restored = restoreDatabase(here.task('one'), 'before-x', 1, here.world);
    expect(await faultOf(restored)).toEqual([
      'infrastructure',
      'the hub does not stop, so that its database cannot be restored',
    ]);
    expect(here.clock.elapsed() - begin).toBe(90_000);
    expect(here.outside.made('deleteBy').filter((call) => call.includes('restore'))).toEqual([]);
  });

  test('is restored in the image of the revision that it belongs to, where its schema is another', async () => {
    const here = new Bench();
    await applyHub(here.task('one'), here.world);
    let pod = '';
    here.kube.podEnds = (one) => {
      pod = JSON.stringify(one);
      return { phase: 'Succeeded', log: '{"restored": "x"}' };
    };
    await restoreDatabase(here.task('one'), 'before-x', 1, here.world);
    expect(pod).toContain('"hub:1"');
    expect(pod).toContain('"before-x","--if-changed"');
    expect(pod).toContain('"claimName":"hub-db-dir"');
  });
});

describe('a rollout', () => {
  test('says what it waits for once, until it has something else to say', async () => {
    const here = new Bench();
    await applyHub(here.task('one'), here.world);
    here.said.length = 0;
    here.kube.badPods = () => ({ phase: 'Pending' });
    await here.kube.scale('hub', 2, 'one');
    const watched = watchRollout(here.task('one'), here.world);
    expect(await faultOf(watched)).toEqual(['product', 'not ready after 300 s: hub (pending)']);
    expect(here.said).toEqual(['one: waiting for hub (running)', 'one: waiting for hub (pending)']);
  });

  test.each([3_600_000, -3_600_000])(
    'takes its five minutes though the clock is set by %i ms meanwhile',
    async (byMs) => {
      const here = new Bench();
      await applyHub(here.task('one'), here.world);
      here.kube.badPods = () => ({ phase: 'Pending' });
      await here.kube.scale('hub', 2, 'one');
      const began = here.clock.elapsed();
      here.clock.after(5500, () => here.clock.setBy(byMs));
      const watched = watchRollout(here.task('one'), here.world);
      expect(await faultOf(watched)).toEqual(['product', 'not ready after 300 s: hub (pending)']);
      expect(here.clock.elapsed() - began).toBe(300_000);
    },
  );

  test('is not judged by pods of other parts of the hub', async () => {
    const here = new Bench();
    await applyHub(here.task('one'), here.world);
    here.kube.add({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'puller',
        namespace: 'one',
        labels: { app: 'jupyterhub', component: 'image-puller' },
      },
      status: {
        phase: 'Pending',
        containerStatuses: [{ state: { waiting: { reason: 'InvalidImageName', message: 'x' } } }],
      },
    });
    expect(await faultOf(watchRollout(here.task('one'), here.world))).toBeUndefined();
  });
});

test('people are told after two seconds, then every fifteen, until nothing is left to tell', async () => {
  const clock = new FakeClock();
  const said: number[] = [];
  const quiet = telling(clock, () => said.push(clock.elapsed()));
  await clock.sleep(33_000);
  quiet();
  await clock.sleep(60_000);
  expect([said, clock.waiting]).toEqual([[2000, 17_000, 32_000], 0]);
});
