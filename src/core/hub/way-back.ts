import { at, isObject, merge, objectsIn, pointer, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { byIdentity, identity, manifestText, parseObject, splitDocuments } from '../manifests.ts';

/** One object of a release: as Helm stored it, and as it is read. */
export interface Stored {
  /** Applied as it is, because YAML that is written anew may mean something else to Helm. */
  text: string;
  object: JsonObject;
}

/** The objects of a manifest. */
export function storedIn(manifest: string): Stored[] {
  return splitDocuments(manifest)
    .filter((text) => /^kind:/mu.test(text))
    .map((text) => ({ text, object: parseObject(text) }));
}

/** The manifest of some objects. */
export function manifestOf(stored: readonly Stored[]): string {
  return stored.map(({ text }) => `---\n${text.trimEnd()}\n`).join('');
}

/** Made by revisions that are not to count any more, and no part of what is wanted. */
export function straysOf(
  made: readonly JsonObject[],
  wanted: readonly JsonObject[],
  namespace: string,
): JsonObject[] {
  const names = new Set(wanted.map((one) => identity(one, namespace)));
  const strays = [...byIdentity(made, namespace)].filter(([name]) => !names.has(name));
  return strays.map(([, object]) => object);
}

/** Whether a live object came with a release, and goes with it: what is marked to be kept stays. */
export function goesWith(live: JsonObject, release: string): boolean {
  const policy = textAt(live, '/metadata/annotations/helm.sh~1resource-policy');
  const owner = textAt(live, '/metadata/annotations/meta.helm.sh~1release-name');
  return owner === release && policy.trim().toLowerCase() !== 'keep';
}

/** Somebody has deleted it, and it is there until whatever holds it lets go. */
export function isLeaving(live: JsonObject): boolean {
  return at(live, '/metadata/deletionTimestamp') !== undefined;
}

/** What is lost with it cannot be made again. */
export function holdsData(object: JsonObject): boolean {
  return object['kind'] === 'PersistentVolumeClaim';
}

/**
 * A volume claim can grow and not shrink: where it cannot be what it was, it stays what it has become. Only fields
 * that the manifest has, so that the next upgrade may leave out the others; and those that Helm has applied since, such
 * as a storage class that was left to the cluster before: they cannot be taken back either.
 */
export function asItHasBecome({ object }: Stored, live: JsonObject): Stored {
  const kept = shaped(object['spec'] ?? {}, live['spec'] ?? {});
  const since = Object.fromEntries(
    appliedBelowSpec(live).flatMap((key) => {
      const value = at(live, pointer('spec', key));
      return value === undefined ? [] : [[key, value]];
    }),
  );
  const changed = merge(object, { spec: since }, { spec: kept });
  return { text: manifestText([changed]), object: changed };
}

/** Fields of a spec that Helm has applied, by who owns what. */
function appliedBelowSpec(live: JsonObject): string[] {
  return objectsIn(at(live, '/metadata/managedFields'))
    .filter(({ manager, operation }) => manager === 'helm' && operation === 'Apply')
    .flatMap((one) => {
      const fields = at(one, '/fieldsV1/f:spec');
      return Object.keys(isObject(fields) ? fields : {});
    })
    .filter((key) => key.startsWith('f:'))
    .map((key) => key.slice(2));
}

/** The fields of `shape`, with the values of `live` where it has them. */
function shaped(shape: Json, live: Json): Json {
  if (!isObject(shape) || !isObject(live)) return live;
  const entries = Object.entries(shape).map(([key, value]): [string, Json] => {
    const now = live[key];
    return [key, now === undefined ? value : shaped(value, now)];
  });
  return Object.fromEntries(entries);
}

/** `Service proxy-public` */
export function calledOf(object: JsonObject): string {
  return `${textAt(object, '/kind')} ${textAt(object, '/metadata/name')}`;
}
