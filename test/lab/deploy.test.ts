import { execFileSync } from 'node:child_process';
import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { CLI, edit, temporary } from '../support/sample.ts';
import type { Lab } from './lab.ts';
import { CANARIES, writePlatform } from './platform.ts';
import {
  CHARTS,
  OUTPUTS,
  deploy,
  hubPod,
  inHub,
  removeNamespaces,
  secondsBack,
  theLab,
  watchHub,
} from './support.ts';

/*
 * One hub on a real Kubernetes, from its first installation through changes and failures. The tests build on one another.
 * Times are printed, not asserted, except where a bound is part of the promise.
 */
const HUB = 'lab-hub';
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let record: string;
let env: Record<string, string>;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const file = `environments/${HUB}.yaml`;
const change = (from: string, to: string): Promise<void> => edit(root, file, from, to);
const run = (args: string[] = [], more: Record<string, string> = {}) =>
  deploy(root, lab, { ...env, ...more }, ['--record', record, ...args]);

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB, 'lab-other');
  folder = await temporary();
  root = join(folder.path, 'platform');
  record = join(folder.path, 'record');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
}, 240_000);
afterAll(async () => {
  await removeNamespaces(lab, HUB, 'lab-other');
  await folder.remove();
}, 240_000);

describe('a fresh hub', () => {
  test('is installed and proven: a kernel answers with its OGGM', async () => {
    const result = await run();
    expect(result.json.steps.map(({ kind, outcome, reason }) => [kind, outcome, reason])).toEqual([
      ['install', 'done', ''],
    ]);
    expect(result.code).toBe(0);
    expect(result.json.health.every(({ ok }) => ok)).toBe(true);
    expect(result.json.health.find(({ check }) => check === 'kernel')?.detail).toMatch(
      /^OGGM 1\.6\.3/u,
    );
    expect(result.json.health.map(({ check }) => check)).toEqual([
      'hub',
      'proxy',
      'files',
      'user',
      'start',
      'server',
      'kernel',
      'stop',
      'start again',
      'server again',
      'kernel again',
      'stop again',
      'gone',
      'rows',
      'public address',
    ]);
    note(
      `fresh hub with full health: ${result.seconds.toFixed(1)} s ${JSON.stringify(result.json.steps[0]?.seconds)}`,
    );
  });

  test('leaves nothing of its throw-away user', async () => {
    expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: [] });
    await new Promise((resolve) => setTimeout(resolve, 3000));
    expect(
      await new Kube(lab.kubeconfig).list('persistentvolumeclaims', {
        namespace: HUB,
        selector: 'component=singleuser-storage',
      }),
    ).toEqual([]);
  });

  test('is what a plan against its record calls unchanged', async () => {
    const plan = await exec(process.execPath, [
      CLI,
      'plan',
      '--root',
      root,
      '--present',
      record,
      '--charts-from',
      CHARTS,
      '--json',
    ]);
    expect((JSON.parse(plan.stdout) as { steps: object[] }).steps).toEqual([]);
  });

  test('deployed again: nothing happens, without Helm', async () => {
    const result = await run([], { GLACIOCLOUD_HELM: '/nonexistent/helm' });
    expect([result.code, result.json.steps]).toEqual([0, []]);
    note(`nothing to do: ${result.seconds.toFixed(1)} s`);
    expect(result.seconds).toBeLessThan(3);
  });
});

describe('a change', () => {
  let kernel = '';
  test('of a size restarts nothing, and nobody waits', async () => {
    kernel = String((await inHub(lab, HUB, 'start', 'probe_0'))['kernel']);
    await inHub(lab, HUB, 'set', 'probe_0', kernel, 'x = 41');
    const pod = await hubPod(lab, HUB);
    const watch = await watchHub(lab, HUB);
    await change('memory: 1G', 'memory: 1200M');
    const result = await run();
    const { polls, gap } = await watch.stop();
    expect(result.json.steps.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['upgrade', 'done'],
    ]);
    expect(await hubPod(lab, HUB)).toBe(pod);
    expect(polls).toBeGreaterThan(3);
    expect(gap).toBe(0);
    note(`changed size: ${result.seconds.toFixed(1)} s, no gap in ${polls} polls`);
  });

  test('of chart values restarts the hub once; running servers and their kernels stay', async () => {
    const pod = await hubPod(lab, HUB);
    const watch = await watchHub(lab, HUB);
    await change('idle: 1h', 'idle: 2h');
    const result = await run();
    const { polls, gap } = await watch.stop();
    expect(result.json.steps.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(await hubPod(lab, HUB)).not.toBe(pod);
    expect(await inHub(lab, HUB, 'set', 'probe_0', kernel, 'print(x + 1)')).toEqual({ said: '42' });
    note(
      `changed chart values: ${result.seconds.toFixed(1)} s, gap ${gap.toFixed(1)} s in ${polls} polls`,
    );
    await inHub(lab, HUB, 'stop', 'probe_0');
  });
});

describe('what is bad never stays', () => {
  const fails = async (
    from: string,
    to: string,
    outcome: string,
    reason: RegExp,
  ): Promise<void> => {
    await change(from, to);
    const watch = await watchHub(lab, HUB);
    const result = await run();
    const { gap } = await watch.stop();
    note(
      `${to}: ${outcome} in ${result.seconds.toFixed(1)} s, gap ${gap.toFixed(1)} s${outcome === 'rolled-back' ? `, back ${secondsBack(result)} s after it was seen` : ''}: ${result.json.steps[0]?.reason.slice(0, 160) ?? ''}`,
    );
    expect({
      outcome: result.json.steps[0]?.outcome,
      reason: result.json.steps[0]?.reason,
    }).toEqual({ outcome, reason: expect.stringMatching(reason) as unknown });
    expect(result.code).toBe(1);
    if (outcome === 'failed') expect(gap).toBe(0);
    else expect(secondsBack(result)).toBeLessThan(60);
    // The old hub answers.
    expect(await inHub(lab, HUB, 'users', '-')).toHaveProperty('users');
  };

  test('a configuration that cannot be loaded never reaches the hub', async () => {
    const pod = await hubPod(lab, HUB);
    await fails(
      '    extraEnv:',
      '    extraConfig: {broken: "c.JupyterHub.concurrent_spawn_limit = undefined_name"}\n    extraEnv:',
      'failed',
      /cannot be loaded: configuration: NameError/u,
    );
    expect(await hubPod(lab, HUB)).toBe(pod);
  });

  test('and is not tried again until somebody says so', async () => {
    const again = await run();
    expect([again.code, again.json.steps[0]?.outcome, again.json.steps[0]?.reason]).toEqual([
      3,
      'blocked',
      expect.stringMatching(/quarantined since/u),
    ]);
    const retried = await run(['--retry', HUB, '--reason', 'looking again']);
    expect([retried.code, retried.json.steps[0]?.outcome]).toEqual([1, 'failed']);
    await change(
      '    extraConfig: {broken: "c.JupyterHub.concurrent_spawn_limit = undefined_name"}\n',
      '',
    );
    const healed = await run();
    expect([healed.code, healed.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  });

  test('an image without a working OGGM is rolled back', async () => {
    await fails(
      'images: [oggm]',
      'images: [oggm-broken]',
      'rolled-back',
      /kernel of oggm-broken: .*ImportError/u,
    );
    await change('images: [oggm-broken]', 'images: [oggm]');
    await run();
  });

  test('an image that crashes is rolled back', async () => {
    await fails(
      'images: [oggm]',
      'images: [oggm-crashes]',
      'rolled-back',
      /start of oggm-crashes: .*(Back-off|BackOff)/u,
    );
    await change('images: [oggm-crashes]', 'images: [oggm]');
    await run();
  });

  test('a hub that crashes at start is rolled back', async () => {
    const [old = '', bad = ''] = [lab.images['hub'], lab.images['hub-crashes']].map((reference) =>
      reference?.replace('@', '", tag: "lab@'),
    );
    await fails(old, bad, 'rolled-back', /hub-.* has ended 3 times with code 4/u);
    await change(bad, old);
    expect((await run()).code).toBe(0);
  });
});

test('two deployments at once: one works, the other stands back, or finds it done', async () => {
  const text = await readFile(join(root, file), 'utf8');
  await writeFile(join(root, file), text.replace(/idle: \d+h/u, 'idle: 47h'));
  const both = await Promise.all([
    run(),
    new Promise((resolve) => setTimeout(resolve, 1500)).then(() => run()),
  ]);
  const outcomes = both
    .flatMap(({ json }) =>
      json.steps.map(({ kind, outcome, reason }) => `${kind} ${outcome} ${reason}`),
    )
    .sort();
  expect(outcomes).toEqual([
    expect.stringMatching(
      /^none (blocked another deployment holds hub-lab-hub|done another deployment has just done it)/u,
    ),
    'upgrade done ',
  ]);
});

test('a change that is not merged is tried for a while; what is merged waits, and then comes back', async () => {
  const proposed = join(folder.path, 'proposed');
  await cp(root, proposed, { recursive: true });
  await edit(proposed, file, 'memory: 1200M', 'memory: 1250M');
  const tried = await deploy(proposed, lab, env, ['--hold', '1m', '--reason', 'trying'], root);
  expect([tried.code, tried.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  const held = await run();
  expect([held.code, held.json.steps.map(({ outcome, reason }) => [outcome, reason])]).toEqual([
    0,
    [['waiting', expect.stringMatching(/^held until .*: trying$/u)]],
  ]);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
  const back = await run();
  expect([back.code, back.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
  expect((await run()).json.steps).toEqual([]);
});

test('another cluster than the file means is refused before anything is written', async () => {
  const before = await new Kube(lab.kubeconfig).get('configmap', 'glaciocloud-release', HUB);
  const text = await readFile(join(root, 'clusters/lab.yaml'), 'utf8');
  await writeFile(
    join(root, 'clusters/lab.yaml'),
    `${text}identity: 00000000-0000-0000-0000-000000000000\n`,
  );
  await change('memory: 1200M', 'memory: 1300M');
  const result = await run();
  await writeFile(join(root, 'clusters/lab.yaml'), text);
  await change('memory: 1300M', 'memory: 1200M');
  expect([result.code, result.output]).toEqual([
    1,
    expect.stringMatching(/this is not the cluster lab/u),
  ]);
  expect(
    at(
      (await new Kube(lab.kubeconfig).get('configmap', 'glaciocloud-release', HUB)) ?? {},
      '/metadata/resourceVersion',
    ),
  ).toBe(at(before ?? {}, '/metadata/resourceVersion'));
});

test('a failing first wave keeps the second untouched', async () => {
  const other = await readFile(join(root, file), 'utf8');
  await writeFile(
    join(root, 'environments/lab-other.yaml'),
    other
      .replace('wave: staging', 'wave: production')
      .replace('title: lab-hub', 'title: other')
      .replace(/url: .*/u, 'url: http://127.0.0.1:18500'),
  );
  await writeFile(
    join(root, 'secrets/lab-other.sops.yaml'),
    await readFile(join(root, `secrets/${HUB}.sops.yaml`), 'utf8'),
  );
  await change('    extraEnv:', '    extraConfig: {broken: "raise SystemExit(1)"}\n    extraEnv:');
  const result = await run();
  expect(result.json.steps.map(({ unit, outcome }) => [unit.name, outcome])).toEqual([
    [HUB, 'failed'],
    ['lab-other', 'blocked'],
  ]);
  expect(await new Kube(lab.kubeconfig).get('namespace', 'lab-other')).toBeUndefined();
  await change('    extraConfig: {broken: "raise SystemExit(1)"}\n', '');
});

test('another secret alone reaches the hub, which restarts for it, and is told in the plan', async () => {
  await run();
  const pod = await hubPod(lab, HUB);
  const anew = `${CANARIES['github-client-secret']}-anew`;
  const path = join(root, `secrets/${HUB}.sops.yaml`);
  const args = ['set', path, '["github-client-secret"]', JSON.stringify(anew)];
  const { code, stderr } = await exec(join(lab.bin, 'sops'), args, { env });
  expect([stderr, code]).toEqual(['', 0]);
  const where = ['--root', root, '--present', record, '--charts-from', CHARTS];
  const plan = await exec(process.execPath, [CLI, 'plan', HUB, ...where]);
  expect(plan.stdout).toMatch(/secrets written anew/u);
  expect(plan.stdout).toMatch(/supplied secrets: where a value is another, hub restarts once/u);
  const result = await run([HUB]);
  expect(result.json.steps.map(({ kind, outcome }) => [kind, outcome])).toEqual([
    ['upgrade', 'done'],
  ]);
  expect(await hubPod(lab, HUB)).not.toBe(pod);
  const kube = new Kube(lab.kubeconfig);
  const held = (await kube.list('secrets', { namespace: HUB })).filter((one) => {
    const value = at(one, '/data/github-client-secret');
    return typeof value === 'string' && Buffer.from(value, 'base64').toString() === anew;
  });
  expect(held).toHaveLength(1);
  const name = at(held[0] ?? {}, '/metadata/name');
  expect(JSON.stringify(await kube.get('deployment', 'hub', HUB))).toContain(JSON.stringify(name));
  expect((await run([HUB])).json.steps).toEqual([]);
});

test('supplied secrets are in a Secret of their own and nowhere else', async () => {
  const kube = new Kube(lab.kubeconfig);
  const holds = (text: string): boolean =>
    Object.values(CANARIES).some((canary) => text.includes(canary));
  const holders: string[] = [];
  for (const one of await kube.list('secrets,configmaps,pods,deployments', { namespace: HUB })) {
    let text = JSON.stringify(one);
    for (const value of Object.values((at(one, '/data') ?? {}) as Record<string, string>)) {
      const raw = Buffer.from(value, 'base64');
      const release = Buffer.from(raw.toString('utf8'), 'base64');
      text +=
        raw.toString('utf8') +
        (release[0] === 0x1f && release[1] === 0x8b ? gunzipSync(release).toString('utf8') : '');
    }
    if (holds(text)) holders.push(JSON.stringify(at(one, '/metadata/name')));
  }
  expect(holders.length).toBeGreaterThan(0);
  expect(holders.every((name) => name.startsWith('"hub-secrets-'))).toBe(true);
  const files = (await readdir(record, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of files)
    expect([entry.name, holds(await readFile(join(entry.parentPath, entry.name), 'utf8'))]).toEqual(
      [entry.name, false],
    );
  expect(OUTPUTS.length).toBeGreaterThan(1);
  expect(OUTPUTS.filter((text) => holds(text) || text.includes('AGE-SECRET-KEY'))).toEqual([]);
});

describe('drift', () => {
  const drift = async (): Promise<{ code: number; text: string }> => {
    const { code, stdout } = await exec(
      process.execPath,
      [CLI, 'drift', HUB, '--kubeconfig', lab.kubeconfig],
      { timeoutMs: 120_000 },
    );
    return { code, text: stdout };
  };

  test('is not seen where nobody touched anything, and is where somebody did', async () => {
    expect((await run()).code).toBe(0);
    expect(await drift()).toEqual({
      code: 0,
      text: expect.stringContaining(`${HUB}: as deployed`) as unknown,
    });
    execFileSync('kubectl', ['--namespace', HUB, 'set', 'env', 'deployment/proxy', 'TOUCHED=1'], {
      env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    });
    execFileSync(
      'kubectl',
      [
        '--namespace',
        HUB,
        'patch',
        'service',
        'proxy-public',
        '--patch',
        '{"spec": {"ports": [{"port": 80, "name": "http", "targetPort": 9999}]}}',
      ],
      { env: { ...process.env, KUBECONFIG: lab.kubeconfig } },
    );
    const found = await drift();
    expect(found.code).toBe(1);
    expect(found.text).toContain('✗ Service proxy-public /spec/ports');
    expect(found.text).toContain('kubectl');
  });

  test('is taken back where somebody says so, and what is overwritten is named first', async () => {
    const again = await run([HUB, '--again', '--reason', 'nobody knows who did that']);
    expect([again.code, again.json.steps.map(({ outcome }) => outcome)]).toEqual([0, ['done']]);
    expect(again.output).toMatch(
      /⚠ Service proxy-public: what kubectl-patch changed at \S+ is overwritten: \/spec\/ports\/80,TCP\/targetPort/u,
    );
    expect((await drift()).code).toBe(0);
  });
});

describe('a hub whose file is gone', () => {
  test('runs on until a reviewed removal says what becomes of it, and then leaves homes and database behind', async () => {
    const kube = new Kube(lab.kubeconfig);
    await rm(join(root, file));
    await rm(join(root, 'environments/lab-other.yaml'), { force: true });
    const kept = await run();
    expect([kept.code, kept.json.steps]).toEqual([0, []]);
    expect(kept.output).toContain('runs, but no file names it');
    expect(await kube.get('deployment', 'hub', HUB)).toBeDefined();
    await kube.apply([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'claim-somebody',
          namespace: HUB,
          labels: { component: 'singleuser-storage' },
        },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
      },
    ]);
    await writeFile(
      join(root, 'platform.yaml'),
      `${await readFile(join(root, 'platform.yaml'), 'utf8')}removals:\n  - {hub: ${HUB}, cluster: lab, reason: the test is over}\n`,
    );
    const gone = await run();
    expect(gone.json.steps.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['remove', 'done'],
    ]);
    expect(await kube.get('deployment', 'hub', HUB)).toBeUndefined();
    expect(
      (await kube.list('persistentvolumeclaims', { namespace: HUB })).map((one) =>
        at(one, '/metadata/name'),
      ),
    ).toEqual(expect.arrayContaining(['claim-somebody', 'hub-db-dir']));
    expect(await readdir(record)).not.toContain(HUB);
    expect((await run()).json.steps).toEqual([]);
  });
});
