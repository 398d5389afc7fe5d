import { describe, expect, test } from '@jest/globals';
import { writeNotices } from '../../src/apply/access/notices.ts';
import { applyHub } from '../../src/apply/hub/hub.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import { at, textAt } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { HUB_KINDS } from '../../src/core/object-kinds.ts';
import { KubeFailure } from '../../src/failure.ts';
import { Bench, SECRETS, WELL } from '../support/apply-bench.ts';
import { Killed } from '../support/outside.ts';
import { hubChart } from '../support/releases.ts';

/* What a failed change has removed, added or altered, on doubles; `test/lab/wayback.test.ts` does it on a cluster. */
const HUB = 'one';
const FILE = 'environments/one.yaml';
const QUIET = [FILE, 'memory: 4G', 'memory: 5G'] as const;
const IMAGE = [
  FILE,
  'capacity:',
  'values: {hub: {image: {name: "registry.example.org/hub", tag: "2"}}}\ncapacity:',
] as const;
const KEEP = { annotations: { 'helm.sh/resource-policy': 'keep' } };

const apply = (bench: Bench): Promise<UnitResult> => applyHub(bench.task(HUB), bench.world);

/** The hub's chart with some objects more, and without those of some names. */
function charted(bench: Bench, more: readonly JsonObject[], ...without: string[]): void {
  bench.releases.chart = (values, release) =>
    [...hubChart(values, release), ...more].filter(
      (one) => !without.includes(textAt(one, '/metadata/name')),
    );
}

/** A hub that runs with some objects more. */
async function running(more: readonly JsonObject[] = []): Promise<Bench> {
  const bench = new Bench();
  charted(bench, more);
  await apply(bench);
  bench.change(QUIET);
  bench.said.length = 0;
  bench.outside.calls.length = 0;
  return bench;
}

function failing(bench: Bench): void {
  bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no', class: 'product' }] };
}

const groups = new Map(HUB_KINDS.map(({ group, kind }) => [kind, group]));
const object = (kind: string, name: string, more: JsonObject = {}): JsonObject => ({
  apiVersion: `${groups.get(kind) ?? ''}/v1`.replace(/^\//u, ''),
  kind,
  metadata: { name },
  ...(kind === 'RoleBinding' ? { roleRef: { kind: 'Role', name: 'hub' } } : {}),
  ...more,
});
const map = (name: string, more: JsonObject = {}): JsonObject => object('ConfigMap', name, more);
const claim = (storage: string): JsonObject =>
  object('PersistentVolumeClaim', 'data', {
    metadata: { name: 'data', ...KEEP },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
const field = (bench: Bench, kind: string, name: string, path: string): Json | undefined =>
  at(bench.kube.peek(kind, name, HUB), path);
const revisions = (bench: Bench): string[] =>
  bench.releases.kept(HUB, HUB).map(({ revision, status }) => `${revision} ${status}`);
const backed = ['rolled-back', 'product', 'hub: no'];
const ended = ({ outcome, code, reason }: UnitResult): unknown => [outcome, code, reason];

/** No hub may have a claim that is not kept. */
const KINDS = HUB_KINDS.map(({ kind }) => kind);
const GOING = KINDS.filter((kind) => kind !== 'PersistentVolumeClaim');

describe.each(GOING)('a %s', (kind) => {
  test('that a failed change has removed is there again', async () => {
    const bench = await running([object(kind, 'more')]);
    charted(bench, []);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(bench.kube.peek(kind, 'more', HUB)).toBeDefined();
    expect(revisions(bench)).toEqual(['1 superseded', '2 superseded', '3 deployed']);
  });

  test('that a failed change has added is gone', async () => {
    const bench = await running();
    charted(bench, [object(kind, 'more')]);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(bench.kube.peek(kind, 'more', HUB)).toBeUndefined();
  });

  test('that Helm could not add in full is gone, and one that it has not removed yet is there', async () => {
    const bench = await running([object(kind, 'old')]);
    charted(bench, [object(kind, 'new')]);
    bench.releases.badEnd = (what) =>
      what === 'upgrade' ? { after: 'objects', message: 'no' } : undefined;
    expect((await apply(bench)).outcome).toBe('rolled-back');
    expect(bench.kube.peek(kind, 'old', HUB)).toBeDefined();
    expect(bench.kube.peek(kind, 'new', HUB)).toBeUndefined();
    expect(bench.said).toContain(`one: taking away ${kind} new, which a failed change has brought`);
  });
});

test.each(KINDS)('a %s that is kept is taken over again, as the same', async (kind) => {
  const bench = await running([object(kind, 'more', { metadata: { name: 'more', ...KEEP } })]);
  const uid = field(bench, kind, 'more', '/metadata/uid');
  charted(bench, []);
  failing(bench);
  expect(ended(await apply(bench))).toEqual(backed);
  expect(field(bench, kind, 'more', '/metadata/uid')).toBe(uid);
});

test('the database’s claim that a change has removed, and the hub with it, are brought back', async () => {
  const bench = await running();
  const uid = field(bench, 'PersistentVolumeClaim', 'hub-db-dir', '/metadata/uid');
  bench.change(IMAGE);
  bench.releases.badEnd = (what) =>
    what === 'upgrade' ? { after: 'objects', message: 'no' } : undefined;
  charted(bench, [], 'hub-db-dir');
  expect((await apply(bench)).outcome).toBe('rolled-back');
  expect(field(bench, 'PersistentVolumeClaim', 'hub-db-dir', '/metadata/uid')).toBe(uid);
});

test('a hub that is not there is not scaled down before its database is looked at', async () => {
  const bench = await running();
  bench.change(IMAGE);
  failing(bench);
  const { scripts } = bench.kube;
  bench.kube.scripts = async (request, namespace) => {
    const result = await scripts(request, namespace);
    if (request.args[0]?.startsWith('before-') !== true)
      bench.kube.drop(object('Deployment', 'hub'), HUB);
    return result;
  };
  expect(ended(await apply(bench))).toEqual(backed);
  expect(bench.outside.made('scale')).toEqual([]);
  expect(bench.kube.peek('Deployment', 'hub', HUB)).toBeDefined();
});

describe('what somebody else has made or marked', () => {
  test('in the place of what a failed change should have added stays', async () => {
    const bench = await running();
    charted(bench, [map('more')]);
    bench.releases.badEnd = (what) => {
      if (what === 'restore') return undefined;
      bench.kube.add(map('more', { metadata: { name: 'more', namespace: HUB } }));
      return { after: 'record', message: 'no' };
    };
    expect((await apply(bench)).outcome).toBe('rolled-back');
    expect(bench.kube.peek('ConfigMap', 'more', HUB)).toBeDefined();
    expect(bench.saidOf(/taking away/u)).toEqual([]);
  });

  test('to be kept stays', async () => {
    const bench = await running();
    charted(bench, [map('more', { metadata: { name: 'more', ...KEEP } })]);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(bench.kube.peek('ConfigMap', 'more', HUB)).toBeDefined();
    expect(bench.saidOf(/taking away/u)).toEqual([]);
  });
});

describe('what cannot be altered back', () => {
  const selecting = (app: string): JsonObject =>
    object('StatefulSet', 'more', { spec: { selector: { matchLabels: { app } } } });

  test('is made anew', async () => {
    const bench = await running([map('more', { data: { a: '1' } })]);
    const uid = field(bench, 'ConfigMap', 'more', '/metadata/uid');
    charted(bench, [map('more', { data: { a: '2' }, immutable: true })]);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(field(bench, 'ConfigMap', 'more', '/data')).toEqual({ a: '1' });
    expect(field(bench, 'ConfigMap', 'more', '/immutable')).toBeUndefined();
    expect(field(bench, 'ConfigMap', 'more', '/metadata/uid')).not.toBe(uid);
    expect(bench.said).toContain('one: ConfigMap more cannot be changed back: it is made anew');
    expect(bench.outside.made('delete').filter((call) => !call.includes('claim'))).toEqual([
      'delete: configmap more one',
    ]);
  });

  test('is made anew where somebody has made another in its place', async () => {
    const bench = await running([selecting('a')]);
    bench.kube.drop(selecting('a'), HUB);
    bench.kube.add({ ...selecting('b'), metadata: { name: 'more', namespace: HUB } });
    failing(bench);
    charted(bench, []);
    await apply(bench);
    expect(field(bench, 'StatefulSet', 'more', '/spec/selector/matchLabels')).toEqual({ app: 'a' });
  });

  test('and holds data stays what it has become, and nobody loses it', async () => {
    const bench = await running([claim('1Gi')]);
    const uid = field(bench, 'PersistentVolumeClaim', 'data', '/metadata/uid');
    charted(bench, [claim('2Gi')]);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(field(bench, 'PersistentVolumeClaim', 'data', '/metadata/uid')).toBe(uid);
    expect(field(bench, 'PersistentVolumeClaim', 'data', '/spec/resources/requests/storage')).toBe(
      '2Gi',
    );
    expect(bench.said).toContain(
      'one: PersistentVolumeClaim data cannot be changed back: it stays as it is',
    );
    // The next way back begins at what is now healthy.
    bench.health = { lines: WELL };
    charted(bench, [claim('2Gi')]);
    expect((await apply(bench)).outcome).toBe('done');
  });

  test('is nothing where all can be: nothing is made anew, and one question is enough', async () => {
    const bench = await running([map('more', { data: { a: '1' } })]);
    const uid = field(bench, 'ConfigMap', 'more', '/metadata/uid');
    charted(bench, [map('more', { data: { a: '2' } })]);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(field(bench, 'ConfigMap', 'more', '/metadata/uid')).toBe(uid);
    expect(field(bench, 'ConfigMap', 'more', '/data')).toEqual({ a: '1' });
    expect(bench.outside.made('wouldApply')).toHaveLength(1);
  });

  test('is not known while the cluster does not answer: the next run goes on', async () => {
    const bench = await running();
    failing(bench);
    const error = new KubeFailure('connection refused', { hint: '' });
    bench.outside.fail({ call: 'wouldApply', error });
    expect(ended(await apply(bench))).toEqual([
      'failed',
      'way-back-failed',
      'hub: no; and the way back failed: connection refused',
    ]);
    expect(bench.outside.made('restore')).toEqual([]);
  });
});

describe('what is being deleted', () => {
  const HELD = { finalizers: ['example.org/held'] };

  /** A change has deleted what something holds for so long; an hour, where nobody lets go. */
  async function held(ms: number): Promise<{ bench: Bench; result: UnitResult }> {
    const bench = await running([map('more', { metadata: { name: 'more', ...HELD } })]);
    charted(bench, []);
    failing(bench);
    const { scripts } = bench.kube;
    bench.kube.scripts = (request, namespace) => {
      bench.clock.after(ms, () => {
        void bench.kube.replace(map('more', { metadata: { name: 'more', namespace: HUB } }));
      });
      return scripts(request, namespace);
    };
    return { bench, result: await apply(bench) };
  }

  test('is waited for, and then made anew', async () => {
    const { bench, result } = await held(60_000);
    expect(ended(result)).toEqual(backed);
    expect(field(bench, 'ConfigMap', 'more', '/metadata')).not.toHaveProperty('deletionTimestamp');
    expect(bench.saidOf(/waiting until what/u)).toEqual([
      'one: waiting until what was deleted is gone: ConfigMap more',
    ]);
  });

  test('is waited for too where it has to be made anew', async () => {
    const frozen = { data: { a: '2' }, immutable: true, metadata: { name: 'more', ...HELD } };
    const bench = await running([map('more', { data: { a: '1' } })]);
    charted(bench, [map('more', frozen)]);
    failing(bench);
    const letGo = setInterval(() => {
      const found = bench.kube.peek('ConfigMap', 'more', HUB);
      if (at(found, '/metadata/deletionTimestamp') === undefined) return;
      clearInterval(letGo);
      const free = { data: { a: '2' }, immutable: true };
      void bench.kube.replace(map('more', { metadata: { name: 'more', namespace: HUB }, ...free }));
    }, 0);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(field(bench, 'ConfigMap', 'more', '/data')).toEqual({ a: '1' });
    expect(field(bench, 'ConfigMap', 'more', '/metadata')).not.toHaveProperty('deletionTimestamp');
  });

  test('and does not go is no way back, and says what holds it', async () => {
    const { bench, result } = await held(3_600_000);
    expect(ended(result)).toEqual([
      'failed',
      'way-back-failed',
      'hub: no; and the way back failed: ConfigMap more: deleted, but not gone after 300 s; look at metadata.finalizers for what holds it',
    ]);
    expect(bench.outside.made('restore')).toEqual([]);
  });
});

describe('Helm’s record of what ran before', () => {
  const record = object('Secret', 'sh.helm.release.v1.one.v1');

  test('that is gone leaves no way back, and nothing is taken away', async () => {
    const bench = await running();
    failing(bench);
    charted(bench, [map('more')]);
    const { scripts } = bench.kube;
    bench.kube.scripts = (request, namespace) => {
      bench.kube.drop(record, HUB);
      return scripts(request, namespace);
    };
    expect(ended(await apply(bench))).toEqual([
      'failed',
      'way-back-failed',
      'hub: no; and the way back failed: Helm’s record of revision 1 is gone from the cluster, so that nobody knows what ran before',
    ]);
    expect(bench.kube.peek('Deployment', 'hub', HUB)).toBeDefined();
    expect(bench.kube.peek('ConfigMap', 'more', HUB)).toBeDefined();
    // What works is a way out.
    bench.health = { lines: WELL };
    expect((await apply(bench)).outcome).toBe('done');
  });
});

describe('a change after one that was killed', () => {
  const MAPS = [map('more'), map('both')];

  test.each<[string, 'deployed' | 'pending-upgrade']>([
    ['whose Helm had ended', 'deployed'],
    ['with its Helm', 'pending-upgrade'],
  ])('%s takes away what only that one has brought', async (_what, status) => {
    const bench = await running();
    charted(bench, MAPS);
    if (status === 'pending-upgrade')
      bench.releases.badEnd = () => ({ after: 'objects', message: undefined });
    bench.outside.fail({ call: 'upgrade', when: 'after', error: new Killed() });
    bench.outside.fail({ call: 'history', error: new Killed() });
    await expect(apply(bench)).rejects.toThrow(Killed);
    expect(revisions(bench).at(-1)).toBe(`2 ${status}`);
    bench.outside.revive();
    bench.releases.badEnd = () => undefined;
    const uid = field(bench, 'ConfigMap', 'both', '/metadata/uid');
    charted(bench, [map('both')]);
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.kube.peek('ConfigMap', 'more', HUB)).toBeUndefined();
    expect(field(bench, 'ConfigMap', 'both', '/metadata/uid')).toBe(uid);
  });

  test('leaves what ran before until it is applied itself', async () => {
    const bench = await running([map('old')]);
    charted(bench, [map('more')]);
    bench.releases.badEnd = () => ({ after: 'objects', message: undefined });
    bench.outside.fail({ call: 'history', error: new Killed() });
    await expect(apply(bench)).rejects.toThrow(Killed);
    bench.outside.revive();
    bench.outside.fail({ call: 'apply', about: /glaciocloud-release/u, error: new Killed() });
    charted(bench, []);
    await expect(apply(bench)).rejects.toThrow(Killed);
    expect(bench.kube.names('ConfigMap')).toContain('ConfigMap one/old');
    expect(bench.kube.names('ConfigMap')).not.toContain('ConfigMap one/more');
  });

  test('that never ran before keeps what is wanted of the killed one', async () => {
    const bench = new Bench();
    charted(bench, MAPS);
    bench.releases.badEnd = () => ({ after: 'objects', message: undefined });
    bench.outside.fail({
      call: 'apply',
      about: /glaciocloud-release/u,
      nth: 2,
      error: new Killed(),
    });
    await expect(apply(bench)).rejects.toThrow(Killed);
    bench.outside.revive();
    bench.releases.badEnd = () => undefined;
    charted(bench, [map('both')]);
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.kube.names('ConfigMap')).not.toContain('ConfigMap one/more');
    expect(bench.kube.names('ConfigMap')).toContain('ConfigMap one/both');
  });
});

test('the secrets that the healthy hub reads stay, however many changes have failed since', async () => {
  const bench = await running();
  const first = bench.kube.names('Secret').find((name) => name.includes('hub-secrets'));
  failing(bench);
  for (const id of ['1111', '2222', '3333', '4444', '5555']) {
    bench.supplied = { ...SECRETS, 'github-client-id': id };
    expect((await apply(bench)).outcome).toBe('rolled-back');
  }
  const all = bench.kube.names('Secret').filter((name) => name.includes('hub-secrets'));
  expect(all).toHaveLength(4);
  expect(all).toContain(first);
});

describe('what a hub announces, and a pause', () => {
  const notices = (bench: Bench) =>
    field(bench, 'ConfigMap', 'hub-notices', '/data/notices.json') ?? 'gone';
  /** As an earlier release of the chart made it: nobody has marked it as kept. */
  async function ofAnEarlierRelease(): Promise<Bench> {
    const old = map('hub-notices', { data: { 'notices.json': 'old' } });
    const bench = await running([old]);
    const metadata = { name: 'hub-notices', namespace: HUB };
    bench.kube.serverSideApply({ ...old, metadata }, 'glaciocloud-notices', true);
    charted(bench, []);
    return bench;
  }

  test('are taken over from an earlier release of the chart, which Helm would take away', async () => {
    const bench = await ofAnEarlierRelease();
    expect((await apply(bench)).outcome).toBe('done');
    expect(notices(bench)).toBe('{"notices":[],"spawning":{"open":true},"v":1}\n');
  });

  test('stay where the change is taken back', async () => {
    const bench = await running();
    await writeNotices(HUB, 'a pause', bench);
    failing(bench);
    expect(ended(await apply(bench))).toEqual(backed);
    expect(notices(bench)).toBe('a pause');
  });

  test('stay through later changes', async () => {
    const bench = await running();
    await writeNotices(HUB, 'a pause', bench);
    expect((await apply(bench)).outcome).toBe('done');
    expect(notices(bench)).toBe('a pause');
  });
});
