import { describe, expect, test } from '@jest/globals';
import { walkWaves } from '../../src/apply/hub/waves.ts';
import { withLease } from '../../src/apply/lease.ts';
import type { WaveWalk } from '../../src/apply/hub/waves.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import type { PresentRelease } from '../../src/core/unit.ts';
import { Failure, KubeFailure } from '../../src/failure.ts';
import { Bench, ELSEWHERE, WELL, hubsOf } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';

const MINUTE = 60_000;
const BROKEN = { ...WELL[0], ok: false, detail: 'no', class: 'product' };
const APPROVAL: Edit = ['platform.yaml', 'soak: 30m', 'soak: 30m, approval: true'];
/** A run of the deployment, of every hub of the cluster if nothing else is said. */
async function walk(
  bench: Bench,
  more: Partial<WaveWalk> & { only?: readonly string[] } = {},
): Promise<UnitResult[]> {
  const { only, ...given } = more;
  const hubs = hubsOf(bench.platform);
  const here = hubs.filter(({ unit }) => unit.cluster === 'main');
  return walkWaves({
    platform: bench.platform,
    world: bench.world,
    hubs,
    chosen: here.filter(({ unit }) => only === undefined || only.includes(unit.name)),
    elsewhere: new Map(),
    unreadable: new Set(),
    record: { kind: 'branch' },
    reviewed: undefined,
    approved: false,
    doubt: undefined,
    hurry: undefined,
    retry: undefined,
    again: undefined,
    hold: undefined,
    onDone: () => Promise.resolve(),
    ...given,
  });
}

const told = (results: readonly UnitResult[]): string[] =>
  results.map(({ id, outcome, code }) => `${id} ${outcome} ${code}`);
const reasonOf = (results: readonly UnitResult[], id: string): string | undefined =>
  results.find((one) => one.id === id)?.reason;

describe('a hub whose state cannot be read', () => {
  /** A change of every hub, after all of them run, and one's state damaged. */
  async function damaged(text: string): Promise<Bench> {
    const bench = new Bench();
    await walk(bench, { hurry: 'at once' });
    bench.kube.serverSideApply(
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'glaciocloud-release', namespace: 'one' },
        data: { 'state.json': text },
      },
      'somebody',
      true,
    );
    bench.change(['platform.yaml', 'uid: 1100', 'uid: 1101']);
    return bench;
  }

  test.each(['{', '{"v": 2}', '{"v": 1}', ''])(
    'is left alone, and others of its wave go on: %s',
    async (text) => {
      const bench = await damaged(text);
      const results = await walk(bench);
      expect(told(results)).toEqual([
        'one blocked state-unreadable',
        'two done deployed',
        'late blocked earlier-failed',
      ]);
      expect(reasonOf(results, 'one')).toMatch(/^its state cannot be read: .*; /u);
      expect(await bench.releases.history('one', 'one')).toHaveLength(1);
      expect(bench.kube.peek('ConfigMap', 'glaciocloud-release', 'one')?.['data']).toEqual({
        'state.json': text,
      });
    },
  );

  test('keeps later waves back also in a run of their own', async () => {
    const bench = await damaged('{');
    expect(told(await walk(bench, { only: ['late'] }))).toEqual(['late blocked earlier-failed']);
  });

  test('is left alone whatever somebody wants', async () => {
    const bench = await damaged('{');
    const asked = { again: 'drift', hurry: 'now', retry: { hub: 'one', reason: 'again' } };
    expect(told(await walk(bench, { ...asked, only: ['one'] }))).toEqual([
      'one blocked state-unreadable',
    ]);
  });

  test('is looked at again when its turn has come', async () => {
    const bench = await damaged('{');
    const whole = new Bench();
    await walk(whole, { hurry: 'at once' });
    whole.change(['platform.yaml', 'uid: 1100', 'uid: 1101']);
    let reads = 0;
    const list = whole.kube.list.bind(whole.kube);
    whole.kube.list = (kind, ...rest) => {
      reads += kind === 'configmaps' ? 1 : 0;
      return reads > 1 ? bench.kube.list(kind, ...rest) : list(kind, ...rest);
    };
    expect(told(await walk(whole, { only: ['one'] }))).toEqual(['one blocked state-unreadable']);
  });
});

describe('waves', () => {
  test('follow one another, and each proves itself before the next', async () => {
    const bench = new Bench();
    const first = await walk(bench);
    expect(told(first)).toEqual(['one done deployed', 'two done deployed', 'late waiting soaking']);
    expect(first[2]).toEqual({
      id: 'late',
      unit: { kind: 'hub', cluster: 'main', name: 'late' },
      kind: 'none',
      outcome: 'waiting',
      code: 'soaking',
      reason: 'wave production waits 30 more minutes for the wave before to prove itself',
      seconds: { preflight: 0, upgrade: 0, rollout: 0, health: 0 },
      health: [],
    });
    await bench.clock.sleep(29 * MINUTE);
    expect(told(await walk(bench))).toEqual(['late waiting soaking']);
    await bench.clock.sleep(MINUTE);
    expect(told(await walk(bench))).toEqual(['late done deployed']);
    expect(await walk(bench)).toEqual([]);
  });

  test('that are not asked for are left alone, and are looked at all the same', async () => {
    const bench = new Bench();
    expect(told(await walk(bench, { only: ['late'] }))).toEqual([
      'late waiting earlier-unfinished',
    ]);
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one done deployed']);
    expect(reasonOf(await walk(bench, { only: ['late'] }), 'late')).toBe(
      'wave staging is not finished: two',
    );
  });

  test('stop at a hub that fails, now and in the next run', async () => {
    const bench = new Bench();
    bench.health = { lines: [BROKEN] };
    const reason = 'wave staging has a hub that failed: one, two';
    const first = await walk(bench);
    expect(told(first)).toEqual([
      'one failed product',
      'two failed product',
      'late blocked earlier-failed',
    ]);
    expect(reasonOf(first, 'late')).toBe(reason);
    const second = await walk(bench);
    expect(told(second)).toEqual([
      'one blocked quarantined',
      'two blocked quarantined',
      'late blocked earlier-failed',
    ]);
    expect(reasonOf(second, 'one')).toBe(
      `quarantined since ${bench.state('one')?.quarantined?.at ?? ''}: hub: no`,
    );
    expect(reasonOf(await walk(bench, { only: ['late'] }), 'late')).toBe(reason);
  });

  test('in a hurry do not wait, and say why they did not', async () => {
    const bench = new Bench();
    const results = await walk(bench, { hurry: 'certificate ends' });
    expect(told(results).at(-1)).toBe('late done deployed');
    expect(bench.state('late')?.last.reason).toBe('certificate ends');
  });

  test('end at what nobody expects', async () => {
    const bench = new Bench();
    bench.outside.fail({ call: 'upgrade', error: new TypeError('a bug') });
    await expect(walk(bench)).rejects.toThrow('a bug');
  });
});

describe('what is quarantined', () => {
  async function quarantined(): Promise<Bench> {
    const bench = new Bench();
    bench.health = { lines: [BROKEN] };
    await walk(bench, { only: ['one', 'two'] });
    bench.health = { lines: WELL };
    return bench;
  }

  test('is tried again when somebody says so, and nothing else is', async () => {
    const bench = await quarantined();
    const retry = { hub: 'one', reason: 'the network was down' };
    expect(told(await walk(bench, { retry, only: ['one', 'two'], hurry: 'x' }))).toEqual([
      'one done deployed',
      'two blocked quarantined',
    ]);
    expect(bench.state('one')?.last.reason).toBe('the network was down');
  });

  test('is tried again when it changes', async () => {
    const bench = await quarantined();
    bench.change(['environments/one.yaml', 'idle: 1h', 'idle: 2h']);
    expect(told(await walk(bench, { only: ['one', 'two'] }))).toEqual([
      'one done deployed',
      'two blocked quarantined',
    ]);
  });
});

describe('what is not merged', () => {
  const UNTIL = '2026-11-24T14:00:00.000Z';

  test('is held until its time has come, or something else is tried', async () => {
    const bench = new Bench();
    const hold = { until: UNTIL, reason: 'try of 7' };
    await walk(bench, { only: ['one'], hold });
    expect(bench.state('one')).toMatchObject({ hold, last: { reason: 'try of 7' } });
    bench.change(['environments/one.yaml', 'idle: 1h', 'idle: 2h']);
    const results = await walk(bench, { only: ['one'] });
    expect(told(results)).toEqual(['one waiting on-hold']);
    expect(reasonOf(results, 'one')).toBe(`held until ${UNTIL}: try of 7`);
    const next = { until: UNTIL, reason: 'try of 8' };
    expect(told(await walk(bench, { only: ['one'], hold: next }))).toEqual(['one done deployed']);
    await bench.clock.sleep(Date.parse(UNTIL) - bench.clock.now().getTime());
    bench.change();
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one done deployed']);
  });
});

describe('what the reviewed plan did not show', () => {
  const shown = (bench: Bench, ...names: string[]): Map<string, string> =>
    new Map(names.map((name) => [name, bench.wanted(name).digest]));

  test.each<[string, (bench: Bench) => Map<string, string>, boolean, string]>([
    ['another digest', () => new Map([['late', 'f'.repeat(40)]]), false, 'waiting not-reviewed'],
    [
      'the beginning of this digest',
      (bench) => new Map([['late', bench.wanted('late').digest.slice(0, 39)]]),
      false,
      'waiting not-reviewed',
    ],
    ['an empty one', () => new Map([['late', '']]), false, 'waiting not-reviewed'],
    ['none', () => new Map(), false, 'waiting not-reviewed'],
    ['this one', (bench) => shown(bench, 'late'), false, 'done deployed'],
    ['another digest, and a person approves', () => new Map(), true, 'done deployed'],
  ])(
    '%s: a later wave waits for a person, the first does not',
    async (_what, of, approved, end) => {
      const bench = new Bench();
      const reviewed = of(bench);
      const results = await walk(bench, { reviewed, approved, hurry: 'now' });
      expect(told(results)).toEqual(['one done deployed', 'two done deployed', `late ${end}`]);
      if (end.startsWith('waiting'))
        expect(reasonOf(results, 'late')).toBe(
          'this change is not the one that the reviewed plan showed: it waits for a person’s approval',
        );
    },
  );
});

describe('a wave that asks for a person', () => {
  const late = { only: ['late'], hurry: 'now' };

  test('waits, and remembers an approval of exactly what it wants', async () => {
    const bench = new Bench(APPROVAL);
    await walk(bench, { only: ['one', 'two'] });
    expect(told(await walk(bench, late))).toEqual(['late waiting needs-approval']);
    bench.health = { lines: [BROKEN] };
    expect(told(await walk(bench, { ...late, approved: true }))).toEqual(['late failed product']);
    bench.health = { lines: WELL };
    const retry = { hub: 'late', reason: 'again' };
    expect(told(await walk(bench, { ...late, retry }))).toEqual(['late done deployed']);
    bench.change(APPROVAL, ['environments/late.yaml', 'idle: 1h', 'idle: 2h']);
    expect(told(await walk(bench, late))).toEqual(['late waiting needs-approval']);
  });

  test('keeps the approval in the cluster', async () => {
    const bench = new Bench(APPROVAL);
    await walk(bench, { approved: true });
    const kept = bench.kube.peek('ConfigMap', 'approval-production', 'glaciocloud-system');
    expect(kept).toMatchObject({
      metadata: { labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' } },
      data: { at: bench.state('one')?.last.at, digest: expect.stringMatching(/^[0-9a-f]{40}$/u) },
    });
  });
});

describe('a hub that runs what is wanted', () => {
  test('is applied once more where somebody asks for it', async () => {
    const bench = new Bench();
    await walk(bench, { only: ['one'] });
    expect(told(await walk(bench, { only: ['one'], again: 'drift' }))).toEqual([
      'one done deployed',
    ]);
    expect(bench.state('one')?.last.reason).toBe('drift');
    expect(bench.releases.kept('one', 'one')).toHaveLength(2);
  });

  test('because another run has just brought it there is left alone', async () => {
    const bench = new Bench();
    const done: string[] = [];
    const onDone = ({ unit }: { unit: { name: string } }): Promise<void> => {
      done.push(unit.name);
      return Promise.resolve();
    };
    const runs = await Promise.all(
      ['a', 'b'].map((self) => walk(bench, { only: ['one'], world: bench.worldAs(self), onDone })),
    );
    expect(runs.map(told)).toEqual([['one done deployed'], ['one done deployed-by-another']]);
    expect(reasonOf(runs[1] ?? [], 'one')).toBe('another deployment has just done it');
    expect(bench.releases.kept('one', 'one')).toHaveLength(1);
    expect(done).toEqual(['one']);
  });
});

describe('another run', () => {
  const lease = (bench: Bench, name: string): void =>
    bench.kube.add({
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: 'glaciocloud-system' },
      spec: { holderIdentity: 'other', renewTime: bench.clock.now().toISOString() },
    });

  test('that holds a hub blocks it, and is waited for by nobody', async () => {
    const bench = new Bench();
    lease(bench, 'hub-one');
    bench.clock.after(1500, () => lease(bench, 'hub-one'));
    const results = await walk(bench);
    expect(told(results)).toEqual([
      'one blocked lease-held',
      'two done deployed',
      'late blocked earlier-failed',
    ]);
    expect(bench.said).toContain('one: ✗ another deployment holds hub-one (other)');
    expect(bench.state('one')).toBeUndefined();
  });

  test('that sits on all seats is waited for', async () => {
    const bench = new Bench();
    for (const seat of ['slot-0', 'slot-1']) lease(bench, seat);
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one done deployed']);
    expect(bench.said[0]).toBe(
      'one: waiting: this cluster takes 2 deployments at once, and others run (other, other)',
    );
  });

  test('that takes a hub from us stops us before the next write', async () => {
    const bench = new Bench();
    const { script } = bench.world;
    const world = {
      ...bench.world,
      script: (name: string) => {
        if (name === 'health_check.py') lease(bench, 'hub-one');
        return script(name);
      },
    };
    bench.health = { lines: Array.from({ length: 40 }, () => WELL[0] ?? {}) };
    const results = await walk(bench, { only: ['one'], world });
    expect(told(results)).toEqual(['one blocked lease-lost']);
    expect(bench.state('one')).toMatchObject({ last: { outcome: 'started' } });
  });
});

test('what is refused before a hub is touched fails it, and no other', async () => {
  const bench = new Bench();
  const secrets = {
    supplied: (hub: string, declared: readonly string[]) =>
      hub === 'one'
        ? Promise.reject(new Failure('no secrets', { hint: '' }))
        : bench.secrets.supplied(hub, declared),
  };
  const results = await walk(bench, { world: { ...bench.world, secrets } });
  expect(told(results)).toEqual([
    'one failed refused',
    'two done deployed',
    'late blocked earlier-failed',
  ]);
  expect(reasonOf(results, 'one')).toBe('no secrets');
});

test('a cluster that does not answer between waves ends the run', async () => {
  const bench = new Bench();
  bench.outside.fail({ call: 'list', error: new KubeFailure('down', { hint: '' }) });
  await expect(walk(bench)).rejects.toThrow('down');
});

describe('hubs of another cluster', () => {
  const present = (bench: Bench, digest: string, at?: string): Map<string, PresentRelease> => {
    const { unit, release } = bench.wanted('two');
    const status = at === undefined ? undefined : { at, commit: '' };
    return new Map([['two', { unit, digest, release, status }]]);
  };

  test.each<[string, (bench: Bench) => Map<string, PresentRelease>, string]>([
    ['of which nothing is known are waited for', () => new Map(), 'earlier-unfinished'],
    [
      'that run something else are waited for',
      (bench) => present(bench, 'x'),
      'earlier-unfinished',
    ],
    [
      'that are known by others only are waited for',
      (bench) => {
        const [[, one] = []] = [...present(bench, 'x')];
        return new Map(one ? [['three', one]] : []);
      },
      'earlier-unfinished',
    ],
    [
      'have to prove themselves as those of this one',
      (bench) => present(bench, bench.wanted('two').digest, '2026-11-24T12:20:00Z'),
      'soaking',
    ],
  ])('%s', async (_what, of, code) => {
    const bench = new Bench(...ELSEWHERE);
    const elsewhere = of(bench);
    const first = await walk(bench, { elsewhere });
    expect(told(first)).toEqual(['one done deployed', `late waiting ${code}`]);
    await bench.clock.sleep(30 * MINUTE);
    const second = await walk(bench, { elsewhere });
    expect(told(second)).toEqual([`late waiting ${code}`]);
  });

  test('that were never deployed keep the next wave back, whatever is approved or hurried', async () => {
    const bench = new Bench(...ELSEWHERE, APPROVAL);
    const results = await walk(bench, { only: ['late'], approved: true, hurry: 'now' });
    expect(told(results)).toEqual(['late waiting earlier-unfinished']);
    expect(reasonOf(results, 'late')).toMatch(
      /^wave staging was never deployed on cluster other, .*: two; /u,
    );
  });

  test('are said to be where the record is', async () => {
    const bench = new Bench(...ELSEWHERE);
    const results = await walk(bench, { only: ['late'], record: { kind: 'folder' } });
    expect(reasonOf(results, 'late')).toContain('begin there, with the same folder');
  });

  test.each<[string, string]>([
    ['two', 'wave staging is not finished'],
    ['clusters/two', 'wave staging was never deployed on cluster other'],
  ])('of which nobody can read what runs are waited for: %s', async (id, reason) => {
    const bench = new Bench(...ELSEWHERE);
    const results = await walk(bench, { unreadable: new Set([id]) });
    expect(told(results)).toEqual(['one done deployed', 'late waiting earlier-unfinished']);
    expect(reasonOf(results, 'late')).toContain(reason);
  });

  test('are never applied from here, and their approval is none of ours', async () => {
    const bench = new Bench(...ELSEWHERE, APPROVAL);
    const elsewhere = present(bench, bench.wanted('two').digest);
    await walk(bench, { approved: true, hurry: 'now', elsewhere });
    expect(bench.kube.names('Deployment')).toEqual([
      'Deployment one/hub',
      'Deployment one/proxy',
      'Deployment late/hub',
      'Deployment late/proxy',
    ]);
  });
});

describe('a hub whose way back failed', () => {
  const RESTART: Edit = ['environments/one.yaml', 'idle: 1h', 'idle: 2h'];

  /** The change does not work, nor does the way back. */
  async function stuck(): Promise<Bench> {
    const bench = new Bench();
    await walk(bench, { only: ['one'] });
    bench.change(RESTART);
    bench.health = { lines: [BROKEN] };
    bench.releases.badEnd = (what) =>
      what === 'restore' ? { after: 'record', message: 'refused' } : undefined;
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one failed way-back-failed']);
    bench.said.length = 0;
    return bench;
  }

  test('is brought back by the next run, though its change is quarantined', async () => {
    const bench = await stuck();
    bench.releases.badEnd = () => undefined;
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one blocked quarantined']);
    expect(bench.said).toContain('one: an earlier run ended half way: back to what ran before');
    expect(bench.said.at(-1)).toMatch(/^one: runs again what ran before, [0-9.]+ s after/u);
    const state = bench.state('one');
    expect(state?.last).toMatchObject({ outcome: 'rolled-back', reason: 'hub: no' });
    expect(state?.quarantined?.digest).toBe(bench.wanted('one').digest);
    const kept = bench.releases.kept('one', 'one');
    expect(kept.at(-1)?.manifest).toBe(kept[0]?.manifest);
    expect(state?.healthy?.revision).toBe(kept.at(-1)?.revision);
    bench.outside.calls.length = 0;
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one blocked quarantined']);
    expect(bench.outside.made('restore')).toEqual([]);
  });

  test('is tried again as long as it fails, and why is told once', async () => {
    const bench = await stuck();
    const reason =
      'hub: no; and the way back failed: Helm cannot bring one back to revision 1: refused';
    for (let round = 1; round <= 2; round += 1) {
      const again = await walk(bench, { only: ['one'] });
      expect(told(again)).toEqual(['one failed way-back-failed']);
      expect(reasonOf(again, 'one')).toBe(reason);
      expect(bench.state('one')?.last).toMatchObject({ outcome: 'started', reason });
    }
  });

  test('is brought back where a freeze keeps it as it is', async () => {
    const bench = await stuck();
    bench.releases.badEnd = () => undefined;
    const frozen: Edit = [
      'platform.yaml',
      '{name: staging, images: candidate}',
      '{name: staging, images: candidate, freeze: [{from: 2026-11-01, until: 2026-12-31, reason: field season}]}',
    ];
    bench.change(RESTART, frozen);
    expect(told(await walk(bench, { only: ['one'] }))).toEqual(['one waiting frozen']);
    expect(bench.state('one')?.last.outcome).toBe('rolled-back');
  });

  test('is left to the run that has its Lease', async () => {
    const bench = await stuck();
    bench.releases.badEnd = () => undefined;
    let results: UnitResult[] = [];
    await withLease(bench.worldAs('other'), 'hub-one', async () => {
      results = await walk(bench, { only: ['one'] });
    });
    expect(told(results)).toEqual(['one blocked lease-held']);
    expect(bench.outside.made('restore')).toHaveLength(1);
  });

  test('and that was killed before it could say why says so', async () => {
    const bench = await stuck();
    const state = bench.state('one');
    if (!state) throw new Error('the hub has no state');
    bench.setState('one', { ...state, last: { ...state.last, reason: '' } });
    bench.releases.badEnd = () => undefined;
    await walk(bench, { only: ['one'] });
    expect(bench.state('one')?.last.reason).toBe('an earlier run ended half way');
  });
});
