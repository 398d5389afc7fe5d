import { MACHINES } from '../../core/access/door.ts';
import { KEPT_NAME } from '../../core/bench/kept.ts';
import { STATE_NAME, stateObject } from '../../core/hub/state.ts';
import type { ReleaseState, Removing } from '../../core/hub/state.ts';
import { THROW_AWAY } from '../../core/hub/throw-away.ts';
import { allTolerations } from '../../core/hub/values/server-nodes.ts';
import { claimOfOthers, disposalText } from '../../core/removal/words.ts';
import { DATA_CLAIM } from '../../core/data/volume.ts';
import { at, textAt } from '../../core/json.ts';
import { append } from '../../core/lists.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { PlatformFile, Removal } from '../../core/model/types.ts';
import { archivePlace, placeText } from '../../core/removal/archive.ts';
import type { Volume } from '../../core/removal/archive.ts';
import type { Ending } from '../../core/plan/result.ts';
import { unitId } from '../../core/unit.ts';
import type { Unit } from '../../core/unit.ts';
import { Failure } from '../../failure.ts';
import { readStates } from '../cluster.ts';
import { takeDataAway } from '../data/hub-volume.ts';
import { tellComputing } from '../hub/computing.ts';
import { removeProbe } from '../hub/probe.ts';
import { endingOf, withLease } from '../lease.ts';
import type { Held } from '../lease.ts';
import { Faulty, NO_SECONDS } from '../types.ts';
import type { ApplyWorld, UnitResult } from '../types.ts';
import { archiveVolumes, openArchive } from './archive.ts';
import type { Archive } from './archive.ts';

const DATABASE = 'hub-db-dir';

export interface RemoveTask {
  unit: Unit;
  removal: Removal;
  /** Who owns the homes. */
  user: PlatformFile['user'];
}

/**
 * Takes a hub away as its reviewed removal says: hub and servers stop, what is archived goes into the bucket and
 * is read back, the
 * release goes, then homes and database where they are not kept. The state goes last, so that a run that is
 * killed is finished by the next.
 */
export async function removeHub(task: RemoveTask, world: ApplyWorld): Promise<UnitResult> {
  const { unit } = task;
  const { clock, progress } = world;
  const began = clock.elapsed();
  const result = (ending: Ending): UnitResult => ({
    id: unitId(unit),
    unit,
    kind: 'remove',
    ...ending,
    health: [],
    seconds: { ...NO_SECONDS, upgrade: Math.round(clock.elapsed() - began) / 1000 },
  });
  try {
    return result(await withLease(world, `hub-${unit.name}`, (held) => remove(task, held, world)));
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Faulty)) throw error;
    progress(unit, `✗ ${error.message}`);
    return result(
      error instanceof Faulty
        ? { outcome: 'failed', code: error.fault, reason: error.message }
        : { ...endingOf(error), reason: told(error) },
    );
  }
}

async function remove(task: RemoveTask, held: Held, world: ApplyWorld): Promise<Ending> {
  const { unit, removal } = task;
  const namespace = unit.name;
  const states = await readStates(world.kube);
  const bad = states.unreadable.get(namespace);
  if (bad !== undefined) return { outcome: 'blocked', code: 'state-unreadable', reason: bad };
  const state = states.known.get(namespace);
  if (!state)
    return {
      outcome: 'done',
      code: 'removed-by-another',
      reason: 'another run has removed it',
    };
  const claim = state.healthy && claimOfOthers(state.healthy.release);
  const homes = (await homesOf(namespace, world)).filter((one) => one.claim !== claim);
  const people = homes.filter(({ person }) => person);
  const removing = state.removing ?? { id: world.random.uuid(), homes: people.length };
  const wrong = removal.homes === 'delete' ? miscounted(removal, removing) : undefined;
  if (wrong !== undefined) return { outcome: 'blocked', code: 'miscounted', reason: wrong };
  const opened = await openedArchive(task, removing, state.removing !== undefined, world);
  if (opened.kind === 'refused')
    return { outcome: 'blocked', code: 'archive-refused', reason: opened.why };
  const archive = opened.archive;
  try {
    const values = state.healthy?.release.values ?? {};
    await tellComputing({ unit, values, then: 'this ends now' }, world);
    held();
    await markRemoving(namespace, state, removing, world);
    const words = disposalText({ ...removal, archive: archive && placeText(archive.place), claim });
    world.progress(unit, `stopping hub and servers; ${words}`);
    await removeProbe(unit.name, world.kube);
    const hub = await stop(namespace, world);
    const tolerations = allTolerations(state.healthy?.release.values ?? {});
    if (archive) await fill(archive, { task, people, hub, tolerations, held }, world);
  } finally {
    archive?.bucket.close();
  }
  return takeAway(task, { homes, archive, held }, world);
}

/** The archive's place, tried out; nothing where nothing is archived. */
async function openedArchive(
  { unit, removal }: RemoveTask,
  { id }: Removing,
  begun: boolean,
  { store }: ApplyWorld,
): Promise<{ kind: 'open'; archive: Archive | undefined } | { kind: 'refused'; why: string }> {
  const place = archivePlace(removal);
  try {
    return { kind: 'open', archive: place && (await openArchive(place, unit, id, store)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const rest = begun ? 'nothing is deleted' : 'nothing was touched';
    return { kind: 'refused', why: `${told(error)}; ${rest}` };
  }
}

/** Into the archive goes what the removal says, and nothing else. */
async function fill(
  archive: Archive,
  {
    task,
    people,
    hub,
    tolerations,
    held,
  }: {
    task: RemoveTask;
    people: readonly Home[];
    hub: JsonObject | undefined;
    tolerations: Json[];
    held: Held;
  },
  world: ApplyWorld,
): Promise<void> {
  const { unit, removal, user } = task;
  const volumes: Volume[] =
    removal.homes === 'archive'
      ? people.map(({ claim, uid }) => ({ claim, uid, what: 'home' }))
      : [];
  if (removal.database === 'archive')
    append(volumes, await databaseVolume(unit.name, archive, world));
  await archiveVolumes(archive, { unit, volumes, hub, user, tolerations, held }, world);
}

/** From here on things are gone: the release first, then volumes that are not kept, and the state last. */
async function takeAway(
  { unit, removal }: RemoveTask,
  {
    homes,
    archive,
    held,
  }: {
    homes: readonly Home[];
    archive: Archive | undefined;
    held: Held;
  },
  { kube, releases }: ApplyWorld,
): Promise<Ending> {
  const namespace = unit.name;
  held();
  await releases.uninstall(unit.name, namespace);
  const doomed = homes
    .filter(({ person }) => !person || removal.homes !== 'keep')
    .map(({ claim }) => claim);
  if (removal.database !== 'keep') doomed.push(DATABASE);
  held();
  for (const claim of doomed) await kube.delete('persistentvolumeclaim', claim, namespace);
  await kube.deleteBy('persistentvolumeclaims,networkpolicies', THROW_AWAY, namespace);
  await takeDataAway(namespace, kube);
  const kept = (await kube.list('persistentvolumeclaims', { namespace })).filter(
    (one) =>
      at(one, '/metadata/deletionTimestamp') === undefined &&
      ![...doomed, DATA_CLAIM].includes(textAt(one, '/metadata/name')),
  ).length;
  await kube.delete('configmap', KEPT_NAME, namespace);
  await kube.delete('configmap', STATE_NAME, namespace);
  const archived = archive
    ? `${archive.manifest.objects.length} volumes are archived in ${placeText(archive.place)}, `
    : '';
  const volumes = `${doomed.length} volumes are deleted and ${kept} are kept in the namespace ${namespace}`;
  const left =
    'its DNS name, its OAuth application, its GitHub environment if no other hub uses it, its entry in removals:';
  return {
    outcome: 'done',
    code: 'removed',
    reason: `removed; ${archived}${volumes}. Left for you: ${left}`,
  };
}

function told(error: Error): string {
  return error instanceof Failure ? `${error.message}; ${error.hint}` : error.message;
}

interface Home {
  claim: string;
  uid: string;
  person: boolean;
}

/** Claims of homes; those of throw-away users are nobody's, and those that are going are no homes any more. */
async function homesOf(namespace: string, { kube }: ApplyWorld): Promise<Home[]> {
  const isMachine = (one: JsonObject): boolean =>
    MACHINES.some((name) => name === at(one, '/metadata/annotations/hub.jupyter.org~1username'));
  const claims = (
    await kube.list('persistentvolumeclaims', {
      namespace,
      selector: 'component=singleuser-storage',
    })
  ).filter((one) => at(one, '/metadata/deletionTimestamp') === undefined);
  return claims.map((one) => ({
    claim: textAt(one, '/metadata/name'),
    uid: textAt(one, '/metadata/uid'),
    person: !isMachine(one),
  }));
}

/**
 * None where an earlier run has archived and deleted it; a hub whose database is elsewhere has nothing here that
 * could be archived.
 */
async function databaseVolume(
  namespace: string,
  { manifest }: Archive,
  { kube }: ApplyWorld,
): Promise<Volume[]> {
  const claim = await kube.get('persistentvolumeclaim', DATABASE, namespace);
  if (claim) return [{ claim: DATABASE, uid: textAt(claim, '/metadata/uid'), what: 'database' }];
  if (manifest.complete !== null) return [];
  throw new Faulty(
    'this hub has no volume with a database that could be archived; nothing is deleted',
    'product',
  );
}

/**
 * Why the homes may not be deleted: the entry names another number than there are. Counted once, before anything
 * is touched.
 */
function miscounted({ count }: Removal, { homes }: Removing): string | undefined {
  if (count === homes) return undefined;
  const people = homes === 1 ? '1 person has a home' : `${homes} people have homes`;
  return `${people} in this hub, and removals: says "count: ${count ?? 0}"; nothing was touched`;
}

/** From here on the hub is not what its state says: where its file comes back, it is deployed anew. */
async function markRemoving(
  namespace: string,
  state: ReleaseState,
  removing: Removing,
  { kube }: ApplyWorld,
): Promise<void> {
  if (!state.removing) await kube.apply([stateObject(namespace, { ...state, removing })]);
}

/**
 * Hub first, so that nobody starts a server meanwhile. What is left of it gives the pods that archive their
 * image.
 */
async function stop(namespace: string, { kube }: ApplyWorld): Promise<JsonObject | undefined> {
  const hub = await kube.get('deployment', 'hub', namespace);
  if (hub) await kube.scale('hub', 0, namespace);
  for (const pod of await kube.list('pods', { namespace, selector: 'component=singleuser-server' }))
    await kube.delete('pod', textAt(pod, '/metadata/name'), namespace);
  await kube.deleteBy('pods', THROW_AWAY, namespace);
  return hub;
}
