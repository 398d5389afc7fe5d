import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { at, textAt } from '../../src/core/json.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { edit, temporary } from '../support/sample.ts';
import { startFaultyApi } from './faulty-api.ts';
import type { Fault, FaultyApi } from './faulty-api.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import {
  deploy,
  hubPod,
  inHub,
  removeNamespaces,
  secondsBack,
  theLab,
  watchHub,
} from './support.ts';
import type { DeployRun } from './support.ts';

/* A hub that has users, and what happens to it when images, the node, the API server or Helm are bad. The tests build on one another. */
const HUB = 'lab-faults';
const file = `environments/${HUB}.yaml`;
/** Seconds that a throw-away user's start may take: one that is hopeless ends long before. */
const START_TIMEOUT = 180;
/** What takes minutes of waiting is taken with --all, and counted as skipped otherwise. */
const slowTest = process.env['GLACIOCLOUD_LAB_ALL'] === '1' ? test : test.skip;
let lab: Lab;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let env: Record<string, string>;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const change = (from: string, to: string): Promise<void> => edit(root, file, from, to);
const run = (more: Record<string, string> = {}, args: string[] = []): Promise<DeployRun> =>
  deploy(root, lab, { ...env, ...more }, args);
const outcomes = ({ json }: DeployRun): string[] => json.steps.map(({ outcome }) => outcome);
const helm = (...args: string[]): string =>
  execFileSync(unpackedTool('helm'), [...args, '--namespace', HUB], {
    env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    encoding: 'utf8',
  });
const lastStatus = (): string =>
  (JSON.parse(helm('history', HUB, '--output', 'json')) as { status: string }[]).at(-1)?.status ??
  '';
let idle = 1;
const changeValues = async (): Promise<void> => {
  await change(`idle: ${idle}h`, `idle: ${idle + 1}h`);
  idle += 1;
};

const filesOf = (name: string): string[] => [
  `environments/${name}.yaml`,
  `secrets/${name}.sops.yaml`,
];

/** A second hub with the files of the first. */
async function copyHub(name: string, said: string): Promise<void> {
  for (const [index, path] of filesOf(name).entries())
    await cp(join(root, filesOf(HUB)[index] ?? ''), join(root, path));
  await edit(root, `environments/${name}.yaml`, `title: ${HUB}\nurl: http://127.0.0.1:18000`, said);
}

async function dropHub(name: string): Promise<void> {
  for (const path of filesOf(name)) await rm(join(root, path));
  await removeNamespaces(lab, name);
}

beforeAll(async () => {
  lab = await theLab();
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  root = join(folder.path, 'platform');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  const first = await run();
  if (first.code !== 0) throw new Error(first.output);
  await inHub(lab, HUB, 'start', 'probe_1');
}, 300_000);
afterAll(async () => {
  await removeNamespaces(lab, HUB, 'lab-quota');
  await folder.remove();
}, 240_000);

/** Each bad change has its own reason, the old hub answers afterwards, and its users are who they were. */
async function fails(
  from: string,
  to: string,
  outcome: string,
  reason: RegExp,
): Promise<DeployRun> {
  await change(from, to);
  const watch = await watchHub(lab, HUB);
  const result = await run();
  const { gap } = await watch.stop();
  await change(to, from);
  note(
    `${result.json.steps[0]?.outcome ?? 'nothing'} in ${result.seconds.toFixed(1)} s, gap ${gap.toFixed(1)} s${outcome === 'rolled-back' ? `, back ${secondsBack(result)} s after it was seen` : ''}: ${result.json.steps[0]?.reason.slice(0, 200) ?? result.output}`,
  );
  expect({ outcome: outcomes(result), reason: result.json.steps[0]?.reason }).toEqual({
    outcome: [outcome],
    reason: expect.stringMatching(reason) as unknown,
  });
  if (outcome === 'failed') expect(gap).toBe(0);
  else expect(secondsBack(result)).toBeLessThan(60);
  expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  return result;
}

describe('a bad change', () => {
  test('a hub image with a database schema of its own: the database is what it was', async () => {
    const [old = '', bad = ''] = [lab.images['hub'], lab.images['hub-newer']].map((reference) =>
      reference?.replace('@', '", tag: "lab@'),
    );
    const { output } = await fails(
      old,
      bad,
      'rolled-back',
      /hub-.* has ended 3 times with code 1: .*alembic/u,
    );
    expect(output).toContain('is what it was before the change');
    expect(outcomes(await run())).toEqual(['done']);
  });

  test('an image that cannot be pulled', async () => {
    const pod = await hubPod(lab, HUB);
    const image = await readFile(join(root, 'images/oggm/image.yaml'), 'utf8');
    await mkdir(join(root, 'images/oggm-gone'));
    await writeFile(
      join(root, 'images/oggm-gone/image.yaml'),
      image.replace(/sha256:[0-9a-f]{64}/u, `sha256:${'0'.repeat(64)}`),
    );
    const { seconds } = await fails(
      'images: [oggm]',
      'images: [oggm-gone]',
      'rolled-back',
      /start of oggm-gone: .*(not found|ErrImagePull|ImagePullBackOff)/u,
    );
    expect(seconds).toBeLessThan(START_TIMEOUT);
    expect(await hubPod(lab, HUB)).toBe(pod);
    expect(outcomes(await run())).toEqual(['done']);
    // It was this hub's first start since it was restarted: the next is not blocked by its failure.
    await inHub(lab, HUB, 'start', 'probe_2');
    await inHub(lab, HUB, 'stop', 'probe_2');
    await inHub(lab, HUB, 'delete', 'probe_2');
  });

  test('a hub that asks for more than any node has', async () => {
    await fails(
      '  hub:\n',
      '  hub:\n    resources: {requests: {memory: 900Gi}}\n',
      'failed',
      /hub asks for 900\.0 GiB of memory, and the largest node has/u,
    );
    expect(outcomes(await run())).toEqual(['done']);
  });

  test('a folder of the node, through raw values, is refused at its line', async () => {
    const [from, to] = [
      '  hub:\n',
      '  hub:\n    extraVolumes: [{name: host, hostPath: {path: /}}]\n',
    ];
    await change(from, to);
    const { code, output } = await run();
    await change(to, from);
    expect([code, output]).toEqual([
      2,
      expect.stringMatching(/"rule": "user-pod"[^}]*a folder of the node is mounted/u),
    ]);
    expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  });

  test('a namespace whose quota is used up', async () => {
    const name = 'lab-quota';
    await removeNamespaces(lab, name);
    await copyHub(name, 'title: quota\nurl: http://127.0.0.1:18001');
    await new Kube(lab.kubeconfig).apply([
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'few', namespace: name },
        spec: { hard: { pods: '1' } },
      },
    ]);
    const result = await run({}, [name]);
    expect([result.code, outcomes(result), result.json.steps[0]?.reason]).toEqual([
      1,
      ['failed'],
      expect.stringMatching(/pod glaciocloud-load-check: quota few of the namespace has no room/u),
    ]);
    expect(result.seconds).toBeLessThan(60);
    await dropHub(name);
  });

  test('a first installation that breaks a promise lets nobody in: nothing of it is applied', async () => {
    const name = 'lab-opened';
    await removeNamespaces(lab, name);
    await copyHub(name, 'title: opened\nurl: http://127.0.0.1:18002');
    await edit(
      root,
      `environments/${name}.yaml`,
      '    extraEnv:',
      '    extraConfig: {course: "c.Authenticator.admin_users = {\'teacher\'}"}\n    extraEnv:',
    );
    const result = await run({}, [name]);
    note(`a first installation that opens the hub: ${result.seconds.toFixed(1)} s`);
    expect([result.code, outcomes(result), result.json.steps[0]?.reason]).toEqual([
      1,
      ['failed'],
      expect.stringMatching(/breaks a promise: .*admin_users lets people in/u),
    ]);
    const kube = new Kube(lab.kubeconfig);
    for (const kind of ['deployments', 'services', 'daemonsets', 'pods'])
      expect([kind, await kube.list(kind, { namespace: name })]).toEqual([kind, []]);
    await dropHub(name);
  });

  slowTest(
    'a hub that fits on a node, but not beside what runs there: nobody is to blame, and nothing is quarantined',
    async () => {
      const pod = await hubPod(lab, HUB);
      await fails(
        '  hub:\n',
        '  hub:\n    resources: {requests: {memory: 23Gi}, limits: {memory: 23Gi}}\n',
        'failed',
        /cannot be loaded: glaciocloud-load-check finds no node: .*Insufficient memory/u,
      );
      expect(await hubPod(lab, HUB)).toBe(pod);
      expect(outcomes(await run())).toEqual(['done']);
    },
  );

  slowTest('a hub that never becomes ready', async () => {
    await fails(
      '    extraEnv:',
      '    extraConfig: {elsewhere: "c.JupyterHub.hub_bind_url = \'http://:9999\'"}\n    extraEnv:',
      'rolled-back',
      /runs for 120 s and does not become ready/u,
    );
    expect(outcomes(await run())).toEqual(['done']);
  });
});

describe('an API server that answers badly', () => {
  let api: FaultyApi;
  beforeAll(async () => {
    api = await startFaultyApi(lab.kubeconfig, join(folder.path, 'faulty-kubeconfig'));
  });
  afterAll(() => api.close());
  const through = (): Promise<DeployRun> =>
    deploy(root, { ...lab, kubeconfig: api.kubeconfig }, env);

  const FAULTS = [429, 500, 'reset', 'slow'] as const;
  /** The same faults in every run, but not in step with what kubectl asks. */
  const nowAndThen = (n: number): Fault =>
    (n * 7919) % 31 === 5 ? (FAULTS[Math.floor(n / 31) % FAULTS.length] ?? 'pass') : 'pass';
  const cases: [string, (n: number) => Fault][] = [
    [
      'now and then: too many requests, errors, broken connections, four seconds of silence',
      nowAndThen,
    ],
    ['credentials that end on the way', (n) => (n > 60 ? 401 : 'pass')],
    ['nothing at all for a while', (n) => (n > 70 && n < 160 ? 'reset' : 'pass')],
  ];
  test.each(cases)('%s', async (_what, plan) => {
    await changeValues();
    api.begin(plan);
    const bad = await through();
    note(
      `with ${JSON.stringify(api.injected)}: ${outcomes(bad).join()} ${bad.json.steps[0]?.reason.slice(0, 160) ?? bad.output.slice(-200)}`,
    );
    expect(Object.keys(api.injected).length).toBeGreaterThan(1);
    api.begin(() => 'pass');
    const next = await run();
    expect(next.code).toBe(0);
    expect(['done', undefined]).toContain(outcomes(next)[0]);
    expect(lastStatus()).toBe('deployed');
    expect(outcomes(await run())).toEqual([]);
    expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  });
});

/* Helm goes on in short pieces, so that it is not through before it is seen that it has begun. */
describe('Helm that is killed while it applies', () => {
  const wrapper = async (alone: boolean): Promise<string> => {
    const path = join(folder.path, `helm-killed-${String(alone)}`);
    const pending = `"${unpackedTool('kubectl')}" --kubeconfig "${lab.kubeconfig}" -n ${HUB} get secret -l owner=helm,status=pending-upgrade -o name`;
    await writeFile(
      path,
      `#!/bin/bash\nif [ "$1" != upgrade ]; then exec "${unpackedTool('helm')}" "$@"; fi\n"${unpackedTool('helm')}" "$@" &\nhelm=$!\nfor i in $(seq 400); do kill -STOP $helm; [ -n "$(${pending})" ] && break; kill -CONT $helm; sleep 0.05; done\nkill -9 $helm ${alone ? '' : '$PPID'}\nkill -9 $$\n`,
    );
    await chmod(path, 0o755);
    return path;
  };

  test('alone: the change is not to blame, and the next run makes it', async () => {
    await changeValues();
    const killed = await run({ GLACIOCLOUD_HELM: await wrapper(true) });
    note(`Helm killed: ${outcomes(killed).join()} ${killed.json.steps[0]?.reason ?? ''}`);
    expect(killed.json.steps[0]?.reason).toMatch(/killed by SIGKILL/u);
    const next = await run();
    expect([next.code, outcomes(next)]).toEqual([0, ['done']]);
    expect(lastStatus()).toBe('deployed');
  });

  test('with the deployment: its record is dropped, what it applied stays, and the next run goes on', async () => {
    await changeValues();
    await run({ GLACIOCLOUD_HELM: await wrapper(false) });
    expect(lastStatus()).toBe('pending-upgrade');
    const next = await run();
    expect([next.code, outcomes(next)]).toEqual([0, ['done']]);
    expect(next.output).toContain('was left pending-upgrade');
    expect(lastStatus()).toBe('deployed');
    expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  });
});

test('somebody whose home is full gets a server with a kernel, and can make room', async () => {
  const kube = new Kube(lab.kubeconfig);
  await inHub(lab, HUB, 'start', 'probe_3');
  await inHub(lab, HUB, 'stop', 'probe_3');
  const claims = await kube.list('persistentvolumeclaims', {
    namespace: HUB,
    selector: 'component=singleuser-storage',
  });
  const claim = claims.find(
    (one) => at(one, '/metadata/annotations/hub.jupyter.org~1username') === 'probe_3',
  );
  const volume = await kube.get('persistentvolume', textAt(claim, '/spec/volumeName'));
  const home = textAt(volume, '/spec/local/path') || textAt(volume, '/spec/hostPath/path');
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0777', 'none', home]);
  try {
    expect(() =>
      execFileSync('dd', ['if=/dev/zero', `of=${join(home, 'results')}`, 'bs=4k'], {
        stdio: 'pipe',
      }),
    ).toThrow(/No space left/u);
    await chmod(join(home, 'results'), 0o666);
    const { kernel } = await inHub(lab, HUB, 'start', 'probe_3');
    const write =
      'try: print(open("new", "w").write("x" * 100_000))\nexcept OSError as error: print(error.strerror)';
    expect(await inHub(lab, HUB, 'set', 'probe_3', String(kernel), write)).toEqual({
      said: 'No space left on device',
    });
    expect(
      await inHub(
        lab,
        HUB,
        'set',
        'probe_3',
        String(kernel),
        `import os; os.truncate("results", 0)\n${write}`,
      ),
    ).toEqual({ said: '100000' });
    await inHub(lab, HUB, 'stop', 'probe_3');
  } finally {
    execFileSync('umount', ['--lazy', home]);
  }
  await inHub(lab, HUB, 'delete', 'probe_3');
});

test('the server that a user has all the time was never touched', async () => {
  const pods = await new Kube(lab.kubeconfig).list('pods', {
    namespace: HUB,
    selector: 'component=singleuser-server',
  });
  expect(
    pods.map((pod) => [
      at(pod, '/metadata/annotations/hub.jupyter.org~1username'),
      at(pod, '/status/phase'),
      at(pod, '/status/containerStatuses/0/restartCount'),
    ]),
  ).toEqual([['probe_1', 'Running', 0]]);
});

test('the hub is removed with its homes and database only where their number is written out', async () => {
  const kube = new Kube(lab.kubeconfig);
  const claims = async (): Promise<string[]> =>
    (await kube.list('persistentvolumeclaims', { namespace: HUB }))
      .filter((one) => at(one, '/metadata/deletionTimestamp') === undefined)
      .map((one) => textAt(one, '/metadata/name'));
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
  await rm(join(root, file));
  const platform = await readFile(join(root, 'platform.yaml'), 'utf8');
  const remove = async (count: number): Promise<DeployRun> => {
    await writeFile(
      join(root, 'platform.yaml'),
      `${platform}removals:\n  - {hub: ${HUB}, cluster: lab, homes: delete, database: delete, count: ${count}, reason: the test is over}\n`,
    );
    return run();
  };
  const wrong = await remove(2);
  expect([wrong.code, outcomes(wrong), wrong.json.steps[0]?.reason]).toEqual([
    3,
    ['blocked'],
    '1 person has a home in this hub, and removals: says "count: 2"; nothing was touched',
  ]);
  expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  const right = await remove(1);
  expect([right.code, outcomes(right)]).toEqual([0, ['done']]);
  expect(await claims()).toEqual([]);
});
