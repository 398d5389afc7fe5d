import { describe, expect, test } from '@jest/globals';
import { cleanUp, parseLine, proveHealthy } from '../../src/apply/hub/health.ts';
import type { HealthRun } from '../../src/apply/hub/health.ts';
import { applyHub } from '../../src/apply/hub/hub.ts';
import { Faulty } from '../../src/apply/types.ts';
import { sha256Hex } from '../../src/core/digest.ts';
import { at } from '../../src/core/json.ts';
import { TimedOut } from '../../src/failure.ts';
import { Bench, WELL } from '../support/apply-bench.ts';
import type { Edit } from '../support/apply-bench.ts';
import { home } from '../support/archive-bench.ts';

const INGRESS: Edit = ['clusters/main.yaml', 'class: none', 'class: nginx, issuer: letsencrypt'];

/** A hub that runs, as health finds it. */
async function running(...edits: Edit[]): Promise<{ bench: Bench; run: HealthRun }> {
  const bench = new Bench(...edits);
  await applyHub(bench.task('one'), bench.world);
  bench.said.length = 0;
  bench.outside.calls.length = 0;
  bench.jobs.length = 0;
  return { bench, run: { lines: [], rest: undefined } };
}

/** The fault that it ends with; undefined where all is well. */
async function prove(
  bench: Bench,
  run: HealthRun,
  isNew = false,
): Promise<[string, string] | undefined> {
  const task = bench.task('one', isNew ? { state: undefined } : {});
  return proveHealthy(task, bench.world, run).then(
    () => undefined,
    (error: unknown) => {
      if (!(error instanceof Faulty)) throw error;
      return [error.fault, error.message];
    },
  );
}

describe('a line of the health check', () => {
  const line = { check: 'hub', image: null, ok: true, seconds: 1.5, detail: 'x', class: null };

  test.each<[string, object]>([
    ['as it is', line],
    ['with an image', { ...line, image: 'science' }],
    ['of a failure of the product', { ...line, ok: false, class: 'product' }],
    ['of a failure of the infrastructure', { ...line, ok: false, class: 'infrastructure' }],
  ])('is read %s', (_what, given) => {
    expect(parseLine(JSON.stringify(given))).toEqual(given);
  });

  test.each<[string, unknown]>([
    ['no object', [line]],
    ['without a check', { ...line, check: undefined }],
    ['without ok', { ...line, ok: 'yes' }],
    ['without a detail', { ...line, detail: 1 }],
    ['without seconds', { ...line, seconds: '1.5' }],
    ['without an image', { ...line, image: undefined }],
    ['of something else', { level: 'info', message: 'started' }],
  ])('is none where it is one %s', (_what, given) => {
    expect(parseLine(JSON.stringify(given))).toBeUndefined();
  });

  test('is none where it is no JSON', () => {
    expect(parseLine('Traceback (most recent call last):')).toBeUndefined();
  });

  test('of a class that nobody knows is of none, and holds nothing besides', () => {
    expect(parseLine(JSON.stringify({ ...line, class: 'x', more: 1 }))).toEqual(line);
  });
});

describe('a health check', () => {
  test('is heard through whatever else is printed', async () => {
    const { bench, run } = await running();
    bench.health = { lines: ['a warning', { level: 'info' }, '[]', ...WELL] };
    expect(await prove(bench, run)).toBeUndefined();
    expect(run.lines.map(({ check }) => check)).toEqual(['hub', 'start', 'public address']);
    expect(run.rest).toBeUndefined();
  });

  test('that fails is heard although it says something else first', async () => {
    const { bench, run } = await running();
    const bad = { ...WELL[1], ok: false, detail: 'no kernel', class: null };
    bench.health = { lines: ['{"level": "info"}', bad], code: 1 };
    expect(await prove(bench, run)).toEqual(['product', 'start of science: no kernel']);
    expect(run.rest).toBeInstanceOf(Promise);
  });

  test.each<[string, Bench['health'], string]>([
    [
      'with a code',
      {
        lines: WELL,
        code: 3,
        stderr: 'Traceback\nKeyError: \u{1B}[31m\ncommand terminated with exit code 3\n',
      },
      'the health check ended with code 3: the script says “KeyError: <U+001B>[31m”',
    ],
    [
      'before it began',
      {
        lines: [],
        code: 1,
        stderr: 'error: unable to upgrade connection: container not found ("hub")\n',
      },
      'the health check ended with code 1: container hub: it does not run just now',
    ],
    ['without a word', { lines: [] }, 'the health check ended without a word'],
    ['with words of others only', { lines: ['{}'] }, 'the health check ended without a word'],
  ])('that ends %s has proven nothing', async (_what, health, reason) => {
    const { bench, run } = await running();
    bench.health = health;
    expect(await prove(bench, run)).toEqual(['infrastructure', reason]);
  });

  test('that does not end is a failure of its own', async () => {
    const { bench, run } = await running();
    bench.outside.fail({ call: 'python', error: new TimedOut('too long', { hint: '' }) });
    await expect(prove(bench, run)).rejects.toThrow('too long');
    await cleanUp(bench.task('one'), run, bench.world);
  });

  test.each([
    [true, 1200],
    [false, 600],
  ])('has time for images that are new (%s): %i s', async (isNew, seconds) => {
    const { bench, run } = await running();
    const asked: number[] = [];
    const scripts = bench.kube.scripts;
    bench.kube.scripts = (request, namespace) => {
      asked.push(request.timeoutMs);
      return scripts(request, namespace);
    };
    await prove(bench, run, isNew);
    expect(asked).toEqual([seconds * 1000]);
  });

  test('knows the menu that the hub must have read, and makes it read it', async () => {
    const { bench, run } = await running();
    const menu = at(bench.kube.peek('ConfigMap', 'hub-profiles', 'one'), '/data/profiles.json');
    await prove(bench, run);
    expect(bench.jobs[0]?.['profiles']).toBe(sha256Hex(typeof menu === 'string' ? menu : ''));
    expect(bench.outside.made('annotate')).toEqual([
      `annotate: pods app=jupyterhub,component=hub one glaciocloud.org/touch=${Date.parse('2026-11-24T12:00:04.500Z')}`,
    ]);
  });

  test('takes the homes of its own user away, before and after, and nobody else’s', async () => {
    const { bench, run } = await running();
    const add = (): void => bench.kube.add(home('claim-deploy', 'deploy_0'));
    add();
    bench.kube.add(home('claim-ada', 'ada'), home('claim-probe', 'probe_0'));
    const scripts = bench.kube.scripts;
    bench.kube.scripts = (request, namespace) => {
      expect(bench.kube.peek('PersistentVolumeClaim', 'claim-deploy', 'one')).toBeUndefined();
      add();
      return scripts(request, namespace);
    };
    await prove(bench, run);
    expect(bench.kube.names('PersistentVolumeClaim').sort()).toEqual(
      ['claim-ada', 'claim-probe', 'hub-db-dir'].map((one) => `PersistentVolumeClaim one/${one}`),
    );
  });
});

describe('after a failure', () => {
  const server = (name: string, username: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'one',
      labels: { component: 'singleuser-server' },
      annotations: { 'hub.jupyter.org/username': username },
    },
    status: { phase: 'Running' },
  });

  test('the throw-away user goes, when the check has ended', async () => {
    const { bench } = await running();
    bench.kube.add(
      server('mine', 'deploy_0'),
      server('ada', 'ada'),
      home('claim-mine', 'deploy_0'),
    );
    let ended = false;
    const rest = bench.clock.sleep(90_000).then(() => {
      ended = true;
      expect(bench.kube.peek('Pod', 'mine', 'one')).toBeDefined();
    });
    await cleanUp(bench.task('one'), { lines: [], rest }, bench.world);
    expect(ended).toBe(true);
    expect(bench.said).toEqual(['one: waiting until the throw-away user is gone']);
    expect(bench.kube.peek('Pod', 'mine', 'one')).toBeUndefined();
    expect(bench.kube.peek('Pod', 'ada', 'one')).toBeDefined();
    expect(bench.kube.peek('PersistentVolumeClaim', 'claim-mine', 'one')).toBeUndefined();
  });

  test('nothing is to be done where no check was begun', async () => {
    const { bench, run } = await running();
    await cleanUp(bench.task('one'), run, bench.world);
    expect([bench.said, bench.outside.calls]).toEqual([[], []]);
  });
});

describe('the public address', () => {
  const nothing = { kind: 'nothing', why: 'no such host' } as const;
  const well = {
    kind: 'answered',
    status: 200,
    body: '{"version": "5"}',
    until: undefined,
  } as const;
  const page = { kind: 'answered', status: 404, body: 'nginx', until: undefined } as const;

  /** How long it took to be proven, in seconds, or why it could not be. */
  async function asked(isNew: boolean, wellAfter: number): Promise<unknown> {
    const { bench, run } = await running();
    bench.change(INGRESS);
    const begin = bench.clock.elapsed();
    const passed = (): number => (bench.clock.elapsed() - begin) / 1000;
    bench.answer = () => (passed() >= wellAfter ? well : nothing);
    const fault = await prove(bench, run, isNew);
    return fault ?? run.lines.at(-1)?.seconds;
  }

  test.each<[string, boolean, number, unknown]>([
    ['that answers is proven at once', false, 0, 0],
    ['of an old hub may take a minute', false, 60, 60],
    ['of a new hub may take five', true, 300, 300],
    [
      'of an old hub may not take longer',
      false,
      70,
      ['infrastructure', 'https://one.example.org: it does not answer: no such host'],
    ],
    [
      'of a new hub may not take longer',
      true,
      310,
      ['infrastructure', 'https://one.example.org: it does not answer: no such host'],
    ],
  ])('%s', async (_what, isNew, after, expected) => {
    expect(await asked(isNew, after)).toEqual(expected);
  });

  test('is waited for aloud, and each reason is said once', async () => {
    const { bench, run } = await running();
    bench.change(INGRESS);
    const answers = [nothing, nothing, page, page, well];
    bench.answer = () => answers.shift() ?? well;
    await prove(bench, run);
    expect(bench.said.slice(-3)).toEqual([
      'one: waiting for https://one.example.org: it does not answer: no such host',
      'one: waiting for https://one.example.org: it answers 404 with "nginx", which is no answer of a hub',
      'one: ✓ public address 8.0 s  JupyterHub 5',
    ]);
    expect(run.lines.at(-1)).toEqual({
      check: 'public address',
      image: null,
      ok: true,
      seconds: 8,
      detail: 'JupyterHub 5',
      class: null,
    });
  });

  test('that does not answer is a failed line of the infrastructure', async () => {
    const { bench, run } = await running();
    bench.change(INGRESS);
    bench.answer = () => nothing;
    await prove(bench, run);
    expect(run.lines.at(-1)).toMatchObject({ ok: false, class: 'infrastructure' });
  });

  test('whose certificate ends soon is good enough for a deployment', async () => {
    const { bench, run } = await running();
    bench.change(INGRESS);
    bench.answer = () => ({ ...well, until: bench.clock.now().getTime() + 3_600_000 });
    expect(await prove(bench, run)).toBeUndefined();
  });
});
