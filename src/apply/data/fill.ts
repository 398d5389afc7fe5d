import { gzipSync } from 'node:zlib';
import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import {
  FILLER_CODE,
  ORDER_NAME,
  fillerMode,
  fillerObjects,
  hasEnded,
  rivals,
} from '../../core/data/job.ts';
import type { Filler } from '../../core/data/job.ts';
import { orderText } from '../../core/data/order.ts';
import type { DataWanted, FillMode } from '../../core/data/order.ts';
import { DATA_CLAIM, clusterClaim } from '../../core/data/volume.ts';
import { at, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { quantityBytes } from '../../core/model/quantities.ts';
import type { ClusterFile, Doc } from '../../core/model/types.ts';
import type { Cluster } from '../../ports.ts';
import { withLease } from '../lease.ts';
import type { LeasePorts } from '../lease.ts';
import { Faulty } from '../types.ts';

/** What the filler is started with. */
export interface FillWorld extends LeasePorts {
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
const GONE_SECONDS = 60;
/** What Kubernetes takes, less what else an order says. */
const MOST_BYTES = 1_000_000;

/** Whether the cluster was asked for exactly this, and has not given up. */
export async function isOrdered(wanted: DataWanted, kube: Cluster): Promise<boolean> {
  const job = await orderedJob(wanted, kube);
  return job !== undefined && !hasEnded(job, 'Failed');
}

/** The Job that does what is asked for already: verifying fills too. */
export async function runningFiller(
  wanted: DataWanted,
  mode: FillMode,
  kube: Cluster,
): Promise<string | undefined> {
  if (mode === 'plan') return undefined;
  const job = await orderedJob(wanted, kube);
  if (job === undefined || hasEnded(job, 'Complete') || hasEnded(job, 'Failed')) return undefined;
  return mode === 'fill' || fillerMode(job) === mode ? textAt(job, '/metadata/name') : undefined;
}

/** Whether anything is being filled or verified. */
export async function isFilling(kube: Cluster): Promise<boolean> {
  const jobs = await kube.list('jobs', { namespace: NAMESPACE, selector: rivals('fill') });
  return jobs.some((job) => !hasEnded(job, 'Complete') && !hasEnded(job, 'Failed'));
}

/** Whether there is a volume that could hold something. */
export async function hasVolume(kube: Cluster): Promise<boolean> {
  return (await kube.get('persistentvolumeclaim', DATA_CLAIM, NAMESPACE)) !== undefined;
}

/** The Job that was ordered for exactly this, whatever has become of it. */
export async function orderedJob(
  { digest }: DataWanted,
  kube: Pick<Cluster, 'get'>,
): Promise<JsonObject | undefined> {
  const order = await kube.get('configmap', ORDER_NAME, NAMESPACE);
  if (at(order, '/data/digest') !== digest) return undefined;
  return kube.get('job', textAt(order, '/data/job'), NAMESPACE);
}

/** Claim, code, order and Job; an earlier Job ends first. Returns the Job's name. */
export async function startFiller(task: FillTask, world: FillWorld): Promise<string> {
  const { kube, random } = world;
  const { wanted, mode, keep, image, nodes } = task;
  const order = packed(orderText(wanted, mode, keep), wanted);
  const name = `${DATA_CLAIM}-${mode}-${random.hex(4)}`;
  const code = FILLER_CODE.map(async (file) => [file, await world.script(file)] as const);
  const objects = fillerObjects({
    namespace: NAMESPACE,
    name,
    mode,
    image,
    nodes,
    code: Object.fromEntries(await Promise.all(code)),
    order: order.toString('base64'),
    digest: wanted.digest,
  });
  await alone(mode, world, async () => {
    if (mode !== 'plan') await makeClaim(wanted, world);
    await endOthers(mode, world);
    await kube.apply(objects);
  });
  return name;
}

/** A thousand files are 40 kB where their names have nothing in common, and 12 kB of OGGM's own. */
function packed(text: string, { sets }: DataWanted): Buffer {
  const order = gzipSync(text);
  if (order.length <= MOST_BYTES) return order;
  const [largest] = sets.toSorted((a, b) => b.lock.data.files.length - a.lock.data.files.length);
  throw new Faulty(
    `input data: what hubs want is ${order.length} bytes of names, and a ConfigMap holds ${MOST_BYTES}; offer files as archives, or name fewer (${largest?.set.name ?? ''} has ${largest?.lock.data.files.length ?? 0})`,
    'infrastructure',
  );
}

/** Two runs that start one at once would end each other's. */
async function alone(mode: FillMode, world: FillWorld, work: () => Promise<void>): Promise<void> {
  await (mode === 'plan' ? work() : withLease(world, 'data-filler', work));
}

async function makeClaim({ size }: DataWanted, { kube, cluster }: FillWorld): Promise<void> {
  const storage = cluster.data.storage.data;
  if (storage === undefined) return;
  const live = await kube.get('persistentvolumeclaim', DATA_CLAIM, NAMESPACE);
  const has = quantityBytes(textAt(live, '/spec/resources/requests/storage')) ?? 0;
  const grows = live === undefined || (await canGrow(storage.class, kube));
  await kube.apply([clusterClaim(NAMESPACE, storage, grows ? Math.max(size, has) : has)]);
}

/** Of another class a larger claim is refused; whether the sets fit all the same the filler says. */
async function canGrow(storageClass: string, kube: Cluster): Promise<boolean> {
  const found = (await kube.list('storageclasses')).find(
    (one) => textAt(one, '/metadata/name') === storageClass,
  );
  return at(found, '/allowVolumeExpansion') === true;
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
