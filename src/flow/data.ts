import { readStates } from '../apply/cluster.ts';
import { isOrdered, startFiller } from '../apply/data/fill.ts';
import type { FillTask } from '../apply/data/fill.ts';
import { mountsData, takeUnusedDataAway, withData } from '../apply/data/hub-volume.ts';
import { viewsInUse } from '../apply/data/views.ts';
import { untilStarted } from '../apply/data/watch.ts';
import { Faulty } from '../apply/types.ts';
import type { ApplyWorld } from '../apply/types.ts';
import { dataWanted, hubsWithData } from '../core/data/order.ts';
import type { DataWanted, FillMode } from '../core/data/order.ts';
import { bytesOf } from '../core/data/lock.ts';
import { gigabytes } from '../core/data/words.ts';
import type { States } from '../core/hub/state.ts';
import { hubPodSpec } from '../core/hub/throw-away.ts';
import { serverNodes } from '../core/hub/values/server-nodes.ts';
import { standInSecrets } from '../core/hub/values/stand-ins.ts';
import { at, isObject, textAt } from '../core/json.ts';
import { documentsIn, parseObject } from '../core/manifests.ts';
import { plural } from '../core/show/findings.ts';
import { withTemporaryFolder } from '../edges/files.ts';
import { Failure } from '../failure.ts';
import type { Found, Job, Wanted } from './deployment.ts';
import { applyWorld } from './world.ts';

/**
 * The filler is asked for what the hubs of the cluster want, where that is something else than before. It goes on by
 * itself. What goes wrong keeps no hub back but those that need the volume: they say so.
 */
export async function orderData(job: Job, wanted: Wanted, { states }: Found): Promise<void> {
  const { platform, cluster } = wanted;
  const asked = dataWanted(platform, cluster.name);
  const say = (text: string): void => job.report.progress(`cluster ${cluster.name}: ${text}`);
  try {
    if (asked === undefined || (await isOrdered(asked, job.ports.kube))) return;
    await withTemporaryFolder(async (scratch) => {
      const world = await applyWorld(job, wanted, scratch);
      const task = await fillTask({ wanted, asked, states, mode: 'fill' }, world);
      const started = await startFiller(task, world);
      say(`${wordsOf(asked)} are being laid on its volume (job ${started})`);
      await untilStarted(started, world);
    });
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Faulty)) throw error;
    say(`⚠ ${error.message}`);
  }
}

/** What is left of volumes of hubs that have no data any more goes when none of their servers uses it. */
export async function dropData({ ports: { kube }, report }: Job, wanted: Wanted): Promise<void> {
  const say = (hub: string, text: string): void => report.progress(`${hub}: ${text}`);
  try {
    const there = await withData(kube);
    const without = wanted.hubs.filter(
      ({ unit, release }) =>
        unit.cluster === wanted.cluster.name &&
        there.includes(release.namespace) &&
        !mountsData(release),
    );
    if (without.length === 0) return;
    const { known } = await readStates(kube);
    for (const { unit, release } of without) {
      const { healthy } = known.get(release.namespace) ?? {};
      // What runs may be what was wanted before.
      if (healthy && mountsData(healthy.release)) continue;
      const using = await takeUnusedDataAway(release.namespace, kube);
      if (using === 0)
        say(unit.name, 'its volume of input data is gone, because its file names none');
      else
        say(
          unit.name,
          `input data are still used by ${plural(using, 'server')}: a later deployment takes its volume away`,
        );
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`cluster ${wanted.cluster.name}`, `⚠ ${error.message}`);
  }
}

function wordsOf({ sets }: DataWanted): string {
  const files = sets.flatMap(({ lock }) => lock.data.files);
  const names = sets.map(({ set }) => set.name).join(', ');
  return `data sets ${names} (${files.length} files, ${gigabytes(bytesOf({ files }))})`;
}

/** In the image of the first hub that wants data, on nodes where its servers go. */
export async function fillTask(
  {
    wanted: { platform, cluster, hubs },
    asked,
    states,
    mode,
  }: {
    wanted: Pick<Wanted, 'platform' | 'cluster' | 'hubs'>;
    asked: DataWanted;
    states: States;
    mode: FillMode;
  },
  { kube, releases, chart }: Pick<ApplyWorld, 'kube' | 'releases' | 'chart'>,
): Promise<FillTask> {
  const names = hubsWithData(platform, cluster.name).map(({ name }) => name);
  const hub = hubs.find(({ unit }) => names.includes(unit.name));
  const values = hub?.release.values ?? {};
  const jupyterhub = at(values, '/jupyterhub');
  if (!hub || !isObject(jupyterhub))
    throw new Failure('no hub with data can be planned', { hint: 'see `glaciocloud check`' });
  const rendered = await releases.render({
    release: hub.unit.name,
    namespace: hub.release.namespace,
    chart,
    kubernetes: cluster.data.kubernetes,
    values,
    placeholders: standInSecrets(jupyterhub),
  });
  const image = textAt(hubPodSpec(documentsIn(rendered).map(parseObject)), '/containers/0/image');
  const keep = await viewsInUse(kube, states);
  return { wanted: asked, mode, keep, image, nodes: serverNodes(jupyterhub) };
}
