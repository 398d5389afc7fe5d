import { spawn } from 'node:child_process';
import { Kube } from '../../src/edges/kube.ts';
import { exec } from '../../src/edges/exec.ts';
import { findTool, unpackedTool } from '../../src/edges/tools.ts';
import type { Lab } from './lab.ts';

/** The hub's public Service at a port of this machine, until `close`. */
export async function openDoor(lab: Lab, hub: string, port: number): Promise<{ close: () => void }> {
  const forward = spawn(unpackedTool('kubectl'), ['port-forward', '--namespace', hub, 'service/proxy-public', `${port}:80`], { env: { ...process.env, KUBECONFIG: lab.kubeconfig }, stdio: 'ignore' });
  for (let look = 0; look < 50 && !(await fetch(`http://127.0.0.1:${port}/hub/api/`).then(({ ok }) => ok, () => false)); look += 1) await new Promise((resolve) => setTimeout(resolve, 200));
  return { close: () => void forward.kill() };
}

/** Writes the hub's access file: who may log in, by GitHub id. */
export async function letIn(lab: Lab, hub: string, users: Record<string, object>): Promise<void> {
  const kube = new Kube(lab.kubeconfig);
  const content = { v: 1, users, machines: { deploy_0: [], probe_0: [] } };
  await kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hub-access', namespace: hub }, stringData: { 'access.json': JSON.stringify(content) } }]);
  await kube.annotate('pods', 'app=jupyterhub,component=hub', hub, `glaciocloud.org/touch=${Date.now()}`);
  await new Promise((resolve) => setTimeout(resolve, 2000));
}

/** Opens a page in Chromium, which follows GitHub's pages there and back, and gives what people see. `profile` is a folder: who sits there stays logged in. */
export async function browse(profile: string, url: string, more: readonly string[] = []): Promise<string> {
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--timeout=15000'];
  const { stdout } = await exec('chromium', [...flags, `--user-data-dir=${profile}`, ...more, '--dump-dom', url], { timeoutMs: 60_000 });
  return stdout;
}

export function hasBrowser(): boolean {
  return findTool('chromium') !== undefined;
}
