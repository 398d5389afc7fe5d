import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import { FILLER_CODE, ORDER_NAME, fillerObjects, rivals } from '../../core/data/job.ts';
import type { Filler } from '../../core/data/job.ts';
import { orderText } from '../../core/data/order.ts';
import type { DataWanted, FillMode } from '../../core/data/order.ts';
import { DATA_CLAIM, clusterClaim } from '../../core/data/volume.ts';
import { rolloutVerdict } from '../../core/hub/rollout.ts';
import { at, objectsIn, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { quantityBytes } from '../../core/model/quantities.ts';
import type { ClusterFile, Doc } from '../../core/model/types.ts';
import type { Cluster, Clock, Random } from '../../ports.ts';
import { Faulty } from '../types.ts';

/** What the filler is started with. */
export interface FillWorld {
  kube: Cluster;
  clock: Clock;
  random: Random;
  cluster: Doc<ClusterFile>;
  script: (name: string) => Promise<string>;
}

export interface FillTask extends Pick<Filler, 'image' | 'nodes' | 'mode'> {
  wanted: DataWanted;
  /** Views that are open somewhere. */
  keep: readonly string[];
}

const NAMESPACE = SYSTEM_NAMESPACE;
const LOOK_MS = 1_000;
/** A pull of the hub's image, and a volume that a provider makes. */
const START_SECONDS = 600;
const GONE_SECONDS = 60;

/** Whether the cluster was asked for exactly this, and has not given up. */
export async function isOrdered({ digest }: DataWanted, kube: Cluster): Promise<boolean> {
  const order = await kube.get('configmap', ORDER_NAME, NAMESPACE);
  if (at(order, '/data/digest') !== digest) return false;
  const job = await kube.get('job', textAt(order, '/data/job'), NAMESPACE);
  return job !== undefined && !hasFailed(job);
}

/** Claim, code, order and Job; an earlier Job ends first. Returns the Job's name. */
export async function startFiller(task: FillTask, world: FillWorld): Promise<string> {
  const { kube, random } = world;
  const { wanted, mode, keep, image, nodes } = task;
  if (mode !== 'plan') await makeClaim(wanted, world);
  await endOthers(mode, world);
  const name = `${DATA_CLAIM}-${mode}-${random.hex(4)}`;
  const code = FILLER_CODE.map(async (file) => [file, await world.script(file)] as const);
  await kube.apply(
    fillerObjects({
      namespace: NAMESPACE,
      name,
      mode,
      image,
      nodes,
      code: Object.fromEntries(await Promise.all(code)),
      order: orderText(wanted, mode, keep),
      digest: wanted.digest,
    }),
  );
  return name;
}

async function makeClaim({ size }: DataWanted, { kube, cluster }: FillWorld): Promise<void> {
  const storage = cluster.data.storage.data;
  if (storage === undefined) return;
  const live = await kube.get('persistentvolumeclaim', DATA_CLAIM, NAMESPACE);
  const has = quantityBytes(textAt(live, '/spec/resources/requests/storage')) ?? 0;
  await kube.apply([clusterClaim(NAMESPACE, storage, Math.max(size, has))]);
}

async function endOthers(mode: FillMode, { kube, clock }: FillWorld): Promise<void> {
  const selector = rivals(mode);
  await kube.deleteBy('jobs', selector, NAMESPACE);
  for (let second = 0; second < GONE_SECONDS; second += 1) {
    if ((await kube.list('jobs,pods', { namespace: NAMESPACE, selector })).length === 0) return;
    await clock.sleep(LOOK_MS);
  }
  throw new Faulty('the filler of input data that ran before does not end', 'infrastructure');
}

/** Until the volume is there and holds the folder that servers mount. */
export async function untilStarted(job: string, world: FillWorld): Promise<void> {
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
    await world.clock.sleep(LOOK_MS);
  }
  throw new Faulty(
    `input data: the volume was not there after ${START_SECONDS} s; look at kubectl describe pvc ${DATA_CLAIM} --namespace ${NAMESPACE}`,
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

/** Oldest first. */
async function podsOf(job: string, { kube }: FillWorld): Promise<JsonObject[]> {
  const pods = await kube.list('pods', { namespace: NAMESPACE, selector: `job-name=${job}` });
  const born = (pod: JsonObject): string => textAt(pod, '/metadata/creationTimestamp');
  return pods.sort((a, b) => (born(a) < born(b) ? -1 : 1));
}

function hasFailed(job: JsonObject): boolean {
  return objectsIn(at(job, '/status/conditions')).some(
    ({ type, status }) => type === 'Failed' && status === 'True',
  );
}
