import { Readable } from 'node:stream';
import pMap from 'p-map';
import { at, objectsIn, pretty, textAt } from '../../core/json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { PlatformFile } from '../../core/model/types.ts';
import {
  difference,
  manifestFor,
  manifestKey,
  megabytes,
  notArchived,
  parseManifest,
  placeText,
  volumeKey,
  volumeName,
} from '../../core/removal/archive.ts';
import type {
  ArchiveManifest,
  ArchivePlace,
  ArchivedVolume,
  Volume,
} from '../../core/removal/archive.ts';
import { ARCHIVED, archiveObjects } from '../../core/removal/objects.ts';
import type { Unit } from '../../core/unit.ts';
import { BucketFailure, Failure } from '../../failure.ts';
import type { Store, StoreFolder } from '../../ports.ts';
import type { Held } from '../lease.ts';
import { withThrowAway } from '../throw-away.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld } from '../types.ts';
import { Sending, readBack, telling } from './stream.ts';

/** Volumes at once: pods take seconds to start, and one stream does not fill a line. */
const AT_ONCE = 3;
const LOOKS = 360;
const LOOK_MS = 250;

export interface Archive {
  place: ArchivePlace;
  bucket: StoreFolder;
  manifest: ArchiveManifest;
}

/**
 * Shows that the bucket takes what is written and gives it back, and finds what an earlier run of the same
 * removal has archived. Touches nothing else.
 */
export async function openArchive(
  place: ArchivePlace,
  unit: Unit,
  removal: string,
  store: Store,
): Promise<Archive> {
  const bucket = await store.open(place);
  try {
    const text = await bucket.readText(manifestKey(place));
    const found = text === undefined ? undefined : parseManifest(text);
    const other = (why: string): BucketFailure =>
      new BucketFailure(`${placeText(place)} ${why}`, {
        hint: 'write another bucket or prefix: what lies there stays',
      });
    if (text !== undefined && !found) throw other('holds a manifest.json that is not ours');
    const next = manifestFor(found, {
      v: 1,
      hub: unit.name,
      cluster: unit.cluster,
      removal,
      complete: null,
      objects: [],
    });
    if (next.kind === 'taken')
      throw other(`holds the archive of an earlier hub of this name, of ${next.since}`);
    const archive: Archive = { place, bucket, manifest: next.manifest };
    if (next.kind === 'begin') await writeManifest(archive);
    return archive;
  } catch (error) {
    bucket.close();
    throw error;
  }
}

async function writeManifest({ place, bucket, manifest }: Archive): Promise<void> {
  const text = pretty(manifest as unknown as Json);
  await bucket.writeText(manifestKey(place), text);
  if ((await bucket.readText(manifestKey(place))) !== text)
    throw new BucketFailure(`${placeText(place)}manifest.json is not what was written`, {
      hint: 'look at the bucket; the next run goes on from here',
    });
}

export interface ArchiveTask {
  unit: Unit;
  volumes: readonly Volume[];
  /** Gives the pods that read the volumes what the hub's pod has; undefined where there is none any more. */
  hub: JsonObject | undefined;
  user: PlatformFile['user'];
  /** What servers of the hub tolerate. */
  tolerations: Json[];
  held: Held;
}

/**
 * Every volume into the bucket and read back from there, and then the manifest. Returns only when all of them
 * are whole.
 */
export async function archiveVolumes(
  archive: Archive,
  task: ArchiveTask,
  world: ApplyWorld,
): Promise<void> {
  const { unit, volumes, hub, held } = task;
  const left = notArchived(volumes, archive.manifest);
  if (left.length > 0 && !hub)
    throw new Faulty(
      'the hub’s Deployment is gone, so there is no image to read its volumes with; nothing is deleted',
      'infrastructure',
    );
  if (left.length < volumes.length)
    world.progress(
      unit,
      `${volumes.length - left.length} of ${volumes.length} volumes are archived already`,
    );
  if (left.length > 0) await atRest(left, unit.name, world);
  await archiveLeft(archive, task, left, world);
  await confirmSizes(archive);
  if (archive.manifest.complete !== null) return;
  held();
  archive.manifest = { ...archive.manifest, complete: world.clock.now().toISOString() };
  await writeManifest(archive);
}

/** Some side by side. One that fails does not stop the others, so that the next run has less to do. */
async function archiveLeft(
  archive: Archive,
  { unit, volumes, hub = {}, user, tolerations, held }: ArchiveTask,
  left: readonly Volume[],
  world: ApplyWorld,
): Promise<void> {
  const script = await world.script('archive.py');
  const reader = { unit, hub, user, tolerations, script };
  let done = volumes.length - left.length;
  let writing = Promise.resolve(); // the manifest is one file: one entry after the other
  const one = async (volume: Volume): Promise<string | undefined> => {
    try {
      const archived = await archiveVolume(archive, volume, reader, world);
      done += 1;
      const what = `${done} of ${volumes.length}, ${megabytes(archived.bytes)}, ${archived.files} files`;
      world.progress(unit, `${volumeName(volume)} is archived and read back: ${what}`);
      writing = writing.then(() => enter(archive, archived, held));
      await writing;
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure || error instanceof Faulty)) throw error;
      world.progress(unit, `✗ ${volumeName(volume)}: ${error.message}`);
      return `${volumeName(volume)}: ${error.message}`;
    }
  };
  const failures = await pMap(left, one, { concurrency: AT_ONCE });
  const failed = failures.filter((why) => why !== undefined);
  if (failed.length === 0) return;
  const count = `${failed.length} of ${volumes.length} volumes`;
  throw new Faulty(
    `${count} cannot be archived, so nothing is deleted: ${failed.slice(0, 3).join('; ')}`,
    'infrastructure',
  );
}

async function enter(archive: Archive, one: ArchivedVolume, held: Held): Promise<void> {
  held();
  const others = archive.manifest.objects.filter(({ claim }) => claim !== one.claim);
  archive.manifest = { ...archive.manifest, objects: [...others, one] };
  await writeManifest(archive);
}

/** What an earlier run has archived may have been touched since. */
async function confirmSizes({ bucket, place, manifest }: Archive): Promise<void> {
  for (const { key, bytes } of manifest.objects) {
    if ((await bucket.size(key)) !== bytes)
      throw new Faulty(
        `${placeText({ ...place, folder: key })} is not there any more as it was; nothing is deleted`,
        'infrastructure',
      );
  }
}

/** Waits until no pod writes to the volumes. */
async function atRest(
  volumes: readonly Volume[],
  namespace: string,
  { kube, clock }: ApplyWorld,
): Promise<void> {
  const claims = new Set(volumes.map(({ claim }) => claim));
  for (let look = 0; ; look += 1) {
    const busy = (await kube.list('pods', { namespace })).find(
      (pod) =>
        !/^(Succeeded|Failed)$/u.test(textAt(pod, '/status/phase')) &&
        objectsIn(at(pod, '/spec/volumes')).some((volume) =>
          claims.has(textAt(volume, '/persistentVolumeClaim/claimName')),
        ),
    );
    if (!busy) return;
    if (look === LOOKS)
      throw new Faulty(
        `the pod ${textAt(busy, '/metadata/name')} does not stop, so that its volume cannot be archived; nothing is deleted`,
        'infrastructure',
      );
    await clock.sleep(LOOK_MS);
  }
}

interface Reader {
  unit: Unit;
  hub: JsonObject;
  user: PlatformFile['user'];
  tolerations: Json[];
  script: string;
}

async function archiveVolume(
  { place, bucket }: Archive,
  volume: Volume,
  { unit, hub, user, tolerations, script }: Reader,
  world: ApplyWorld,
): Promise<ArchivedVolume> {
  const { claim, uid } = volume;
  const namespace = unit.name;
  const key = volumeKey(place, volume);
  // A pod of the same name that a killed run has left may still be ending.
  const name = `glaciocloud-archive-${world.random.uuid().slice(0, 8)}`;
  const sent = await withThrowAway(
    {
      name,
      namespace,
      objects: archiveObjects(hub, { namespace, name, volume, user, tolerations }),
      what: 'its volume cannot be read',
    },
    world,
    async () => {
      const streaming = world.kube.pythonStream(namespace, name, script, [ARCHIVED]);
      const sending = new Sending(streaming);
      const quiet = telling(world.clock, () =>
        world.progress(unit, `archiving ${volumeName(volume)}: ${megabytes(sending.bytes)} so far`),
      );
      try {
        await bucket.send(key, Readable.from(sending.chunks()));
      } finally {
        quiet();
        streaming.kill();
      }
      return sending.counted();
    },
  );
  let seen = 0;
  const quiet = telling(world.clock, () =>
    world.progress(
      unit,
      `reading ${volumeName(volume)} back: ${megabytes(seen)} of ${megabytes(sent.bytes)}`,
    ),
  );
  const back = await readBack(await bucket.read(key), (bytes) => {
    seen = bytes;
  }).finally(quiet);
  const wrong = difference(sent, back);
  if (wrong !== undefined) throw new Faulty(wrong, 'infrastructure');
  return { claim, uid, key, ...sent };
}
