import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import pMap from 'p-map';
import { exec } from '../../src/edges/exec.ts';
import { exists } from '../../src/edges/files.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { unpackTools } from '../../scripts/tools.ts';
import { CACHE } from './lab.ts';
import type { Lab } from './lab.ts';
import { writePlatform } from './platform.ts';
import { deploy } from './support.ts';
import type { DeployRun } from './support.ts';

export const STAGING = ['s1', 's2', 's3'];
export const PRODUCTION = ['p1', 'p2', 'p3'];
/** Of every cluster: deployments of hubs at once. */
export const PARALLEL = 2;
/** Few: each of them has a pod of every hub that keeps its image there. */
const NODES = 3;
/** The process whose fleet it is: there is one control plane, and two tests would take it from each other. */
const OWNER = join(CACHE, 'fleet.pid');

/** A call of kubectl or helm that a deployment made; times in seconds. */
export interface Call {
  begin: number;
  end: number;
  code: number;
  program: string;
  cluster: string;
  /** Namespace that it is about, or Helm's release; empty where it is about no single one. */
  hub: string;
  words: string;
}

/**
 * Many clusters of six hubs each, in one control plane of their own with fake nodes (kwok): apart from the lab's cluster, on
 * loopback. Who a cluster is and what runs in pods are doubles (fleet-tool.sh); API server, scheduler, controllers, kubectl,
 * Helm and sops are real.
 */
export class Fleet {
  readonly clusters: readonly string[];
  readonly #home: string;
  readonly #env: Record<string, string>;

  private constructor(clusters: readonly string[], home: string, env: Record<string, string>) {
    this.clusters = clusters;
    this.#home = home;
    this.#env = env;
  }

  static async start(home: string, count: number): Promise<Fleet> {
    const clusters = Array.from(
      { length: count },
      (_, index) => `c${String(index + 1).padStart(2, '0')}`,
    );
    for (const folder of ['bin', 'real', 'unhealthy', 'kubeconfigs'])
      await mkdir(join(home, folder), { recursive: true });
    await unpackTools();
    for (const tool of ['kubectl', 'helm']) {
      await symlink(join(import.meta.dirname, 'fleet-tool.sh'), join(home, 'bin', tool));
      await symlink(unpackedTool(tool), join(home, 'real', tool));
    }
    await takeOwnership();
    await Fleet.#controlPlane('down', '--kwok'); // what a test that was killed has left
    await Fleet.#controlPlane('up', '--kwok', String(NODES));
    const kubeconfig = await readFile(join(CACHE, 'run-kwok/kubeconfig'), 'utf8');
    for (const cluster of [...clusters, 'admin'])
      await writeFile(join(home, 'kubeconfigs', cluster), kubeconfig, { mode: 0o600 });
    const { env } = await writeFleet(join(home, 'platform'), clusters);
    const fleet = new Fleet(clusters, home, {
      ...env,
      GLACIOCLOUD_KUBECTL: join(home, 'bin/kubectl'),
      GLACIOCLOUD_HELM: join(home, 'bin/helm'),
    });
    await fleet.#volumes();
    return fleet;
  }

  async stop(): Promise<void> {
    await Fleet.#controlPlane('down', '--kwok');
    await rm(OWNER);
  }

  get root(): string {
    return join(this.#home, 'platform');
  }

  /** The control plane as it is, with all clusters in it. */
  get kube(): Kube {
    return new Kube(join(this.#home, 'kubeconfigs/admin'));
  }

  /** With one record for all clusters, in place of the branch `deployed`: later waves wait for what it does not know. */
  deploy(cluster: string, args: readonly string[] = []): Promise<DeployRun> {
    return deploy(this.root, { kubeconfig: join(this.#home, 'kubeconfigs', cluster) }, this.#env, [
      '--cluster',
      cluster,
      '--record',
      join(this.#home, 'record'),
      ...args,
    ]);
  }

  /** All clusters, each in a process of its own, two at a time: as the workflow's matrix does for each wave. */
  async deployAll(args: readonly string[] = []): Promise<Map<string, DeployRun>> {
    return new Map(
      await pMap(
        this.clusters,
        async (cluster): Promise<[string, DeployRun]> => [
          cluster,
          await this.deploy(cluster, args),
        ],
        { concurrency: 2 },
      ),
    );
  }

  /** From now on this hub's health check fails. */
  async sicken(hub: string): Promise<void> {
    await writeFile(join(this.#home, 'unhealthy', hub), '');
  }

  async heal(hub: string): Promise<void> {
    await rm(join(this.#home, 'unhealthy', hub));
  }

  /** The calls since this was last asked, in the order in which they began. */
  async calls(): Promise<Call[]> {
    const path = join(this.#home, 'calls');
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    await rm(path);
    const calls = lines.map((line) => {
      const [begin, end, code, program = '', cluster = '', hub = '', words = ''] = line.split('\t');
      return {
        begin: Number(begin),
        end: Number(end),
        code: Number(code),
        program,
        cluster,
        hub,
        words,
      };
    });
    return calls.sort((a, b) => a.begin - b.begin);
  }

  /** A volume for the database of each hub: nobody makes them in a control plane alone. */
  async #volumes(): Promise<void> {
    const hubs = this.clusters.length * (STAGING.length + PRODUCTION.length);
    const volume = (index: number) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `fleet-${index}` },
      spec: {
        storageClassName: 'local-path',
        capacity: { storage: '1Gi' },
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: '/nowhere' },
      },
    });
    await this.kube.apply([
      {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'local-path' },
        provisioner: 'kubernetes.io/no-provisioner',
        reclaimPolicy: 'Retain',
      },
      ...Array.from({ length: hubs }, (_, index) => volume(index)),
    ]);
  }

  static async #controlPlane(...args: string[]): Promise<void> {
    const { code, stdout, stderr } = await exec(
      'bash',
      [join(import.meta.dirname, 'cluster/cluster.sh'), ...args],
      {
        env: {
          LAB_CACHE: CACHE,
          PATH: [dirname(unpackedTool('kubectl')), process.env['PATH'] ?? ''].join(delimiter),
        },
      },
    );
    if (code !== 0)
      throw new Error(
        `the control plane of the fleet (built by npm run lab -- up): ${stdout}${stderr}`,
      );
  }
}

async function takeOwnership(): Promise<void> {
  const owner = (await readFile(OWNER, 'utf8').catch(() => '')).trim();
  if (owner !== '' && (await exists(`/proc/${owner}`)))
    throw new Error(`process ${owner} tests with the fleet: wait for it (or remove ${OWNER})`);
  await rm(OWNER, { force: true });
  await writeFile(OWNER, String(process.pid), { flag: 'wx' });
}

/** Images are names alone: nobody pulls them. */
async function writeFleet(
  root: string,
  clusters: readonly string[],
): Promise<{ env: Record<string, string> }> {
  const image = (name: string): string => `registry.example/${name}@sha256:${'0'.repeat(64)}`;
  const lab: Lab = {
    kubeconfig: '',
    registry: 'registry.example',
    images: { hub: image('hub'), proxy: image('proxy'), oggm: image('oggm') },
    bin: join(CACHE, 'bin'),
    pause: { name: 'registry.example/pause', tag: '3.10' },
  };
  const hubs = clusters.flatMap((cluster) =>
    [...STAGING, ...PRODUCTION].map(
      (hub) =>
        [
          `${cluster}-${hub}`,
          { cluster, wave: STAGING.includes(hub) ? 'staging' : 'production' },
        ] as const,
    ),
  );
  const written = await writePlatform(root, lab, Object.fromEntries(hubs));
  const file = join(root, 'clusters/lab.yaml');
  const text = await readFile(file, 'utf8');
  await rm(file);
  for (const cluster of clusters)
    await writeFile(
      join(root, `clusters/${cluster}.yaml`),
      `${text.replace(/^parallel: .*$/mu, `parallel: ${PARALLEL}`)}identity: 00000000-0000-4000-8000-0000000000${cluster.slice(1)}\n`,
    );
  return written;
}
