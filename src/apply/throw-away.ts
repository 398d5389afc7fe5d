import { setTimeout as sleep } from 'node:timers/promises';
import { THROW_AWAY } from '../core/deploy/throw-away.ts';
import { rolloutVerdict } from '../core/deploy/rollout.ts';
import { textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { Faulty } from './types.ts';
import type { ApplyWorld } from './types.ts';

const LOOKS = 480;
const LOOK_MS = 250;

export interface ThrowAway {
  name: string;
  namespace: string;
  objects: readonly JsonObject[];
  /** Begins the reason when it cannot even run. */
  what: string;
}

/** Runs a pod to its end and takes everything away again. What an earlier run has left goes first. */
export async function runThrowAway({ name, namespace, objects, what }: ThrowAway, world: ApplyWorld): Promise<{ ok: boolean; log: string }> {
  const drop = (): Promise<void> => world.kube.deleteBy('pods,secrets,configmaps', `${THROW_AWAY}=${name}`, namespace);
  await drop();
  await world.kube.apply(objects);
  try {
    for (let look = 0; look < LOOKS; look += 1) {
      const pod = await world.kube.get('pod', name, namespace);
      const phase = textAt(pod ?? {}, '/status/phase');
      if (phase === 'Succeeded' || phase === 'Failed') return { ok: phase === 'Succeeded', log: await world.kube.logs(name, namespace) };
      const verdict = pod === undefined ? undefined : rolloutVerdict([], [pod], world.now().getTime());
      if (verdict?.kind === 'failed') throw new Faulty(`${what}: ${verdict.reason}`, verdict.fault);
      await sleep(LOOK_MS);
    }
    throw new Faulty(`${what}: the throw-away pod did not end`, 'infrastructure');
  } finally {
    await drop();
  }
}
