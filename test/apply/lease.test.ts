import { describe, expect, test } from '@jest/globals';
import { LeaseHeld, endingOf, withLease, withSeat } from '../../src/apply/lease.ts';
import type { Held, LeasePorts } from '../../src/apply/lease.ts';
import { at, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { Failure, KubeFailure } from '../../src/failure.ts';
import { Bench } from '../support/apply-bench.ts';

const SYSTEM = 'glaciocloud-system';
const NAME = 'hub-one';

function setup(): { bench: Bench; ports: LeasePorts } {
  const bench = new Bench();
  return { bench, ports: bench.world };
}

const lease = (bench: Bench, name = NAME): JsonObject | undefined =>
  bench.kube.peek('Lease', name, SYSTEM);
const spec = (bench: Bench, name = NAME): Json | undefined => at(lease(bench, name), '/spec');
const holder = (bench: Bench): string => textAt(lease(bench), '/spec/holderIdentity');

/** Another program holds the Lease, and last said so now. */
function hold(bench: Bench, owner = 'other-1', name = NAME): void {
  const renewTime = bench.clock.now().toISOString();
  bench.kube.add({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: SYSTEM },
    spec: { holderIdentity: owner, leaseDurationSeconds: 30, renewTime },
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof LeaseHeld ? error.code : String(error)),
  );
}

describe('a Lease', () => {
  test('that nobody has is ours while we work, and free afterwards', async () => {
    const { bench, ports } = setup();
    const during = await withLease(ports, NAME, () => Promise.resolve(spec(bench)));
    expect(during).toEqual({
      holderIdentity: 'run-00000001',
      leaseDurationSeconds: 30,
      acquireTime: '2026-11-24T12:00:00.000000Z',
      renewTime: '2026-11-24T12:00:00.000000Z',
    });
    expect(spec(bench)).toEqual({ leaseDurationSeconds: 30 });
    expect(bench.clock.waiting).toBe(0);
  });

  test('that somebody has given back is taken at once', async () => {
    const { bench, ports } = setup();
    await withLease(ports, NAME, () => Promise.resolve());
    expect(await withLease(ports, NAME, () => Promise.resolve(holder(bench)))).toBe('run-00000002');
    expect(bench.clock.elapsed()).toBe(0);
  });

  test('is free after work that fails, and the failure is told', async () => {
    const { bench, ports } = setup();
    const work = (): Promise<never> => Promise.reject(new Error('broken'));
    await expect(withLease(ports, NAME, work)).rejects.toThrow('broken');
    expect(holder(bench)).toBe('');
  });

  test('is renewed every ten seconds, by whoever acquired it', async () => {
    const { bench, ports } = setup();
    const seen: string[] = [];
    await withLease(ports, NAME, async (held) => {
      for (let second = 0; second <= 31; second += 1) {
        const renewed = textAt(lease(bench), '/spec/renewTime').slice(17, 23);
        if (renewed !== seen.at(-1)) seen.push(renewed);
        held();
        await bench.clock.sleep(1000);
      }
      expect(textAt(lease(bench), '/spec/acquireTime')).toBe('2026-11-24T12:00:00.000000Z');
    });
    expect(seen).toEqual(['00.000', '10.000', '20.000', '30.000']);
  });

  test('that another run renews is refused as soon as that is seen', async () => {
    const { bench, ports } = setup();
    hold(bench);
    bench.clock.after(5500, () => hold(bench));
    await expect(withLease(ports, NAME, () => Promise.resolve())).rejects.toMatchObject({
      code: 'lease-held',
      exit: 3,
      message: 'another deployment holds hub-one (other-1)',
      hint: 'wait for it; what it leaves is caught up by the next run',
    });
    expect(bench.clock.elapsed()).toBe(6000);
    expect(holder(bench)).toBe('other-1');
  });

  test('that nobody renews is taken over after thirty seconds, and not before', async () => {
    const { bench, ports } = setup();
    hold(bench);
    await withLease(ports, NAME, () => {
      expect(bench.clock.elapsed()).toBe(31_000);
      expect(holder(bench)).toBe('run-00000001');
      return Promise.resolve();
    });
  });

  test('that is renewed in the last second is not taken over', async () => {
    const { bench, ports } = setup();
    hold(bench);
    bench.clock.after(29_900, () => hold(bench));
    expect(await codeOf(withLease(ports, NAME, () => Promise.resolve()))).toBe('lease-held');
  });

  test('that changes hands was renewed, and its new owner is named', async () => {
    const { bench, ports } = setup();
    hold(bench);
    bench.clock.after(100, () => hold(bench, 'other-2'));
    await expect(withLease(ports, NAME, () => Promise.resolve())).rejects.toThrow('(other-2)');
  });

  test('that somebody else takes over faster is theirs', async () => {
    const { bench, ports } = setup();
    hold(bench);
    const conflict = new KubeFailure('an object cannot be changed', { hint: '', conflict: true });
    bench.outside.fail({ call: 'replace', error: conflict });
    bench.clock.after(31_100, () => hold(bench, 'other-2'));
    expect(await codeOf(withLease(ports, NAME, () => Promise.resolve()))).toBe('lease-held');
    expect(holder(bench)).toBe('other-2');
  });

  test('that cannot be made for another reason than that it is there is a failure', async () => {
    const { bench, ports } = setup();
    bench.outside.fail({ call: 'create', error: new KubeFailure('forbidden', { hint: '' }) });
    expect(await codeOf(withLease(ports, NAME, () => Promise.resolve()))).toBe(
      'KubeFailure: forbidden',
    );
  });

  test('is one run’s at a time, whichever is faster', async () => {
    const { bench, ports } = setup();
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await bench.clock.sleep(4000);
      inside -= 1;
    };
    await Promise.all([1, 2].map(() => withLease(ports, NAME, work)));
    expect(bench.clock.elapsed()).toBe(8000);
  });
});

describe('a Lease that was ours', () => {
  async function work(
    during: (held: Held, bench: Bench) => Promise<void>,
    prepare: (bench: Bench) => void = () => undefined,
  ): Promise<{ bench: Bench; code: string }> {
    const { bench, ports } = setup();
    prepare(bench);
    return { bench, code: await codeOf(withLease(ports, NAME, (held) => during(held, bench))) };
  }

  test('is not given back by whom it was taken from', async () => {
    const { bench, code } = await work(async (held, inner) => {
      hold(inner);
      held();
      await inner.clock.sleep(10_000);
      held();
    });
    expect([code, holder(bench)]).toEqual(['lease-lost', 'other-1']);
  });

  const down = (bench: Bench, times: number): void =>
    bench.outside.fail({
      call: 'replace',
      times,
      error: new KubeFailure('connection refused', { hint: '' }),
    });

  test('counts for thirty seconds where the cluster does not answer, and not longer', async () => {
    const { bench, code } = await work(
      async (held, { clock }) => {
        await clock.sleep(30_000);
        held();
        await clock.sleep(1);
        held();
      },
      (inner) => down(inner, 3),
    );
    expect([code, bench.clock.elapsed()]).toEqual(['lease-lost', 30_001]);
  });

  test('counts on where the cluster answers in time', async () => {
    const { code } = await work(
      async (held, { clock }) => {
        await clock.sleep(49_000);
        held();
      },
      (inner) => down(inner, 2),
    );
    expect(code).toBe('done');
  });

  test('is asked for in words', async () => {
    const { ports, bench } = setup();
    const lost = withLease(ports, NAME, async (held) => {
      hold(bench);
      await bench.clock.sleep(10_000);
      held();
    });
    await expect(lost).rejects.toMatchObject({
      message: 'hub-one could not be held: this run was too slow, or the cluster did not answer',
      hint: 'the next run goes on from here',
      exit: 3,
    });
  });

  /** What the cluster is asked to do with the Lease goes through here. */
  const through = (
    { kube }: Bench,
    way: (to: (lease: JsonObject) => Promise<JsonObject>, lease: JsonObject) => Promise<JsonObject>,
  ): void => {
    const replace = kube.replace.bind(kube);
    kube.replace = (lease) => way(replace, lease);
  };

  test('is given back where its last renewal arrives between the look and the word', async () => {
    const { bench, ports } = setup();
    const late: JsonObject[] = [];
    through(bench, async (replace, one) => {
      if (at(one, '/spec/holderIdentity') !== undefined) {
        late.push(one);
        return new Promise(() => undefined);
      }
      for (const renewal of late.splice(0)) await replace(renewal);
      return replace(one);
    });
    await withLease(ports, NAME, () => bench.clock.sleep(10_500));
    expect(bench.kube.outside.made('replace')).toHaveLength(3);
    expect(holder(bench)).toBe('');
  });

  test('stays ours where a renewal is answered after the next one began', async () => {
    const { bench, ports } = setup();
    through(bench, async (replace, one) => {
      const answer = await replace(one);
      if (at(one, '/spec/holderIdentity') !== undefined) await bench.clock.sleep(12_000);
      return answer;
    });
    const work = withLease(ports, NAME, async (held) => {
      for (let second = 0; second < 65; second += 1) {
        await bench.clock.sleep(1000);
        held();
      }
    });
    expect(await codeOf(work)).toBe('done');
    expect(holder(bench)).toBe('');
  });

  test.each(['get', 'replace'])(
    'that cannot be given back (%s) takes nothing from the result',
    async (call) => {
      const { bench, ports } = setup();
      const error = new KubeFailure('connection refused', { hint: '' });
      const result = await withLease(ports, NAME, () => {
        bench.outside.fail({ call, error });
        return Promise.resolve('the result');
      });
      expect([result, holder(bench)]).toEqual(['the result', 'run-00000001']);
    },
  );
});

describe('whatever the clock on the wall says', () => {
  const HOUR = 3_600_000;
  const MINUTES = 60_000;

  /** The same moment on a machine whose clock on the wall is off. */
  const onMachine = (ports: LeasePorts, self: string, offMs: number): LeasePorts => ({
    ...ports,
    self,
    clock: {
      now: () => new Date(ports.clock.now().getTime() + offMs),
      elapsed: () => ports.clock.elapsed(),
      uptime: () => ports.clock.uptime(),
      sleep: (ms) => ports.clock.sleep(ms),
      after: (ms, call) => ports.clock.after(ms, call),
    },
  });

  test.each([
    [HOUR, 0],
    [-HOUR, 0],
    [0, HOUR],
    [0, -HOUR],
  ])('a machine %i ms off holds against one %i ms off', async (one, other) => {
    const { bench, ports } = setup();
    const held = withLease(onMachine(ports, 'one', one), NAME, async (still) => {
      await bench.clock.sleep(2 * MINUTES);
      still();
    });
    await bench.clock.sleep(5000);
    const late = withLease(onMachine(ports, 'other', other), NAME, () => Promise.resolve());
    expect(await Promise.all([codeOf(held), codeOf(late)])).toEqual(['done', 'lease-held']);
  });

  test.each([HOUR, -HOUR])('what a dead one %i ms off left is taken in 31 s', async (offMs) => {
    const { bench, ports } = setup();
    bench.clock.setBy(offMs);
    hold(bench);
    bench.clock.setBy(-offMs);
    await withLease(ports, NAME, () => Promise.resolve());
    expect(bench.clock.elapsed()).toBe(31_000);
  });

  test.each([HOUR, -HOUR])('setting it by %i ms while we look neither steals', async (byMs) => {
    const { bench, ports } = setup();
    hold(bench);
    bench.clock.after(5500, () => bench.clock.setBy(byMs));
    bench.clock.after(9500, () => hold(bench));
    expect(await codeOf(withLease(ports, NAME, () => Promise.resolve()))).toBe('lease-held');
    expect(holder(bench)).toBe('other-1');
  });

  test.each([HOUR, -HOUR])('nor, by %i ms, waits longer than before', async (byMs) => {
    const { bench, ports } = setup();
    hold(bench);
    bench.clock.after(5500, () => bench.clock.setBy(byMs));
    await withLease(ports, NAME, () => Promise.resolve());
    expect(bench.clock.elapsed()).toBe(31_000);
  });

  test('setting it forward while we hold loses nothing', async () => {
    const { bench, ports } = setup();
    const work = withLease(ports, NAME, async (still) => {
      bench.clock.setBy(HOUR);
      still();
      await bench.clock.sleep(1000);
      still();
    });
    expect(await codeOf(work)).toBe('done');
  });

  test('setting it back while the cluster is silent keeps nothing that others may take', async () => {
    const { bench, ports } = setup();
    const silent = new KubeFailure('connection refused', { hint: '' });
    bench.outside.fail({ call: 'replace', times: 3, error: silent });
    const work = withLease(ports, NAME, async (still) => {
      bench.clock.setBy(-HOUR);
      await bench.clock.sleep(30_001);
      still();
    });
    expect(await codeOf(work)).toBe('lease-lost');
  });
});

describe('seats', () => {
  test('are taken by as many as there are; who waits longer than two rounds is told of it once', async () => {
    const { bench, ports } = setup();
    const told: string[] = [];
    const begun: [string, number][] = [];
    const sit = (who: string): Promise<void> =>
      withSeat(
        { ...ports, self: who },
        2,
        (owners) => told.push(`${who}: ${owners}`),
        async () => {
          begun.push([who, bench.clock.elapsed()]);
          await bench.clock.sleep(6500);
        },
      );
    await Promise.all(['a', 'b', 'c'].map(sit));
    expect(begun).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 7000],
    ]);
    expect(told).toEqual(['c: a-00000001, b-00000002']);
    expect([spec(bench, 'slot-0'), spec(bench, 'slot-1'), lease(bench, 'slot-2')]).toEqual([
      { leaseDurationSeconds: 30 },
      { leaseDurationSeconds: 30 },
      undefined,
    ]);
  });
});

test.each<[string, Failure, object]>([
  [
    'a Lease of others blocks',
    new LeaseHeld('lease-held', 'held', ''),
    { outcome: 'blocked', code: 'lease-held', reason: 'held' },
  ],
  [
    'a lost one too',
    new LeaseHeld('lease-lost', 'lost', ''),
    { outcome: 'blocked', code: 'lease-lost', reason: 'lost' },
  ],
  [
    'whatever else is refused fails',
    new Failure('no', { hint: '' }),
    { outcome: 'failed', code: 'refused', reason: 'no' },
  ],
])('%s', (_what, error, ending) => {
  expect(endingOf(error)).toEqual(ending);
});
