import { THROW_AWAY } from '../core/hub/throw-away.ts';
import { rolloutVerdict } from '../core/hub/rollout.ts';
import { textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { Faulty } from './types.ts';
import type { ApplyWorld } from './types.ts';

/** Longer than such a pod lives: `core/hub/throw-away.ts`. */
const LOOKS = 1_300;
const LOOK_MS = 250;

export interface ThrowAway {
  name: string;
  namespace: string;
  objects: readonly JsonObject[];
  /** Begins the reason when it cannot even run. */
  what: string;
}

/** Runs a pod to its end and takes everything away again. What an earlier run has left goes first. */
export async function runThrowAway(
  pod: ThrowAway,
  world: ApplyWorld,
): Promise<{ ok: boolean; log: string }> {
  return around(pod, world, async () => {
    const phase = await reached(pod, world, ['Succeeded', 'Failed']);
    return { ok: phase === 'Succeeded', log: await world.kube.logs(pod.name, pod.namespace) };
  });
}

/** Works with a pod while it waits, and takes everything away again. */
export async function withThrowAway<T>(
  pod: ThrowAway,
  world: ApplyWorld,
  work: () => Promise<T>,
): Promise<T> {
  return around(pod, world, async () => {
    if ((await reached(pod, world, ['Running', 'Succeeded', 'Failed'])) !== 'Running')
      throw new Faulty(
        `${pod.what}: ${(await world.kube.logs(pod.name, pod.namespace)).trim().slice(-300)}`,
        'infrastructure',
      );
    return work();
  });
}

async function around<T>(
  { name, namespace, objects }: ThrowAway,
  world: ApplyWorld,
  work: () => Promise<T>,
): Promise<T> {
  const drop = (): Promise<void> =>
    world.kube.deleteBy('pods,secrets,configmaps', `${THROW_AWAY}=${name}`, namespace);
  await drop();
  await world.kube.apply(objects);
  try {
    return await work();
  } finally {
    await drop();
  }
}

async function reached(
  { name, namespace, what }: ThrowAway,
  world: ApplyWorld,
  phases: readonly string[],
): Promise<string> {
  for (let look = 0; look < LOOKS; look += 1) {
    const pod = await world.kube.get('pod', name, namespace);
    const phase = textAt(pod ?? {}, '/status/phase');
    const ended = textAt(pod ?? {}, '/status/reason');
    // A script that fails leaves no reason: Kubernetes has ended the pod, and not what runs in it.
    if (phase === 'Failed' && ended !== '')
      throw new Faulty(`${what}: the throw-away pod was ended: ${ended}`, 'infrastructure');
    if (phases.includes(phase)) return phase;
    const verdict =
      pod === undefined ? undefined : rolloutVerdict([], [pod], world.clock.now().getTime());
    if (verdict?.kind === 'failed') throw new Faulty(`${what}: ${verdict.reason}`, verdict.fault);
    await world.clock.sleep(LOOK_MS);
  }
  throw new Faulty(`${what}: the throw-away pod did not end`, 'infrastructure');
}
