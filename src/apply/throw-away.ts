import { THROW_AWAY } from '../core/hub/throw-away.ts';
import { rolloutVerdict } from '../core/hub/rollout.ts';
import { textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { lastWords } from '../core/refusals/words.ts';
import type { Ports } from '../ports.ts';
import { Faulty } from './types.ts';

/** Such a pod lives no longer, but for its ending: `core/hub/throw-away.ts`. */
const LIVES_SECONDS = 300;
const ENDING_SECONDS = 25;
const GONE_SECONDS = 60;
const LOOK_MS = 250;
const KINDS = ['pods', 'secrets', 'configmaps'];

/** What throw-away pods need of the outside. */
export type ThrowAwayWorld = Pick<Ports, 'kube' | 'clock'>;

export interface ThrowAway {
  name: string;
  namespace: string;
  objects: readonly JsonObject[];
  /** Begins the reason when it cannot even run. */
  what: string;
  /** Kinds of its objects beside the usual ones, as `persistentvolumeclaims`. */
  kinds?: readonly string[];
  /** How long it may run, where that is longer than usual. */
  seconds?: number;
}

/** Runs a pod to its end and takes everything away again. What an earlier run has left goes first. */
export async function runThrowAway(
  pod: ThrowAway,
  world: ThrowAwayWorld,
): Promise<{ ok: boolean; log: string }> {
  return around(pod, world, async () => {
    const phase = await reached(pod, world, ['Succeeded', 'Failed']);
    return { ok: phase === 'Succeeded', log: await world.kube.logs(pod.name, pod.namespace) };
  });
}

/** Works with a pod while it waits, and takes everything away again. */
export async function withThrowAway<T>(
  pod: ThrowAway,
  world: ThrowAwayWorld,
  work: () => Promise<T>,
): Promise<T> {
  return around(pod, world, async () => {
    if ((await reached(pod, world, ['Running', 'Succeeded', 'Failed'])) !== 'Running')
      throw new Faulty(
        `${pod.what}: ${lastWords('the log of its pod', await world.kube.logs(pod.name, pod.namespace))}`,
        'infrastructure',
      );
    return work();
  });
}

async function around<T>(
  { name, namespace, objects, kinds = [] }: ThrowAway,
  world: ThrowAwayWorld,
  work: () => Promise<T>,
): Promise<T> {
  const all = [...KINDS, ...kinds].join(',');
  const selector = `${THROW_AWAY}=${name}`;
  const drop = (): Promise<void> => world.kube.deleteBy(all, selector, namespace);
  const left = (): Promise<JsonObject[]> => world.kube.list(all, { namespace, selector });
  if ((await left()).length > 0) {
    await drop();
    await gone(left, world);
  }
  try {
    await world.kube.apply(objects);
    return await work();
  } finally {
    await drop();
  }
}

/** What still ends would take what is made under its name with it. */
async function gone(left: () => Promise<JsonObject[]>, { clock }: ThrowAwayWorld): Promise<void> {
  for (let look = 0; look < (GONE_SECONDS * 1000) / LOOK_MS; look += 1) {
    const [one] = await left();
    if (one === undefined) return;
    await clock.sleep(LOOK_MS);
  }
  const [one] = await left();
  if (one !== undefined)
    throw new Faulty(
      `${textAt(one, '/kind')} ${textAt(one, '/metadata/name')} of an earlier run does not go; look at it with kubectl describe`,
      'infrastructure',
    );
}

async function reached(
  { name, namespace, what, seconds = LIVES_SECONDS }: ThrowAway,
  world: ThrowAwayWorld,
  phases: readonly string[],
): Promise<string> {
  let seen = false;
  for (let look = 0; look < ((seconds + ENDING_SECONDS) * 1000) / LOOK_MS; look += 1) {
    const pod = await world.kube.get('pod', name, namespace);
    const phase = textAt(pod ?? {}, '/status/phase');
    const ended = textAt(pod ?? {}, '/status/reason');
    // A script that fails leaves no reason: Kubernetes has ended the pod, and not what runs in it.
    if (phase === 'Failed' && ended !== '')
      throw new Faulty(`${what}: the throw-away pod was ended: ${ended}`, 'infrastructure');
    if (phases.includes(phase)) return phase;
    if (seen && pod === undefined)
      throw new Faulty(`${what}: somebody took the throw-away pod away`, 'infrastructure');
    seen ||= pod !== undefined;
    const verdict =
      pod === undefined ? undefined : rolloutVerdict([], [pod], world.clock.now().getTime());
    if (verdict?.kind === 'failed') throw new Faulty(`${what}: ${verdict.reason}`, verdict.fault);
    await world.clock.sleep(LOOK_MS);
  }
  throw new Faulty(`${what}: the throw-away pod did not end`, 'infrastructure');
}
