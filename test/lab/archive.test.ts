import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parseManifest } from '../../src/core/removal/archive.ts';
import type { ArchiveManifest } from '../../src/core/removal/archive.ts';
import { at, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { CLI, temporary } from '../support/sample.ts';
import { BUCKET_SECRET, startBucketServer } from './bucket.ts';
import type { BucketServer } from './bucket.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { CHARTS, OUTPUTS, deploy, inHub, killer, removeNamespaces, theLab } from './support.ts';
import type { DeployRun } from './support.ts';

/* A hub that is removed, its homes and database archived into a real S3 server on this machine. The tests build on one another. */
const HUB = 'lab-archive';
const PEOPLE = ['claim-ada', 'claim-grace'] as const;
let lab: Lab;
let kube: Kube;
let folder: Awaited<ReturnType<typeof temporary>>;
let root: string;
let record: string;
let env: Record<string, string>;
let server: BucketServer;
let platform: string;
let environment: string;

const note = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);
const file = (): string => join(root, `environments/${HUB}.yaml`);
const kubectl = (...args: string[]): string =>
  execFileSync(unpackedTool('kubectl'), args, {
    env: { ...process.env, KUBECONFIG: lab.kubeconfig },
    encoding: 'utf8',
  });
const outcomes = ({ json }: DeployRun): string[] => json.steps.map(({ outcome }) => outcome);
const claims = async (): Promise<string[]> =>
  (await kube.list('persistentvolumeclaims', { namespace: HUB }))
    .filter((one) => at(one, '/metadata/deletionTimestamp') === undefined)
    .map((one) => textAt(one, '/metadata/name'))
    .sort();
const run = (more: Record<string, string> = {}): Promise<DeployRun> =>
  deploy(root, lab, { ...env, ...server.env, ...more }, ['--record', record]);
const archived = (path: string): string => join(server.folder('archive'), 'hubs', HUB, path);
const manifest = async (): Promise<ArchiveManifest | undefined> =>
  parseManifest(await readFile(archived('manifest.json'), 'utf8').catch(() => ''));

/** The reviewed removal, in place of the hub's file. */
async function removal(bucket = 's3://archive/hubs'): Promise<void> {
  await rm(file(), { force: true });
  await writeFile(
    join(root, 'platform.yaml'),
    `${platform}removals:\n  - {hub: ${HUB}, cluster: lab, homes: archive, database: archive, bucket: "${bucket}", endpoint: "${server.endpoint}", reason: the class is over}\n`,
  );
}

/** Runs a script in a home, as its owner or another. */
async function inHome(claim: string, script: string, uid = 1100): Promise<string> {
  const name = `writer-${claim}`;
  const image = lab.images['oggm'] ?? '';
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: HUB },
      spec: {
        restartPolicy: 'Never',
        securityContext: { runAsUser: uid, runAsGroup: uid === 0 ? 0 : 100 },
        volumes: [{ name: 'home', persistentVolumeClaim: { claimName: claim } }],
        containers: [
          {
            name: 'writer',
            image,
            workingDir: '/home/jovyan',
            command: ['bash', '-euc', script],
            volumeMounts: [{ name: 'home', mountPath: '/home/jovyan' }],
          },
        ],
      },
    },
  ]);
  kubectl(
    'wait',
    '--namespace',
    HUB,
    `pod/${name}`,
    '--for=jsonpath={.status.phase}=Succeeded',
    '--timeout=120s',
  );
  const said = kubectl('logs', '--namespace', HUB, name);
  kubectl('delete', 'pod', '--namespace', HUB, name);
  return said;
}

/** What one would compare: every file with its hash, links with their targets. */
const LISTING = `find . -type f -exec sha256sum {} + | sort -k 2; find . -type l -printf '%p -> %l\\n' | sort`;

beforeAll(async () => {
  lab = await theLab();
  kube = new Kube(lab.kubeconfig);
  await removeNamespaces(lab, HUB);
  folder = await temporary();
  root = join(folder.path, 'platform');
  record = join(folder.path, 'record');
  server = await startBucketServer(lab, folder.path, 'archive');
  ({ env } = await writePlatform(root, lab, { [HUB]: {} }));
  platform = await readFile(join(root, 'platform.yaml'), 'utf8');
  environment = await readFile(file(), 'utf8');
  const first = await run();
  if (first.code !== 0) throw new Error(first.output);
  await inHub(lab, HUB, 'start', 'probe_1');
  await kube.apply(
    PEOPLE.map((name) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace: HUB, labels: { component: 'singleuser-storage' } },
      spec: {
        storageClassName: 'local-path',
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '1Gi' } },
      },
    })),
  );
}, 300_000);
afterAll(async () => {
  await removeNamespaces(lab, HUB);
  await server.stop();
  await folder.remove();
}, 240_000);

const listings: Record<string, string> = {};

test('people work', async () => {
  // More than one part of an upload, what only its owner may read, links, and a name that is no ASCII.
  await inHome(
    PEOPLE[0],
    `umask 077; mkdir -p runs .ssh; echo secret > .ssh/key; head -c 70000000 /dev/urandom > runs/dem.nc; echo 'Ötztal' > 'runs/Gletscher ü.txt'; ln -s runs/dem.nc latest; ln .ssh/key again; ls -la`,
  );
  await inHome(PEOPLE[1], 'echo "{}" > one.ipynb');
  for (const claim of PEOPLE) listings[claim] = await inHome(claim, LISTING);
  expect(listings[PEOPLE[0]]).toContain('./.ssh/key');
}, 300_000);

test.each<[string, string, Record<string, string>, RegExp]>([
  [
    'wrong credentials',
    's3://archive/hubs',
    { AWS_SECRET_ACCESS_KEY: 'wrong' },
    /^s3:\/\/archive\/hubs\/lab-archive\/manifest\.json cannot be read: http:\/\/127\.0\.0\.1:\d+ refuses these credentials .*; nothing was touched$/u,
  ],
  [
    'no credentials',
    's3://archive/hubs',
    { AWS_SECRET_ACCESS_KEY: '', AWS_ACCESS_KEY_ID: '' },
    /: there are no credentials; give the deployment ARCHIVE_ACCESS_KEY_ID and .*; nothing was touched$/u,
  ],
  [
    'a bucket that is not there',
    's3://missing/hubs',
    {},
    /has no bucket missing; make it, or correct "bucket:"; nothing was touched$/u,
  ],
  [
    'a server that is not there',
    's3://archive/hubs',
    { gone: '1' },
    /cannot be read: .*ECONNREFUSED.*; nothing was touched$/u,
  ],
])('a bucket that refuses leaves everything as it is: %s', async (_what, bucket, more, reason) => {
  const before = [
    await claims(),
    at(await kube.get('configmap', 'glaciocloud-release', HUB), '/data'),
  ];
  await removal(bucket);
  if (more['gone'] !== undefined) {
    const path = join(root, 'platform.yaml');
    await writeFile(
      path,
      (await readFile(path, 'utf8')).replace(server.endpoint, 'http://127.0.0.1:9'),
    );
  }
  const refused = await run(more);
  note(
    `refused in ${refused.seconds.toFixed(1)} s: ${refused.json.steps[0]?.reason ?? refused.output}`,
  );
  expect([refused.code, outcomes(refused), refused.json.steps[0]?.reason]).toEqual([
    3,
    ['blocked'],
    expect.stringMatching(reason),
  ]);
  expect([
    await claims(),
    at(await kube.get('configmap', 'glaciocloud-release', HUB), '/data'),
  ]).toEqual(before);
  expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
});

test('the plan says where what is archived goes', async () => {
  await removal();
  const plan = await exec(process.execPath, [
    CLI,
    'plan',
    '--root',
    root,
    '--present',
    record,
    '--charts-from',
    CHARTS,
  ]);
  expect(plan.stdout).toContain(
    `homes and database: archived to s3://archive/hubs/${HUB}/, then deleted here`,
  );
});

test('a file that cannot be read: nothing is deleted, and where the hub’s file comes back, it runs again', async () => {
  await inHome(PEOPLE[1], 'umask 077; mkdir -p results; echo x > results/of-root', 0);
  await removal();
  const before = await claims();
  const failed = await run();
  note(
    `${outcomes(failed).join()} in ${failed.seconds.toFixed(1)} s: ${failed.json.steps[0]?.reason ?? failed.output}`,
  );
  expect([failed.code, outcomes(failed), failed.json.steps[0]?.reason]).toEqual([
    1,
    ['failed'],
    expect.stringMatching(
      /^1 of 3 volumes cannot be archived, so nothing is deleted: the home pvc-[0-9a-f-]{36}: 1 file cannot be read: Permission denied$/u,
    ),
  ]);
  expect(await claims()).toEqual(before);
  expect((await manifest())?.complete).toBe(null);
  await inHome(PEOPLE[1], 'rm -r results', 0);

  await writeFile(join(root, 'platform.yaml'), platform);
  await writeFile(file(), environment);
  const back = await run();
  expect([back.code, outcomes(back)]).toEqual([0, ['done']]);
  expect(await inHub(lab, HUB, 'users', '-')).toEqual({ users: ['probe_1'] });
  expect((await run()).json.steps).toEqual([]);
});

/** No volume is gone before the archive is complete. */
async function nothingLost(): Promise<string> {
  const [left, found] = [await claims(), await manifest()];
  const lost = [...PEOPLE, 'hub-db-dir'].filter(
    (claim) =>
      !left.includes(claim) &&
      (found?.complete == null || !found.objects.some((one) => one.claim === claim)),
  );
  expect(lost).toEqual([]);
  return `${left.length} volumes, ${found?.objects.length ?? 0} archived${found?.complete == null ? '' : ', complete'}`;
}

/** A dead run's Lease would be waited for: half a minute each time. */
const forget = (): string =>
  kubectl(
    'delete',
    'lease',
    `hub-${HUB}`,
    '--namespace',
    'glaciocloud-system',
    '--ignore-not-found',
  );

test('runs that are killed lose nothing, in the middle of a home and anywhere else, and the last one finishes', async () => {
  await removal();
  const broken = async (then: string): Promise<Record<string, string>> => {
    const path = join(folder.path, 'kubectl-broken');
    await writeFile(
      path,
      `#!/bin/bash\ncase "$*" in *glaciocloud-archive*python3*) "${unpackedTool('kubectl')}" "$@" | head -c 3000000; ${then}; exit 0;; esac\nexec "${unpackedTool('kubectl')}" "$@"\n`,
    );
    await chmod(path, 0o755);
    return { GLACIOCLOUD_KUBECTL: path };
  };
  const line = await run(await broken('true')); // as kubectl does at times: it ends well, with half of it
  expect([line.code, line.json.steps[0]?.reason]).toEqual([
    1,
    expect.stringMatching(
      /^1 of 3 volumes cannot be archived, so nothing is deleted: the home pvc-[0-9a-f-]{36}: the line to the pod broke after 3\.0 MB/u,
    ),
  ]);
  const cut = await run(await broken('kill -9 $PPID'));
  expect([cut.code, cut.json.steps]).toEqual([128, []]);
  note(`killed in the middle of a volume: ${await nothingLost()}`);
  // Most calls come before the first volume, and the ones that count after the last.
  for (let call = 16; ; call += call < 26 ? 5 : 2) {
    forget();
    const kill = await killer(folder.path, call, call % 4 === 0 ? 'before' : 'after', {
      ...env,
      ...server.env,
    });
    const result = await run(kill.env);
    note(`killed at call ${call}: ${result.code}, ${await nothingLost()}`);
    expect(call).toBeLessThan(100);
    if (result.code !== 0) continue;
    note(result.json.steps[0]?.reason ?? 'the run before was killed after its last step');
    expect(['done', undefined]).toContain(outcomes(result)[0]);
    break;
  }
  forget();
  expect(await claims()).toEqual([]);
  expect((await run()).json.steps).toEqual([]);
}, 600_000);

test('what lies in the bucket is what people had', async () => {
  const found = await manifest();
  expect(found?.objects.map(({ key }) => key).sort()).toEqual([
    `hubs/${HUB}/database.tar.gz`,
    ...PEOPLE.map((claim) => `hubs/${HUB}/homes/${claim}.tar.gz`),
  ]);
  for (const { key, sha256, bytes } of found?.objects ?? []) {
    const content = await readFile(join(server.folder('archive'), key));
    expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([
      bytes,
      sha256,
    ]);
  }
  for (const claim of PEOPLE) {
    const unpacked = join(folder.path, claim);
    await mkdir(unpacked);
    execFileSync('tar', ['xzf', archived(`homes/${claim}.tar.gz`), '--directory', unpacked]);
    expect(
      execFileSync('bash', ['-c', LISTING], {
        cwd: unpacked,
        env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' },
        encoding: 'utf8',
      }),
    ).toBe(listings[claim]);
  }
  const database = join(folder.path, 'database');
  await mkdir(database);
  execFileSync('tar', ['xzf', archived('database.tar.gz'), '--directory', database]);
  expect(await readdir(database)).toContain('jupyterhub.sqlite');
});

test('credentials of the bucket are in no output and no state', () => {
  expect(OUTPUTS.length).toBeGreaterThan(5);
  expect(OUTPUTS.filter((text) => text.includes(BUCKET_SECRET))).toEqual([]);
});
