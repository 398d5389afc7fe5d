import { canonical, isObject } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';

/*
 * Fields of Kubernetes objects as server-side apply sees them: a tree of leaves, where some lists are maps by keys of
 * their entries. Of the API's schema it knows the part that our objects use; a list that it does not know throws.
 */

/** A path to a leaf: `f:spec`, `k:{"name":"hub"}`, … */
export type Leaf = readonly string[];

/** Lists that are maps, with the keys of their entries and the values that the API gives them by default. */
const KEYED: Readonly<Record<string, JsonObject>> = {
  containers: { name: '' },
  initContainers: { name: '' },
  volumes: { name: '' },
  env: { name: '' },
  imagePullSecrets: { name: '' },
  volumeMounts: { mountPath: '' },
  conditions: { type: '' },
  'ports/containerPort': { containerPort: '', protocol: 'TCP' },
  'ports/port': { port: '', protocol: 'TCP' },
};

/** Lists and maps that are one value. */
const WHOLE = new Set([
  'accessModes',
  'args',
  'command',
  'envFrom',
  'items',
  'rules',
  'subjects',
  'tolerations',
  'ingress',
  'egress',
  'selector',
  'podSelector',
  'nodeSelector',
  'nodeSelectorTerms',
  'preferredDuringSchedulingIgnoredDuringExecution',
  'roleRef',
  'secretKeyRef',
  'configMapKeyRef',
]);

const SERVER_SIDE = ['/apiVersion', '/kind', '/metadata/name', '/metadata/namespace'];

function keysOf(field: string, list: readonly Json[]): JsonObject | undefined {
  const first = list.find(isObject);
  if (field === 'ports')
    return KEYED[first?.['containerPort'] === undefined ? 'ports/port' : 'ports/containerPort'];
  return KEYED[field];
}

/** `k:{"name":"hub"}` of an entry. */
function entryKey(keys: JsonObject, entry: JsonObject): string {
  const values = Object.entries(keys).map(([key, usual]): [string, Json] => [
    key,
    entry[key] ?? usual,
  ]);
  return `k:${canonical(Object.fromEntries(values))}`;
}

type Children = [segment: string, value: Json][];

/** The parts of a value that have owners of their own; undefined where it is one leaf. */
function childrenOf(field: string, value: Json): Children | undefined {
  if (Array.isArray(value)) {
    if (value.length === 0 || !value.some(isObject)) return undefined;
    const keys = keysOf(field, value);
    if (keys)
      return value.filter(isObject).map((entry): [string, Json] => [entryKey(keys, entry), entry]);
    if (WHOLE.has(field)) return undefined;
    throw new Error(`the double does not know how the list "${field}" is merged`);
  }
  if (!isObject(value) || Object.keys(value).length === 0) return undefined;
  if (WHOLE.has(field)) return undefined;
  return Object.entries(value).map(([key, one]): [string, Json] => [`f:${key}`, one]);
}

/** Every leaf of what somebody applies, with its value. */
export function leavesOf(applied: JsonObject): Map<string, Json> {
  const leaves = new Map<string, Json>();
  const visit = (path: Leaf, field: string, value: Json): void => {
    const children = childrenOf(field, value);
    if (!children) {
      leaves.set(JSON.stringify(path), value);
      return;
    }
    for (const [segment, one] of children)
      visit([...path, segment], segment.startsWith('f:') ? segment.slice(2) : '', one);
  };
  for (const [key, value] of Object.entries(applied)) visit([`f:${key}`], key, value);
  for (const fixed of SERVER_SIDE)
    leaves.delete(
      JSON.stringify(
        fixed
          .slice(1)
          .split('/')
          .map((one) => `f:${one}`),
      ),
    );
  return leaves;
}

function matches(entry: Json, segment: string): boolean {
  const keys = JSON.parse(segment.slice(2)) as JsonObject;
  const usual = Object.values(KEYED).find((one) =>
    Object.keys(keys).every((key) => one[key] !== undefined),
  );
  return (
    isObject(entry) &&
    Object.entries(keys).every(([key, value]) => (entry[key] ?? usual?.[key]) === value)
  );
}

/** `object` with a leaf set to a value, or taken away where it is undefined. Changes `object`. */
export function setLeaf(object: JsonObject, path: Leaf, value: Json | undefined): void {
  const [first = '', ...rest] = path;
  const name = first.slice(2);
  if (rest.length === 0) {
    if (value === undefined) Reflect.deleteProperty(object, name);
    else object[name] = structuredClone(value);
    return;
  }
  const isList = rest[0]?.startsWith('k:') === true;
  if (object[name] === undefined) {
    if (value === undefined) return;
    object[name] = isList ? [] : {};
  }
  const inner = object[name];
  if (Array.isArray(inner)) setInList(inner, rest, value);
  else if (isObject(inner)) setLeaf(inner, rest, value);
  else object[name] = value === undefined ? (inner ?? null) : fresh(rest, value);
  if (value === undefined && isEmpty(object[name])) Reflect.deleteProperty(object, name);
}

function fresh(path: Leaf, value: Json): JsonObject {
  const made: JsonObject = {};
  setLeaf(made, path, value);
  return made;
}

function setInList(list: Json[], [segment = '', ...rest]: Leaf, value: Json | undefined): void {
  let entry = list.find((one) => matches(one, segment));
  if (!entry) {
    if (value === undefined) return;
    entry = JSON.parse(segment.slice(2)) as JsonObject;
    list.push(entry);
  }
  if (isObject(entry) && rest.length > 0) setLeaf(entry, rest, value);
  if (value === undefined && isEmpty(entry)) list.splice(list.indexOf(entry), 1);
}

function isEmpty(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** Whether a leaf is what its entry of a list is known by: it goes last. */
export function isEntryKey(path: Leaf): boolean {
  const [entry = '', name = ''] = path.slice(-2);
  return (
    entry.startsWith('k:') && Object.hasOwn(JSON.parse(entry.slice(2)) as object, name.slice(2))
  );
}

/** The value of a leaf; undefined where there is none. */
export function leafValue(object: JsonObject, path: Leaf): Json | undefined {
  let here: Json | undefined = object;
  for (const segment of path) {
    if (segment.startsWith('k:'))
      here = Array.isArray(here) ? here.find((one: Json) => matches(one, segment)) : undefined;
    else here = isObject(here) ? here[segment.slice(2)] : undefined;
  }
  return here;
}

/** Leaves as `managedFields` shows them: a tree, with `.` for entries of lists. */
export function fieldsTree(leaves: Iterable<string>): JsonObject {
  const tree: JsonObject = {};
  for (const text of leaves) {
    let here = tree;
    for (const segment of JSON.parse(text) as string[]) {
      const known = here[segment];
      const fresh: JsonObject = segment.startsWith('k:') ? { '.': {} } : {};
      const inner = isObject(known) ? known : fresh;
      here[segment] = inner;
      here = inner;
    }
  }
  return tree;
}
