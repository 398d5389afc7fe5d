import { join } from 'node:path';
import { at, objectsIn, textAt } from '../../src/core/json.ts';
import { exec } from '../../src/edges/exec.ts';
import { Kube } from '../../src/edges/kube.ts';
import { CLI } from '../support/sample.ts';
import { takeTurn } from '../support/turn.ts';
import { CACHE } from './lab.ts';
import type { Lab } from './lab.ts';

/* The volume of input data, of which the lab's cluster has one. */
const SYSTEM = 'glaciocloud-system';
const say = (text: string): boolean => process.stderr.write(`  ▸ ${text}\n`);

/** Tests that use the volume come one after the other. */
export function volumeTurn(): Promise<() => Promise<void>> {
  return takeTurn(join(CACHE, 'data-turn'), 'the volume of input data', say);
}

export async function lockSet(root: string, set: string): Promise<void> {
  const asked = [CLI, 'data', 'lock', set, '--root', root];
  const { code, stderr } = await exec(process.execPath, asked);
  if (code !== 0) throw new Error(stderr);
}

/** Until the filler of the last order has ended; how. */
export async function filled({ kubeconfig }: Lab): Promise<string> {
  const kube = new Kube(kubeconfig);
  for (let look = 0; look < 120; look += 1) {
    const order = await kube.get('configmap', 'oggm-data-order', SYSTEM);
    const job = await kube.get('job', textAt(order, '/data/job'), SYSTEM);
    const ended = objectsIn(at(job, '/status/conditions')).find(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    if (ended) return textAt(ended, '/type');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return 'not within two minutes';
}

export async function takeDataAway({ kubeconfig }: Lab, hub: string): Promise<void> {
  const kube = new Kube(kubeconfig);
  await kube.deleteBy('jobs', 'glaciocloud.org/data-filler', SYSTEM);
  await kube.delete('configmap', 'oggm-data-order', SYSTEM);
  await kube.delete('persistentvolumeclaim', 'oggm-data', SYSTEM);
  await kube.delete('persistentvolume', `oggm-data-${hub}`);
}
