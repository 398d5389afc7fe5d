import { describe, expect, test } from '@jest/globals';
import { applyHub, bringBack } from '../../src/apply/hub/hub.ts';
import { at } from '../../src/core/json.ts';
import { Bench, WELL } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { Killed } from '../support/outside.ts';

/* What Kubernetes holds the pods of a hub's namespace to, before, while and after something changes. */
const CLUSTER = 'clusters/main.yaml';
/** Without an enforcing network a container of the chart shuts the metadata service, and it needs the node. */
const OPEN: Edit[] = [
  [CLUSTER, 'provider: k3s', 'provider: eks'],
  [CLUSTER, 'networkPolicy: enforced', 'networkPolicy: none'],
];
const ENFORCE = '/metadata/labels/pod-security.kubernetes.io~1enforce';

const levelOf = (bench: Bench, name = 'one'): unknown =>
  at(bench.kube.peek('Namespace', name), ENFORCE);
const apply = (bench: Bench): Promise<{ outcome: string }> =>
  applyHub(bench.task('one'), bench.world);

/** A hub that runs, the files changed since, and the level that Helm finds with each revision. */
async function changed(first: Edit[], then: Edit[]): Promise<{ bench: Bench; seen: unknown[] }> {
  const bench = new Bench();
  bench.change(...first);
  await apply(bench);
  bench.change(...then);
  const seen: unknown[] = [];
  const { chart } = bench.releases;
  bench.releases.chart = (values, where) => {
    seen.push(levelOf(bench));
    return chart(values, where);
  };
  return { bench, seen };
}

test.each([
  ['baseline', []],
  ['privileged', OPEN],
])('a first installation gets %s', async (level, edits) => {
  const bench = new Bench();
  bench.change(...edits);
  expect((await apply(bench)).outcome).toBe('done');
  expect(levelOf(bench)).toBe(level);
  expect(at(bench.kube.peek('Namespace', 'one'), `${ENFORCE}-version`)).toBe('v1.35');
});

test('the namespace of a probe is as tight as can be', async () => {
  const bench = new Bench();
  bench.change(['environments/one.yaml', 'capacity:', 'probe: {api: 5m, spawn: 1h}\ncapacity:']);
  await apply(bench);
  expect(levelOf(bench, 'one-probe')).toBe('restricted');
});

describe('a change', () => {
  test('to a tighter level lets pods of before pass until it is proven', async () => {
    const { bench, seen } = await changed(OPEN, []);
    expect((await apply(bench)).outcome).toBe('done');
    expect(new Set(seen)).toEqual(new Set(['privileged']));
    expect(levelOf(bench)).toBe('baseline');
  });

  test('to a looser one is there before its pods', async () => {
    const { bench, seen } = await changed([], OPEN);
    expect((await apply(bench)).outcome).toBe('done');
    expect(new Set(seen)).toEqual(new Set(['privileged']));
    expect(levelOf(bench)).toBe('privileged');
  });

  test('to a tighter one that fails keeps what runs allowed', async () => {
    const { bench } = await changed(OPEN, []);
    bench.health = { lines: [{ ...WELL[0]!, ok: false, detail: 'no' }] };
    expect((await apply(bench)).outcome).toBe('rolled-back');
    expect(levelOf(bench)).toBe('privileged');
  });

  test('that was killed when it was tight already is loosened before what ran comes back', async () => {
    const { bench } = await changed(OPEN, []);
    // The second of this run: the first is there before Helm.
    const asked = bench.outside.calls.length;
    await apply(bench);
    const tight = bench.outside.calls.findLastIndex((call) => call === 'apply: Namespace one');
    const again = await changed(OPEN, []);
    again.bench.outside.killAt(tight + 1 - asked, 'after');
    await expect(apply(again.bench)).rejects.toThrow(Killed);
    again.bench.outside.revive();
    const killed = levelOf(again.bench);
    await bringBack(again.bench.task('one'), again.bench.world);
    const ended = again.bench.state('one')?.last.outcome;
    expect([killed, ended, levelOf(again.bench)]).toEqual([
      'baseline',
      'rolled-back',
      'privileged',
    ]);
  });
});
