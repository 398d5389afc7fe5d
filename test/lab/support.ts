import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at } from '../../src/core/json.ts';
import type { Json } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { unpackedTool } from '../../src/edges/tools.ts';
import { killingTools } from '../support/killer.ts';
import type { Killer } from '../support/killer.ts';
import { CLI, DOUBLE } from '../support/sample.ts';
import { labInfo } from './lab.ts';
import type { Lab } from './lab.ts';

export interface DeployJson {
  steps: {
    unit: { name: string };
    kind: string;
    outcome: string;
    reason: string;
    seconds: Record<string, number>;
  }[];
  health: { image: string | null; check: string; ok: boolean; seconds: number; detail: string }[];
}

export interface DeployRun {
  code: number;
  json: DeployJson;
  seconds: number;
  output: string;
}

/** Charts that the tests deploy with: our small chart, or the real one by GLACIOCLOUD_LAB_CHARTS. */
export const CHARTS = process.env['GLACIOCLOUD_LAB_CHARTS'] ?? DOUBLE;

export async function theLab(): Promise<Lab> {
  const lab = await labInfo();
  if (!lab) throw new Error('the lab is down: npm run lab -- up');
  return lab;
}

/** Every output of every deployment, to be searched for what must not be there. */
export const OUTPUTS: string[] = [];

/** Runs `deploy` as the workflows do: in the default branch's checkout, which is `root` unless a proposal is tried. */
export async function deploy(
  root: string,
  lab: Pick<Lab, 'kubeconfig'>,
  env: Record<string, string>,
  args: string[] = [],
  main = root,
): Promise<DeployRun> {
  const began = performance.now();
  const result = await exec(
    process.execPath,
    [
      CLI,
      'deploy',
      ...args,
      '--root',
      root,
      ...(args.includes('--charts-from') ? [] : ['--charts-from', CHARTS]),
      '--kubeconfig',
      lab.kubeconfig,
      '--json',
    ],
    {
      env: {
        GLACIOCLOUD_HELM: unpackedTool('helm'),
        GLACIOCLOUD_KUBECTL: unpackedTool('kubectl'),
        ...env,
      },
      cwd: main,
      timeoutMs: 390_000,
    },
  );
  const output = result.stdout + result.stderr;
  OUTPUTS.push(output);
  const json = result.stdout.trim().startsWith('{')
    ? (JSON.parse(result.stdout) as DeployJson)
    : { steps: [], health: [] };
  return { code: result.code, json, seconds: (performance.now() - began) / 1000, output };
}

/** Seconds from the moment that a failure was seen until the hub ran again what it ran before: less than a minute is promised. */
export function secondsBack({ output }: DeployRun): number {
  return Number(
    /runs again what ran before, ([0-9.]+) s after the failure was seen/u.exec(output)?.[1],
  );
}

export async function inHub(
  lab: Lab,
  hub: string,
  ...args: string[]
): Promise<Record<string, unknown>> {
  const lines: string[] = [];
  const script = await readFile(join(import.meta.dirname, 'user.py'), 'utf8');
  const { code, stderr } = await new Kube(lab.kubeconfig).python(hub, {
    script,
    args,
    onLine: (line) => lines.push(line),
    timeoutMs: 180_000,
  });
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
}

export async function hubPod(lab: Lab, hub: string): Promise<Json | undefined> {
  const pods = await new Kube(lab.kubeconfig).list('pods', {
    namespace: hub,
    selector: 'app=jupyterhub,component=hub',
  });
  return at(
    pods.find((pod) => at(pod, '/metadata/deletionTimestamp') === undefined) ?? {},
    '/metadata/uid',
  );
}

/** Asks the hub through its proxy every 0.2 s, and says for how long it did not answer as a hub. */
export async function watchHub(
  lab: Lab,
  hub: string,
): Promise<{ stop: () => Promise<{ polls: number; gap: number }> }> {
  const service = await new Kube(lab.kubeconfig).get('service', 'proxy-public', hub);
  const address = at(service ?? {}, '/spec/clusterIP');
  const url = `http://${typeof address === 'string' ? address : ''}/hub/api/`;
  const over = new AbortController();
  let polls = 0;
  let gap = 0;
  const loop = (async () => {
    let lastGood = performance.now();
    while (!over.signal.aborted) {
      const ok = await fetch(url, { signal: AbortSignal.timeout(1000) }).then(
        async (response) => response.ok && (await response.text()).includes('version'),
        () => false,
      );
      polls += 1;
      const now = performance.now();
      if (ok) lastGood = now;
      else gap = Math.max(gap, (now - lastGood) / 1000);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await loop;
      return { polls, gap };
    },
  };
}

/** Wrappers around helm, kubectl and sops that kill the deployment with SIGKILL before or after its n-th outside call. */
export async function killer(
  folder: string,
  call: number,
  when: 'before' | 'after',
  env: Record<string, string>,
): Promise<Killer> {
  const tools = {
    GLACIOCLOUD_HELM: unpackedTool('helm'),
    GLACIOCLOUD_KUBECTL: unpackedTool('kubectl'),
    GLACIOCLOUD_SOPS: env['GLACIOCLOUD_SOPS'] ?? '',
  };
  const wrapped = await killingTools(folder, call, when, tools);
  return { ...wrapped, env: { ...env, ...wrapped.env } };
}

/** Away with hubs: pods at once, because their grace periods are of no use to a test. What takes its time goes on by itself. */
export async function removeNamespaces(lab: Lab, ...names: string[]): Promise<void> {
  const kubectl = (...args: string[]): Promise<{ stdout: string }> =>
    exec(unpackedTool('kubectl'), args, { env: { KUBECONFIG: lab.kubeconfig }, timeoutMs: 60_000 });
  for (const name of names) {
    await kubectl('delete', 'namespace', name, '--ignore-not-found', '--wait=false');
    await kubectl(
      'delete',
      'pods',
      '--all',
      '--namespace',
      name,
      '--force',
      '--grace-period=0',
      '--wait=false',
    );
    await kubectl(
      'delete',
      'lease',
      `hub-${name}`,
      '--namespace',
      'glaciocloud-system',
      '--ignore-not-found',
    );
  }
  for (let look = 0; look < 90; look += 1) {
    const left = (await kubectl('get', 'namespaces', '-o', 'name')).stdout.split('\n');
    if (!names.some((name) => left.includes(`namespace/${name}`))) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
