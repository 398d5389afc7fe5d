import type { Before } from '../../core/hub/state.ts';
import {
  asItHasBecome,
  calledOf,
  goesWith,
  holdsData,
  isLeaving,
  manifestOf,
  storedIn,
  straysOf,
} from '../../core/hub/way-back.ts';
import type { Stored } from '../../core/hub/way-back.ts';
import { textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { byIdentity, identity } from '../../core/manifests.ts';
import { KubeFailure } from '../../failure.ts';
import type { Cluster } from '../../ports.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';
import { before } from './keep-state.ts';

/** Until what was deleted is gone. Source: clouds take 1-3 minutes to give back a load balancer. */
const LEAVING_SECONDS = 300;
const LOOK_MS = 500;

/**
 * Makes the release what its healthy revision was, whatever was applied since: what came later goes, what is being
 * deleted is waited for, and what cannot be changed back is made anew. `helm rollback` does none of it, and fails
 * where an object is there that the last revision does not have.
 */
export async function restoreRevision(
  task: HubTask,
  { revision, digest }: Before,
  stored: readonly Stored[],
  world: ApplyWorld,
): Promise<void> {
  const { unit, release } = task.to;
  const { namespace } = release;
  if (stored.length === 0)
    throw new Faulty(
      `Helm’s record of revision ${revision} is gone from the cluster, so that nobody knows what ran before`,
      'product',
    );
  const objects = stored.map(({ object }) => object);
  const live = await untilGone(task, objects, world);
  const fitting = await fit(task, stored, live, world);
  await untilGone(task, objects, world);
  world.progress(unit, `rolling back to revision ${revision}`);
  const manifest = manifestOf(fitting);
  await world.releases.restore({ release: unit.name, namespace, revision, digest, manifest });
}

/**
 * Takes away what revisions after `revision` have made, but for what is wanted. Helm does so for the last revision
 * only, and not where that one failed.
 */
export async function dropStrays(
  task: HubTask,
  revision: number,
  wanted: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  const { kube, releases, progress } = world;
  const { unit, release } = task.to;
  const { namespace } = release;
  const made: JsonObject[] = [];
  for (const later of await releases.history(unit.name, namespace)) {
    if (later.revision <= revision) continue;
    const manifest = await releases.manifest(unit.name, namespace, later.revision);
    for (const { object } of storedIn(manifest)) made.push(object);
  }
  const strays = straysOf(made, wanted, namespace);
  if (strays.length === 0) return;
  for (const live of await kube.liveOf(strays, namespace)) {
    if (!goesWith(live, unit.name)) continue;
    progress(unit, `taking away ${calledOf(live)}, which a failed change has brought`);
    await remove(kube, live, namespace);
  }
}

/** What ran before, as Helm stored it; nothing where nothing ran, or where Helm's record of it is gone. */
export async function healthyOf(
  task: Pick<HubTask, 'to' | 'state' | 'adopting'>,
  { releases }: Pick<ApplyWorld, 'releases'>,
): Promise<Stored[]> {
  const { to } = task;
  const [release, { namespace }] = [to.unit.name, to.release];
  const ran = before(task);
  const known = await releases.history(release, namespace);
  const found = known.find(({ revision }) => revision === ran?.revision);
  if (found === undefined) return [];
  return storedIn(await releases.manifest(release, namespace, found.revision));
}

/**
 * A Helm that was killed leaves a record that blocks every later one. What it applied stays; only the record
 * goes.
 */
export async function recoverPending(
  { to }: HubTask,
  { kube, releases, progress }: ApplyWorld,
): Promise<void> {
  const { unit } = to;
  const { namespace } = to.release;
  const last = await releases.last(unit.name, namespace);
  if (last === undefined || !last.status.startsWith('pending-')) return;
  progress(
    unit,
    `revision ${last.revision} was left ${last.status}: dropping its record and going on`,
  );
  await kube.delete('secret', `sh.helm.release.v1.${unit.name}.v${last.revision}`, namespace);
}

/** What of the objects is live, as soon as none is being deleted: what is applied to such a one goes with it. */
async function untilGone(
  { to }: HubTask,
  objects: readonly JsonObject[],
  { kube, clock, progress }: ApplyWorld,
): Promise<JsonObject[]> {
  const end = clock.elapsed() + LEAVING_SECONDS * 1000;
  let said = '';
  for (;;) {
    const live = await kube.liveOf(objects, to.release.namespace);
    const leaving = live.filter(isLeaving).map(calledOf).join(', ');
    if (leaving === '') return live;
    if (clock.elapsed() >= end)
      throw new Faulty(
        `${leaving}: deleted, but not gone after ${LEAVING_SECONDS} s; look at metadata.finalizers for what holds it`,
        'infrastructure',
      );
    if (leaving !== said) progress(to.unit, `waiting until what was deleted is gone: ${leaving}`);
    said = leaving;
    await clock.sleep(LOOK_MS);
  }
}

/**
 * Some fields can be set once: what cannot be changed back is taken away, so that Helm makes it anew, unless it
 * holds data.
 */
async function fit(
  { to }: HubTask,
  stored: readonly Stored[],
  alive: readonly JsonObject[],
  { kube, progress }: ApplyWorld,
): Promise<Stored[]> {
  const { namespace } = to.release;
  const live = byIdentity(alive, namespace);
  const liveOf = ({ object }: Stored): JsonObject | undefined =>
    live.get(identity(object, namespace));
  const there = stored.filter((one) => liveOf(one) !== undefined);
  if (await fits(kube, there, namespace)) return [...stored];
  const fitting: Stored[] = [];
  for (const one of stored) {
    const now = liveOf(one);
    const called = calledOf(one.object);
    if (now === undefined || (await fits(kube, [one], namespace))) fitting.push(one);
    else if (holdsData(one.object)) {
      progress(to.unit, `${called} cannot be changed back: it stays as it is`);
      fitting.push(asItHasBecome(one, now));
    } else {
      progress(to.unit, `${called} cannot be changed back: it is made anew`);
      await remove(kube, now, namespace);
      fitting.push(one);
    }
  }
  return fitting;
}

/** Whether the API server would take these objects for what is there. */
async function fits(kube: Cluster, stored: readonly Stored[], namespace: string): Promise<boolean> {
  try {
    await kube.wouldApply(
      stored.map(({ object }) => object),
      namespace,
    );
    return true;
  } catch (error) {
    if (error instanceof KubeFailure && error.invalid) return false;
    throw error;
  }
}

function remove(kube: Cluster, object: JsonObject, namespace: string): Promise<void> {
  const kind = textAt(object, '/kind').toLowerCase();
  return kube.delete(kind, textAt(object, '/metadata/name'), namespace);
}
