import { describe, expect, test } from '@jest/globals';
import { applyHub } from '../../src/apply/hub/hub.ts';
import { LeaseHeld } from '../../src/apply/lease.ts';
import type { UnitResult } from '../../src/apply/types.ts';
import { HelmFailure, KubeFailure, SecretsFailure, TimedOut } from '../../src/failure.ts';
import { Bench, SECRETS, WELL } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { Killed } from '../support/outside.ts';
import type { Fault } from '../support/outside.ts';

const HUB = 'one';
const FILE = 'environments/one.yaml';
/** A change that starts a new hub pod; one that starts none; one with another hub image. */
const RESTART = [FILE, 'idle: 1h', 'idle: 2h'] as const;
const QUIET = [FILE, 'memory: 4G', 'memory: 5G'] as const;
const IMAGE = [
  FILE,
  'capacity:',
  'values: {hub: {image: {name: "registry.example.org/hub", tag: "2"}}}\ncapacity:',
] as const;

const CRASHED = { restartCount: 2, lastState: { terminated: { exitCode: 1 } } };

const apply = (bench: Bench, more: Parameters<Bench['task']>[1] = {}): Promise<UnitResult> =>
  applyHub(bench.task(HUB, more), bench.world);

/** A hub that runs, and the files changed since. */
async function running(...edits: Edit[]): Promise<Bench> {
  const bench = new Bench();
  await apply(bench);
  bench.change(...edits);
  bench.said.length = 0;
  bench.outside.calls.length = 0;
  return bench;
}

/** The chart brings what pulls images, too. */
function withPuller(bench: Bench): Bench {
  const { chart } = bench.releases;
  bench.releases.chart = (values, where) => [
    ...chart(values, where),
    { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'prepull' } },
  ];
  return bench;
}

const ended = ({ outcome, code, reason }: UnitResult): unknown => [outcome, code, reason];
const revisions = (bench: Bench): string[] =>
  bench.releases.kept(HUB, HUB).map(({ revision, status }) => `${revision} ${status}`);
const refused = (message: string): KubeFailure => new KubeFailure(message, { hint: '' });

const LOAD_CHECK_GOES =
  'deleteBy: pods,secrets,configmaps glaciocloud.org/throw-away=glaciocloud-load-check one';

describe('a fresh hub', () => {
  test('is installed, proven and remembered', async () => {
    const bench = new Bench();
    const result = await apply(bench, { why: 'somebody asked' });
    const address = {
      check: 'public address',
      image: null,
      ok: true,
      seconds: 0,
      detail: 'not checked: the cluster main has no public entry',
      class: null,
    };
    expect(result).toEqual({
      id: HUB,
      unit: { kind: 'hub', cluster: 'main', name: HUB },
      kind: 'install',
      outcome: 'done',
      code: 'deployed',
      reason: '',
      seconds: { preflight: 1, upgrade: 0, rollout: 2.5, health: 1 },
      health: [...WELL, address],
    });
    const to = bench.wanted(HUB);
    const at = '2026-11-24T12:00:04.500Z';
    expect(bench.state(HUB)).toEqual({
      v: 1,
      wanted: to.digest,
      healthy: { digest: to.digest, revision: 1, since: at, release: to.release },
      infrastructure: 0,
      last: { at, outcome: 'done', reason: 'somebody asked' },
    });
    expect(revisions(bench)).toEqual(['1 deployed']);
    expect(bench.said).toEqual([
      'one: loading the new configuration in a throw-away pod',
      'one: applying with Helm',
      'one: waiting for hub (no pod yet), proxy (no pod yet)',
      'one: waiting for hub (pending), proxy (pending)',
      'one: asking hub and proxy, and starting science',
      'one: ✓ hub 0.1 s  JupyterHub 5',
      'one: ✓ start of science 4.0 s  started',
      'one: ✓ public address 0.0 s  not checked: the cluster main has no public entry',
    ]);
  });

  test('is written in an order in which a killed run leaves nothing that nobody knows', async () => {
    const bench = new Bench();
    await apply(bench);
    expect(bench.outside.made('apply', 'upgrade', 'create', 'delete', 'deleteBy')).toEqual([
      'apply: Namespace one',
      'apply: Secret one/hub-access',
      'apply: ConfigMap one/hub-notices',
      'apply: Secret one/hub-access',
      'apply: Secret one/hub-generated',
      'create: Secret glaciocloud-system/glaciocloud-digest-key',
      expect.stringMatching(/^apply: Secret one\/hub-secrets-[0-9a-f]{8}$/u),
      expect.stringMatching(/^apply: .*, Pod one\/glaciocloud-load-check$/u),
      LOAD_CHECK_GOES,
      'apply: ConfigMap one/glaciocloud-release',
      'upgrade: one',
      'apply: ConfigMap one/glaciocloud-release',
    ]);
  });

  test('that fails has nothing to go back to', async () => {
    const bench = new Bench();
    bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no answer', class: 'product' }] };
    const result = await apply(bench);
    expect(result).toMatchObject({ kind: 'install' });
    expect(ended(result)).toEqual(['failed', 'product', 'hub: no answer']);
    const at = '2026-11-24T12:00:04.000Z';
    const { digest } = bench.wanted(HUB);
    expect(bench.state(HUB)).toEqual({
      v: 1,
      wanted: digest,
      quarantined: { digest, reason: 'hub: no answer', at },
      infrastructure: 0,
      last: { at, outcome: 'failed', reason: 'hub: no answer' },
    });
    expect(revisions(bench)).toEqual(['1 deployed']);
  });

  test('whose configuration breaks a promise lets nobody in: it is never applied', async () => {
    const bench = new Bench();
    const log =
      '{"stage": "promises", "error": "people would log in with x, past the access files"}';
    bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log } };
    const reason =
      'the new configuration breaks a promise: people would log in with x, past the access files';
    expect(ended(await apply(bench))).toEqual(['failed', 'product', reason]);
    expect(bench.outside.made('upgrade')).toEqual([]);
    expect(bench.kube.peek('Deployment', 'hub', HUB)).toBeUndefined();
    expect(bench.state(HUB)).toMatchObject({ quarantined: { reason } });
  });

  test('has its images pulled while its configuration is checked, and Helm takes that over', async () => {
    const bench = withPuller(new Bench());
    expect(ended(await apply(bench))).toEqual(['done', 'deployed', '']);
    expect(bench.outside.made('apply', 'upgrade').slice(-5)).toEqual([
      'apply: DaemonSet one/prepull',
      expect.stringMatching(/^apply: .*, Pod one\/glaciocloud-load-check$/u),
      'apply: ConfigMap one/glaciocloud-release',
      'upgrade: one',
      'apply: ConfigMap one/glaciocloud-release',
    ]);
    expect(bench.kube.peek('DaemonSet', 'prepull', HUB)).toMatchObject({
      metadata: { annotations: { 'meta.helm.sh/release-name': HUB } },
    });
  });

  test('that is refused leaves nothing that pulls', async () => {
    const bench = withPuller(new Bench());
    bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log: '{"stage": "promises"}' } };
    expect((await apply(bench)).outcome).toBe('failed');
    expect(bench.outside.made('apply')).toContain('apply: DaemonSet one/prepull');
    expect(bench.kube.peek('DaemonSet', 'prepull', HUB)).toBeUndefined();
  });

  test('whose secrets are not supplied is not begun', async () => {
    const bench = new Bench();
    bench.supplied = {};
    await expect(apply(bench)).rejects.toThrow(SecretsFailure);
    expect(bench.outside.calls.filter((call) => !/^(?:get|list):/u.test(call))).toEqual([]);
  });
});

describe('a change', () => {
  test('that restarts the hub is loaded in a throw-away pod first', async () => {
    const bench = await running(RESTART);
    expect(ended(await apply(bench))).toEqual(['done', 'deployed', '']);
    expect(bench.said.slice(0, 2)).toEqual([
      'one: loading the new configuration in a throw-away pod',
      'one: applying with Helm',
    ]);
    expect(revisions(bench)).toEqual(['1 superseded', '2 deployed']);
    expect(bench.state(HUB)?.healthy?.revision).toBe(2);
    expect(bench.kube.names('Pod').filter((name) => name.includes('load-check'))).toEqual([]);
  });

  test('that restarts nothing is not', async () => {
    const bench = await running(QUIET);
    expect(ended(await apply(bench))).toEqual(['done', 'deployed', '']);
    expect(bench.said[0]).toBe('one: applying with Helm');
    expect(bench.saidOf(/throw-away|database/u)).toEqual([]);
    expect(bench.kube.peek('Deployment', 'hub', HUB)).toMatchObject({
      metadata: { generation: 1 },
    });
  });

  test('starts only images that are new', async () => {
    const bench = await running(QUIET);
    await apply(bench);
    const check = {
      user: 'deploy_0',
      profile: 'science',
      size: 'small',
      image: 'science',
      oggm: true,
      version: '1.6.3',
    };
    expect(bench.jobs.map((job) => job['checks'])).toEqual([[check], []]);
    expect(bench.jobs[0]).toMatchObject({ timeout: 300, oggmCheck: '# oggm_check.py' });
    expect(bench.said).toContain('one: asking hub and proxy');
  });

  test('is kept with why it was made, and for how long', async () => {
    const bench = await running(QUIET);
    const until = '2026-11-24T14:00:00.000Z';
    await apply(bench, { why: 'a try', hold: until });
    expect(bench.state(HUB)).toMatchObject({
      hold: { until, reason: 'a try' },
      last: { outcome: 'done', reason: 'a try' },
    });
    bench.change(RESTART);
    await apply(bench);
    expect(bench.state(HUB)?.hold).toBeUndefined();
  });

  test('whose configuration cannot be loaded never reaches the hub', async () => {
    const bench = await running(RESTART);
    const log = `Bad config encountered during initialization: The 'x' trait\n{"stage": "load", "error": "exit"}`;
    bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log } };
    const reason = "the new configuration cannot be loaded: load: The 'x' trait";
    expect(ended(await apply(bench))).toEqual(['failed', 'product', reason]);
    expect(revisions(bench)).toEqual(['1 deployed']);
    const { digest } = bench.wanted(HUB);
    expect(bench.state(HUB)).toMatchObject({
      wanted: digest,
      quarantined: { digest, reason },
      healthy: { revision: 1 },
      last: { outcome: 'failed', reason },
    });
    expect(bench.kube.names('Pod').filter((name) => name.includes('load-check'))).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['its last line', '{"stage": "import", "error": "No module x"}', 'import: No module x'],
    ['the end of its log', 'a\nb\nc\nd\ne\nf\n', 'the log of the check says “f”'],
  ])('that cannot be loaded is told by %s', async (_what, log, told) => {
    const bench = await running(RESTART);
    bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log } };
    const { reason } = await apply(bench);
    expect(reason).toBe(`the new configuration cannot be loaded: ${told}`);
  });
});

describe('a change that fails goes back', () => {
  test('where Helm refuses it', async () => {
    const bench = await running(RESTART);
    bench.releases.badEnd = (what) =>
      what === 'upgrade' ? { after: 'objects', message: 'Deployment is invalid' } : undefined;
    const reason = 'Helm cannot apply one: Deployment is invalid';
    expect(ended(await apply(bench))).toEqual(['rolled-back', 'product', reason]);
    expect(revisions(bench)).toEqual(['1 superseded', '2 failed', '3 deployed']);
    const { digest } = bench.wanted(HUB);
    const state = bench.state(HUB);
    expect(state).toMatchObject({
      wanted: digest,
      quarantined: { digest, reason, at: '2026-11-24T12:00:05.500Z' },
      infrastructure: 0,
      last: { outcome: 'rolled-back', reason, at: '2026-11-24T12:00:05.500Z' },
    });
    expect(state?.healthy?.revision).toBe(3);
    expect(state?.healthy?.digest).not.toBe(digest);
    expect(bench.said.slice(-3)).toEqual([
      'one: waiting for hub (running)',
      'one: waiting for hub (pending)',
      'one: runs again what ran before, 2.5 s after the failure was seen',
    ]);
    expect(bench.said).toContain(`one: ✗ ${reason}`);
    expect(bench.said).toContain('one: rolling back to revision 1');
  });

  test.each<[string, Error, string]>([
    ['Helm', new HelmFailure('connection refused', { hint: '' }), 'connection refused'],
    ['the cluster', refused('etcdserver: leader changed'), 'etcdserver: leader changed'],
    ['nobody in time', new TimedOut('helm did not end within 600 s', { hint: '' }), 'helm did not'],
  ])('where %s answers as infrastructure does that fails', async (_what, error, said) => {
    const bench = await running(RESTART);
    bench.outside.fail({ call: 'upgrade', error });
    const result = await apply(bench);
    expect([result.outcome, result.code]).toEqual(['rolled-back', 'infrastructure']);
    expect(result.reason).toContain(said);
    expect(bench.state(HUB)).toMatchObject({ infrastructure: 1 });
    expect(bench.state(HUB)?.quarantined).toBeUndefined();
  });

  test('where its pod cannot start, with its last word', async () => {
    const bench = await running(RESTART);
    bench.kube.badPods = () =>
      bench.releases.kept(HUB, HUB).length === 2
        ? { phase: 'Running', containerStatuses: [CRASHED] }
        : undefined;
    bench.kube.log.set('hub-2 previous', 'starting\nImportError: no ice\nbye\n');
    const result = await apply(bench);
    expect(ended(result)).toEqual([
      'rolled-back',
      'product',
      'hub-2 has ended 3 times with code 1: its log says “ImportError: no ice”',
    ]);
  });

  test.each<[string, string, string]>([
    ['', 'only now: KeyError', ': its log says “only now: KeyError”'],
    ['unable to retrieve container logs for x\n', ' \n last line \n', ': its log says “last line”'],
    ['', '', ''],
  ])('and what its pod said before (%j) and now (%j)', async (before, now, told) => {
    const bench = await running(RESTART);
    bench.kube.badPods = () =>
      bench.releases.kept(HUB, HUB).length === 2
        ? { phase: 'Running', containerStatuses: [CRASHED] }
        : undefined;
    bench.kube.log.set('hub-2 previous', before).set('hub-2', now);
    expect((await apply(bench)).reason).toBe(`hub-2 has ended 3 times with code 1${told}`);
  });

  test('where it does not become ready within five minutes, and not before', async () => {
    const bench = await running(RESTART);
    bench.kube.badPods = () =>
      bench.releases.kept(HUB, HUB).length === 2 ? { phase: 'Pending' } : undefined;
    const result = await apply(bench);
    expect(ended(result)).toEqual([
      'rolled-back',
      'product',
      'not ready after 300 s: hub (pending)',
    ]);
    expect(result.seconds.rollout).toBe(302.5); // with the way back
  });

  test('where its health check fails, as its line says', async () => {
    const bench = await running(QUIET);
    const line = { check: 'kernel', image: 'science', ok: false, seconds: 9, detail: 'no OGGM' };
    bench.health = { lines: [WELL[0] ?? {}, { ...line, class: 'product' }], code: 1 };
    const result = await apply(bench);
    expect(ended(result)).toEqual(['rolled-back', 'product', 'kernel of science: no OGGM']);
    expect(result.health).toEqual([WELL[0], { ...line, class: 'product' }]);
    expect(bench.said).toContain('one: ✗ kernel of science 9.0 s  no OGGM');
    expect(bench.said.at(-1)).toBe('one: waiting until the throw-away user is gone');
  });

  test('and what infrastructure did to it is not held against it', async () => {
    const bench = await running(QUIET);
    const line = { ...WELL[1], ok: false, detail: 'no node', class: 'infrastructure' };
    bench.health = { lines: [line] };
    expect(ended(await apply(bench))).toEqual([
      'rolled-back',
      'infrastructure',
      'start of science: no node',
    ]);
    expect(bench.state(HUB)?.quarantined).toBeUndefined();
  });

  test('unless the way back fails too: then the next run begins there', async () => {
    const bench = await running(RESTART);
    bench.releases.badEnd = (what) => ({ after: 'objects', message: `${what} is broken` });
    const result = await apply(bench);
    const reason =
      'Helm cannot apply one: upgrade is broken; and the way back failed: Helm cannot bring one back to revision 1: restore is broken';
    expect(ended(result)).toEqual(['failed', 'way-back-failed', reason]);
    expect(bench.state(HUB)).toMatchObject({
      healthy: { revision: 1 },
      last: { outcome: 'started', reason },
    });
    // It is not known what runs: whatever stops the next run, it goes back.
    bench.releases.badEnd = () => undefined;
    bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log: 'no' } };
    expect((await apply(bench)).outcome).toBe('rolled-back');
    expect(revisions(bench).at(-1)).toBe('4 deployed');
  });
});

test('infrastructure that fails three times in a row blocks, and one success forgets it', async () => {
  const bench = await running(RESTART);
  const down: Fault = { call: 'liveOf', error: refused('connection refused') };
  const outcomes: unknown[] = [];
  for (let round = 1; round <= 4; round += 1) {
    bench.outside.fail(down);
    const { outcome, code } = await apply(bench);
    outcomes.push([outcome, code, bench.state(HUB)?.infrastructure]);
    bench.outside.revive();
  }
  expect(outcomes).toEqual([
    ['failed', 'infrastructure', 1],
    ['failed', 'infrastructure', 2],
    ['blocked', 'infrastructure-again', 3],
    ['blocked', 'infrastructure-again', 4],
  ]);
  expect((await apply(bench)).outcome).toBe('done');
  expect(bench.state(HUB)?.infrastructure).toBe(0);
});

test('a product fault forgets how often the infrastructure had failed, and success forgets the fault', async () => {
  const bench = await running(RESTART);
  bench.outside.fail({ call: 'liveOf', error: refused('connection refused') });
  await apply(bench);
  bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log: 'no' } };
  await apply(bench);
  expect(bench.state(HUB)).toMatchObject({ infrastructure: 0, quarantined: { reason: /no$/u } });
  bench.pods = {};
  await apply(bench);
  expect(bench.state(HUB)?.quarantined).toBeUndefined();
});

test('infrastructure that fails leaves in quarantine what was there', async () => {
  const bench = await running(RESTART);
  bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log: 'no' } };
  await apply(bench);
  const { quarantined } = bench.state(HUB) ?? {};
  bench.outside.fail({ call: 'liveOf', error: refused('connection refused') });
  await apply(bench);
  expect(bench.state(HUB)?.quarantined).toEqual(quarantined);
});

test('a change that never reached the hub leaves it held', async () => {
  const bench = new Bench();
  const hold = { until: '2026-11-24T14:00:00.000Z', reason: 'a try' };
  await apply(bench, { hold: hold.until, why: hold.reason });
  bench.change(RESTART);
  bench.pods = { 'glaciocloud-load-check': { phase: 'Failed', log: 'no' } };
  await apply(bench);
  expect(bench.state(HUB)?.hold).toEqual(hold);
});

test('a cluster that answers no more keeps what it knew, and the failure is told', async () => {
  const bench = await running(RESTART);
  const before = bench.state(HUB);
  const error = refused('connection refused');
  bench.outside.fail({ call: 'liveOf', error });
  bench.outside.fail({ call: 'apply', about: /glaciocloud-release/u, error });
  expect(ended(await apply(bench))).toEqual(['failed', 'infrastructure', 'connection refused']);
  expect(bench.state(HUB)).toEqual(before);
});

test('what nobody expects ends the run, and is no fault of the hub', async () => {
  const bench = await running(RESTART);
  bench.outside.fail({ call: 'upgrade', error: new TypeError('a bug') });
  await expect(apply(bench)).rejects.toThrow('a bug');
});

describe('secrets', () => {
  test.each([...Object.values(SECRETS)])(
    '%s is in no reason, from the moment it is read',
    async (secret) => {
      const bench = new Bench();
      bench.outside.fail({
        call: 'apply',
        about: /hub-secrets/u,
        error: refused(`cannot be handled: ${secret}, "${secret}"`),
      });
      const result = await apply(bench);
      expect(ended(result)).toEqual(['failed', 'product', 'cannot be handled: ***, "***"']);
      expect(bench.said).toEqual(['one: ✗ cannot be handled: ***, "***"']);
      expect(JSON.stringify(bench.state(HUB))).not.toContain(secret);
    },
  );

  test('are masked where the way back fails', async () => {
    const bench = await running(RESTART);
    bench.releases.badEnd = (what) => ({
      after: 'objects',
      message: `${what} canary-of-the-secret`,
    });
    expect((await apply(bench)).reason).not.toContain('canary');
  });
});

describe('a record of Helm that a killed run has left', () => {
  test('is dropped, and the work goes on', async () => {
    const bench = await running(RESTART);
    bench.releases.badEnd = () => ({ after: 'record', message: undefined });
    await apply(bench);
    expect(revisions(bench)).toEqual(['1 deployed', '2 pending-upgrade']);
    bench.releases.badEnd = () => undefined;
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.said).toContain(
      'one: revision 2 was left pending-upgrade: dropping its record and going on',
    );
    expect(revisions(bench)).toEqual(['1 superseded', '2 deployed']);
  });
});

describe('another hub image', () => {
  test('is begun with a copy of the database, and the copy is forgotten when it works', async () => {
    const bench = await running(IMAGE);
    const { digest } = bench.wanted(HUB);
    bench.outside.fail({ call: 'upgrade', error: new Killed() });
    await expect(apply(bench)).rejects.toThrow(Killed);
    const copy = `before-${digest.slice(0, 12)}`;
    expect(bench.state(HUB)).toMatchObject({ copy, last: { outcome: 'started' } });
    expect(bench.outside.made('python')).toEqual([`python: one ${copy}`]);
    bench.outside.revive();
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.state(HUB)?.copy).toBeUndefined();
    // The copy of the first run is the good one: the hub may have changed the database since.
    expect(bench.outside.made('python').filter((call) => call.includes('before-'))).toHaveLength(1);
  });

  test('that fails gets back the database of before, with the hub down', async () => {
    const bench = await running(IMAGE);
    bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no', class: 'product' }] };
    const result = await apply(bench);
    expect(result.outcome).toBe('rolled-back');
    expect(bench.said).toEqual(
      expect.arrayContaining([
        'one: the hub’s database is copied and the copy verified',
        'one: stopping the hub to look at its database',
        'one: the hub’s database is what it was before the change; the newer one is kept beside it',
        'one: rolling back to revision 1',
      ]),
    );
    expect(bench.outside.made('scale', 'restore')).toEqual(['scale: hub 0 one', 'restore: one 1']);
    expect(bench.state(HUB)?.copy).toBeUndefined();
    expect(bench.kube.peek('Deployment', 'hub', HUB)).toMatchObject({ spec: { replicas: 1 } });
  });

  test('whose database is of the same schema keeps it', async () => {
    const bench = await running(IMAGE);
    bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no', class: 'product' }] };
    bench.pods = { 'glaciocloud-restore': { phase: 'Succeeded', log: 'x\n{"restored": null}' } };
    await apply(bench);
    expect(bench.said).toContain('one: the hub’s database is of the same schema: it stays');
  });

  test('whose database cannot be restored has no way back', async () => {
    const bench = await running(IMAGE);
    bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no', class: 'product' }] };
    bench.pods = { 'glaciocloud-restore': { phase: 'Failed', log: 'disk full\n' } };
    expect(ended(await apply(bench))).toEqual([
      'failed',
      'way-back-failed',
      'hub: no; and the way back failed: the hub’s database cannot be restored: the script says “disk full”',
    ]);
    expect(bench.outside.made('restore')).toEqual([]);
    expect(bench.state(HUB)?.copy).toMatch(/^before-/u);
  });

  test('is not begun where the database is damaged', async () => {
    const bench = await running(IMAGE);
    bench.copy = { line: { integrity: 'page 3 is bad' }, code: 1 };
    expect(ended(await apply(bench))).toEqual([
      'failed',
      'infrastructure',
      'the hub’s database is damaged: page 3 is bad',
    ]);
    expect(revisions(bench)).toEqual(['1 deployed']);
  });

  /** Of which it can begin with the schemas `b` and `a`, the newest first. */
  const loaded = {
    'glaciocloud-load-check': {
      phase: 'Succeeded',
      log: 'load check: files\n{"ok": true, "version": "5.5.0", "schemas": ["b", "a"]}',
    },
  } as const;

  test('that is older than the database is refused before anything of the hub changes', async () => {
    const bench = await running(IMAGE);
    bench.pods = loaded;
    bench.schema = { line: { version: '6.0.0', schema: 'c' } };
    expect(ended(await apply(bench))).toEqual([
      'failed',
      'product',
      expect.stringMatching(
        /database is that of JupyterHub 6\.0\.0 \(schema c\), and JupyterHub 5\.5\.0 .* older .*: name a chart/u,
      ),
    ]);
    expect([revisions(bench), bench.saidOf(/copied/u)]).toEqual([['1 deployed'], []]);
  });

  test('that upgrades the database says so, before the copy is made', async () => {
    const bench = await running(IMAGE);
    bench.pods = loaded;
    bench.schema = { line: { version: '4.1.6', schema: 'a' } };
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.saidOf(/database/u)).toEqual([
      expect.stringMatching(
        /JupyterHub 4\.1\.6 → 5\.5\.0 upgrades .*\(schema a → b\).*copied first/u,
      ),
      'one: the hub’s database is copied and the copy verified',
    ]);
  });

  test.each<[string, Bench['schema']]>([
    ['of the same schema', { line: { version: '5.4.0', schema: 'b' } }],
    ['that is no file', { line: { version: '6.0.0', schema: null } }],
    ['of a hub that is down', { line: { version: '6.0.0', schema: 'c' }, code: 1 }],
  ])('is not compared with a database %s', async (_what, schema) => {
    const bench = await running(IMAGE);
    Object.assign(bench, { pods: loaded, schema });
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.saidOf(/upgrades|schema/u)).toEqual([]);
  });

  test.each<[string, Bench['copy'], string[]]>([
    ['no file', { line: { copied: null } }, []],
    [
      'a hub that is down',
      { line: { copied: 'x' }, code: 137 },
      [
        'one: no copy of the hub’s database, because the hub does not answer: kubectl does not say why',
      ],
    ],
  ])('goes without a copy where there is %s', async (_what, copy, said) => {
    const bench = await running(IMAGE);
    bench.copy = copy;
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.saidOf(/database/u)).toEqual(said);
  });

  test('goes without a copy where the script cannot be started', async () => {
    const bench = await running(IMAGE);
    bench.outside.fail({
      call: 'python',
      error: new TimedOut('kubectl did not end', { hint: '' }),
    });
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.saidOf(/database/u)).toEqual([
      'one: no copy of the hub’s database, because the hub does not answer: kubectl did not end',
    ]);
  });
});

describe('who computes', () => {
  const KEEP: Edit = [FILE, 'idle: 1h', 'idle: 1h, keepBusy: {max: 1d}'];
  const LINE = { computing: { v: 1, computing: 3, longest: 1_795_802_400, over: 0 } };

  async function keeping(): Promise<Bench> {
    const bench = new Bench(KEEP);
    await apply(bench);
    bench.change(KEEP, QUIET);
    bench.said.length = 0;
    return bench;
  }

  test('is told as counts before anything is touched', async () => {
    const bench = await keeping();
    const { scripts } = bench.kube;
    bench.kube.scripts = (request, namespace) => {
      if (!request.script.includes('hub_people.py')) return scripts(request, namespace);
      request.onLine(JSON.stringify(LINE));
      return Promise.resolve({ code: 0, stdout: '', stderr: '' });
    };
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.said).toContain(
      'one: 3 servers compute, the longest until 2026-11-27 18:00 UTC at the latest; this goes on',
    );
  });

  test('keeps no deployment from going on where the hub does not say', async () => {
    const bench = await keeping();
    bench.outside.fail({ call: 'python', error: new TimedOut('too long', { hint: '' }) });
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.saidOf(/compute/u)).toEqual([]);
  });

  test('is not asked where the hub keeps nobody', async () => {
    const bench = await running(QUIET);
    expect((await apply(bench)).outcome).toBe('done');
    expect(bench.outside.made('python').filter((call) => call.includes('computing'))).toEqual([]);
  });
});

describe('a run that has lost its Lease', () => {
  const lost = new LeaseHeld('lease-lost', 'lost', '');

  /** Fails from the n-th time on that it is asked. */
  const lostAt = (n: number): (() => void) => {
    let asked = 0;
    return () => {
      asked += 1;
      if (asked >= n) throw lost;
    };
  };

  test.each([1, 2])('writes no state and starts no Helm (asked %i times)', async (n) => {
    const bench = await running(RESTART);
    const before = bench.state(HUB);
    await expect(apply(bench, { held: lostAt(n) })).rejects.toBe(lost);
    expect(bench.outside.made('upgrade', 'restore')).toEqual([]);
    expect(bench.state(HUB)).toEqual(before);
  });

  test('does not roll back what another run may have begun', async () => {
    const bench = await running(RESTART);
    bench.health = { lines: [{ ...WELL[0], ok: false, detail: 'no', class: 'product' }] };
    await expect(apply(bench, { held: lostAt(3) })).rejects.toBe(lost);
    expect(bench.outside.made('restore')).toEqual([]);
  });
});

describe('a run that is killed', () => {
  async function calls(): Promise<number> {
    const bench = await running(IMAGE);
    await apply(bench);
    return bench.outside.calls.length;
  }

  test.each(['before', 'after'] as const)(
    '%s any of its calls leaves what the next run brings to the same end',
    async (when) => {
      const all = await calls();
      expect(all).toBeGreaterThan(30);
      for (let call = 1; call <= all; call += 1) {
        const bench = await running(IMAGE);
        bench.outside.killAt(call, when);
        await expect(apply(bench)).rejects.toThrow(Killed);
        bench.outside.revive();
        const { outcome } = await apply(bench);
        const state = bench.state(HUB);
        expect([call, outcome, state?.healthy?.digest, state?.copy, state?.last.outcome]).toEqual([
          call,
          'done',
          bench.wanted(HUB).digest,
          undefined,
          'done',
        ]);
        expect(bench.releases.kept(HUB, HUB).at(-1)?.status).toBe('deployed');
        expect(bench.kube.names('Pod').filter((name) => name.includes('glaciocloud'))).toEqual([]);
      }
    },
  );
});
