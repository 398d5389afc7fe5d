import { isObject, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Removal } from '../model/types.ts';
import { TEXT, fields, readerOf } from '../shape.ts';
import type { Instant } from '../unit.ts';

/** Where the archive of a hub lies: `s3://bucket/prefix/hub/`. */
export interface ArchivePlace {
  bucket: string;
  /** Begins every key: `prefix/hub/`. */
  folder: string;
  endpoint: string | undefined;
  region: string | undefined;
}

/** What a tar archive is known by: counted where it is made, and again where it was read back. */
export interface Counted {
  sha256: string;
  bytes: number;
  /** Files, links and what else is no folder. */
  files: number;
}

/** A volume whose archive was read back whole. */
export interface ArchivedVolume extends Counted {
  claim: string;
  /** Of the claim: another volume may once bear its name. */
  uid: string;
  key: string;
}

/**
 * What an archive says of itself, beside it: written before the first volume and after each,
 * complete when nothing is missing.
 */
export interface ArchiveManifest {
  v: 1;
  hub: string;
  cluster: string;
  /** The removal that it is part of: the archive of an earlier one is never taken for it. */
  removal: string;
  complete: Instant | null;
  objects: ArchivedVolume[];
}

export interface Volume {
  claim: string;
  uid: string;
  what: 'home' | 'database';
}

function isArchived({ homes, database }: Pick<Removal, 'homes' | 'database'>): boolean {
  return homes === 'archive' || database === 'archive';
}

/** Undefined where nothing is archived. */
export function archivePlace({
  hub,
  homes,
  database,
  bucket,
  endpoint,
  region,
}: Removal): ArchivePlace | undefined {
  const parts = /^s3:\/\/([^/]+)\/?(.*)$/u.exec(bucket ?? '');
  if (!isArchived({ homes, database }) || !parts) return undefined;
  const [, name = '', prefix = ''] = parts;
  return { bucket: name, folder: `${prefix === '' ? '' : `${prefix}/`}${hub}/`, endpoint, region };
}

/** As people write it. */
export function placeText({ bucket, folder }: Pick<ArchivePlace, 'bucket' | 'folder'>): string {
  return `s3://${bucket}/${folder}`;
}

export function manifestKey({ folder }: ArchivePlace): string {
  return `${folder}manifest.json`;
}

/**
 * Logs are public, and a claim bears its owner's name: `kubectl get persistentvolumeclaims` says
 * whose volume pvc-UID is.
 */
export function volumeName({ uid, what }: Volume): string {
  return what === 'database' ? 'the database' : `the home pvc-${uid}`;
}

export function volumeKey({ folder }: ArchivePlace, { claim, what }: Volume): string {
  return what === 'database' ? `${folder}database.tar.gz` : `${folder}homes/${claim}.tar.gz`;
}

const readManifest = readerOf<Omit<ArchiveManifest, 'objects'> & { objects: Json[] }>(
  fields({
    v: { const: 1 },
    hub: TEXT,
    cluster: TEXT,
    removal: TEXT,
    complete: { type: ['string', 'null'] },
    objects: { type: 'array' },
  }),
  '/v',
);

/** Undefined where the text is no whole manifest of ours: what lies beside it may be the only copy of something. */
export function parseManifest(text: string): ArchiveManifest | undefined {
  const found = readManifest(text);
  if (found.kind !== 'read') return undefined;
  const { hub, cluster, removal, complete, objects } = found.value;
  const whole = objectsIn(objects)
    .map(parseVolume)
    .filter((one) => one !== undefined);
  return { v: 1, hub, cluster, removal, complete, objects: whole };
}

function parseVolume(value: JsonObject): ArchivedVolume | undefined {
  const counted = parseCounted(value);
  if (counted === undefined) return undefined;
  const [claim, uid, key] = [textAt(value, '/claim'), textAt(value, '/uid'), textAt(value, '/key')];
  return { claim, uid, key, ...counted };
}

/** What the script in the pod says at its end. */
export function parseCounted(value: JsonObject | undefined): Counted | undefined {
  if (!isObject(value)) return undefined;
  const { sha256, bytes, files } = value;
  return typeof sha256 === 'string' && typeof bytes === 'number' && typeof files === 'number'
    ? { sha256, bytes, files }
    : undefined;
}

/**
 * What a removal may build on. An unfinished archive of another removal is worth nothing, because
 * nothing was deleted after it; a complete one is the only copy of something.
 */
export function manifestFor(
  found: ArchiveManifest | undefined,
  fresh: ArchiveManifest,
): { kind: 'begin' | 'go-on'; manifest: ArchiveManifest } | { kind: 'taken'; since: Instant } {
  if (found?.removal === fresh.removal) return { kind: 'go-on', manifest: found };
  return found?.complete == null
    ? { kind: 'begin', manifest: fresh }
    : { kind: 'taken', since: found.complete };
}

/** Volumes of which no verified archive exists yet. */
export function notArchived(volumes: readonly Volume[], { objects }: ArchiveManifest): Volume[] {
  return volumes.filter(
    ({ claim, uid }) => !objects.some((one) => one.claim === claim && one.uid === uid),
  );
}

/** How what was read back differs from what was sent; undefined where it does not. */
export function difference(sent: Counted, back: Counted): string | undefined {
  if (sent.bytes !== back.bytes)
    return `${back.bytes} bytes came back, and ${sent.bytes} were sent`;
  if (sent.sha256 !== back.sha256) return 'what came back has another SHA-256 than what was sent';
  return sent.files === back.files
    ? undefined
    : `${back.files} files came back, and ${sent.files} were sent`;
}

export function megabytes(bytes: number): string {
  const mb = bytes / 1e6;
  return `${mb < 10 ? mb.toFixed(1) : Math.round(mb)} MB`;
}
