import { compare } from '../plan/compare.ts';
import type { FieldChange } from '../plan/types.ts';
import { at, canonical, escapeSegment, isObject, objectOf, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

export interface Drift {
  object: string;
  kind: 'missing' | 'changed';
  fields: FieldChange[];
}

export interface Foreign {
  object: string;
  manager: string;
  time: string;
}

/** Written by the API server or by controllers of Kubernetes themselves. */
const SERVER_FIELDS = [
  '/metadata/managedFields',
  '/metadata/resourceVersion',
  '/metadata/generation',
  '/metadata/uid',
  '/metadata/creationTimestamp',
  '/metadata/annotations/deployment.kubernetes.io~1revision',
  '/metadata/annotations/deprecated.daemonset.template.generation',
  '/status',
];
const OWN_MANAGERS = /^(helm|glaciocloud|kube-|kubelet|k3s|cloud-controller|before-first-apply)/u;

/**
 * A live object against what applying the stored manifest again would make of it: what differs is
 * drift.
 */
export function driftOf(
  name: string,
  live: JsonObject | undefined,
  applied: JsonObject,
): Drift | undefined {
  if (!live) return { object: name, kind: 'missing', fields: [] };
  const fields = compare(live, applied).filter(
    ({ path }) => !SERVER_FIELDS.some((one) => path === one || path.startsWith(`${one}/`)),
  );
  return fields.length === 0 ? undefined : { object: name, kind: 'changed', fields };
}

/** Others who own fields of an object that we made: a warning, not drift. */
export function foreignManagers(name: string, live: JsonObject): Foreign[] {
  return foreignEntries(live).map((one) => foreignOf(name, one));
}

function foreignOf(object: string, entry: JsonObject): Foreign {
  return { object, manager: textAt(entry, '/manager'), time: textAt(entry, '/time') };
}

export interface Conflict extends Foreign {
  fields: string[];
}

/**
 * Fields that others own and have set to something else than we are about to: applying takes them
 * back.
 */
export function conflictsOf(name: string, live: JsonObject, applied: JsonObject): Conflict[] {
  return foreignEntries(live).flatMap((one) => {
    const fields = differing(at(one, '/fieldsV1'), live, applied, '');
    return fields.length === 0 ? [] : [{ ...foreignOf(name, one), fields }];
  });
}

function foreignEntries(live: JsonObject): JsonObject[] {
  return objectsIn(at(live, '/metadata/managedFields')).filter(
    (one) => !OWN_MANAGERS.test(textAt(one, '/manager')) && one['subresource'] === undefined,
  );
}

/**
 * A tree of owned fields as the API server writes it: `f:` a field, `k:` an entry of a list by its
 * keys, an empty object a leaf.
 */
function differing(
  owned: Json | undefined,
  live: Json | undefined,
  applied: Json | undefined,
  path: string,
): string[] {
  if (!isObject(owned) || applied === undefined) return [];
  const inner = Object.entries(owned).filter(([key]) => key !== '.');
  if (inner.length === 0) return canonical(live ?? null) === canonical(applied) ? [] : [path];
  return inner.flatMap(([key, rest]) => {
    const [kind, name] = [key.slice(0, 2), key.slice(2)];
    if (kind === 'f:') {
      const field = `/${escapeSegment(name)}`;
      return differing(rest, at(live, field), at(applied, field), path + field);
    }
    const keys = kind === 'k:' ? objectOf(name) : undefined;
    if (keys === undefined) return [];
    const entry = `/${escapeSegment(entryName(keys))}`;
    return differing(rest, entryOf(live, keys), entryOf(applied, keys), path + entry);
  });
}

/** What an entry of a list is called for people: the values of its keys. */
function entryName(keys: JsonObject): string {
  const words = Object.values(keys).map((one) =>
    typeof one === 'string' ? one : JSON.stringify(one),
  );
  return words.join(',');
}

/** The entry of a list with these keys; one that the server fills in by default may be absent. */
function entryOf(list: Json | undefined, keys: JsonObject): JsonObject | undefined {
  return objectsIn(list).find((one) =>
    Object.entries(keys).every(([key, value]) => one[key] === undefined || one[key] === value),
  );
}
