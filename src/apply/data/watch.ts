import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import { hasEnded } from '../../core/data/job.ts';
import { progressText } from '../../core/data/progress.ts';
import { fillEnd } from '../../core/data/report.ts';
import type { FillEnd } from '../../core/data/report.ts';
import { DATA_CLAIM } from '../../core/data/volume.ts';
import { rolloutVerdict } from '../../core/hub/rollout.ts';
import { at, objectsIn, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { messageText } from '../../core/refusals/words.ts';
import type { Cluster, Clock } from '../../ports.ts';
import { Faulty } from '../types.ts';

export interface WatchWorld {
  kube: Pick<Cluster, 'get' | 'list' | 'logs'>;
  clock: Pick<Clock, 'now' | 'elapsed' | 'sleep'>;
}

const NAMESPACE = SYSTEM_NAMESPACE;
const LOOK_MS = 1_000;
/** Three questions each time, for hours. */
const WATCH_MS = 2_000;
/** A pull of the hub's image, and a volume that a provider makes. */
const START_SECONDS = 600;
/** A pod of a Job is there at once, or is refused. */
const REFUSED_SECONDS = 3;
/** Filling may take hours. */
const SAY_EVERY_MS = 10_000;

/** Until the volume is there and holds the folder that servers mount. */
export async function untilStarted(job: string, world: WatchWorld): Promise<void> {
  for (let second = 0; second < START_SECONDS; second += 1) {
    const pods = await podsOf(job, world);
    if (pods.some((pod) => hasFolder(pod))) return;
    const verdict = rolloutVerdict([], pods, world.clock.now().getTime());
    if (verdict.kind === 'failed') throw new Faulty(`input data: ${verdict.reason}`, verdict.fault);
    const stuck = pods.find((pod) => textAt(pod, '/status/phase') === 'Failed');
    if (stuck)
      throw new Faulty(
        'input data: the user 1000 cannot make a folder on the volume; let the class make volumes that it may write to',
        'infrastructure',
      );
    if (pods.length === 0 && second >= REFUSED_SECONDS) await confirmPods(job, world);
    await world.clock.sleep(LOOK_MS);
  }
  throw new Faulty(
    `input data: the volume was not there after ${START_SECONDS} s; look at kubectl describe pvc ${DATA_CLAIM} --namespace ${NAMESPACE}`,
    'infrastructure',
  );
}

/** A quota, or a rule of the cluster about pods, refuses before there is a pod: only events say so. */
async function confirmPods(job: string, { kube }: WatchWorld): Promise<void> {
  const events = await kube.list('events', {
    namespace: NAMESPACE,
    fields: `involvedObject.name=${job}`,
  });
  const refused = events.find(({ reason }) => reason === 'FailedCreate');
  if (refused)
    throw new Faulty(
      `input data: the cluster takes no pod: ${messageText(textAt(refused, '/message'))}`,
      'infrastructure',
    );
}

/** Its first container has made the folder where the second runs or has run. */
function hasFolder(pod: JsonObject): boolean {
  const phase = textAt(pod, '/status/phase');
  if (phase === 'Running' || phase === 'Succeeded') return true;
  const [folder] = objectsIn(at(pod, '/status/initContainerStatuses'));
  return at(folder, '/state/terminated/exitCode') === 0;
}

export interface Watching {
  /** How far it is, and what fails on the way. */
  say: (text: string) => void;
  /** By the clock's `elapsed`: nobody waits longer. */
  until: number;
}

/** `late`: it goes on; what it said last. */
export type Watched = FillEnd | { kind: 'late'; text: string };

/** How a Job that has started ends, which may take hours. */
export async function untilEnded(
  job: string,
  world: WatchWorld,
  { say, until }: Watching,
): Promise<Watched> {
  const told = new Set<string>();
  let next = 0;
  let last = '';
  for (;;) {
    // Asked before its log: what has ended says nothing more.
    const found = await world.kube.get('job', job, NAMESPACE);
    if (found === undefined)
      return {
        kind: 'error',
        cause: 'another run has taken its place',
        cure: 'wait until that has ended, and look again',
      };
    const newest = (await podsOf(job, world)).at(-1);
    const name = textAt(newest, '/metadata/name');
    const log = newest === undefined ? '' : await world.kube.logs(name, NAMESPACE);
    if (hasEnded(found, 'Complete') || hasEnded(found, 'Failed')) return fillEnd(log);
    if (textAt(newest, '/status/phase') === 'Failed' && !told.has(name)) {
      told.add(name);
      say(`${whyFailed(fillEnd(log))}; it is tried again`);
    }
    last = progressText(log) ?? last;
    if (last !== '' && world.clock.elapsed() >= next && !told.has(last)) {
      told.add(last);
      next = world.clock.elapsed() + SAY_EVERY_MS;
      say(last);
    }
    if (world.clock.elapsed() >= until) return { kind: 'late', text: last };
    await world.clock.sleep(WATCH_MS);
  }
}

function whyFailed(end: FillEnd): string {
  if (end.kind === 'error') return end.cause;
  const [first] = end.report.sets.flatMap(({ set, problems }) =>
    problems.map(({ path, cause }) => `${path === '' ? set : path}: ${cause}`),
  );
  return first ?? 'not everything is there yet';
}

/** Oldest first. */
async function podsOf(job: string, { kube }: WatchWorld): Promise<JsonObject[]> {
  const pods = await kube.list('pods', { namespace: NAMESPACE, selector: `job-name=${job}` });
  const born = (pod: JsonObject): string => textAt(pod, '/metadata/creationTimestamp');
  return pods.sort((a, b) => (born(a) < born(b) ? -1 : 1));
}
