import { at, isObject, isWithin, merge, objectsIn, pointer, textAt } from '../../json.ts';
import type { Json, JsonObject } from '../../json.ts';
import { plainPath } from '../../paths.ts';

type Naming = (entry: JsonObject) => string;

/** Volumes and mounts below `jupyterhub:`: lists to the chart, though each entry has a name of its own. */
const LISTS: Readonly<Record<string, Naming>> = {
  '/hub/extraVolumes': nameOf,
  '/hub/extraVolumeMounts': mountOf,
  '/singleuser/storage/extraVolumes': nameOf,
  '/singleuser/storage/extraVolumeMounts': mountOf,
};
/** Variables: the chart takes a list too, which would take the place of a mapping. */
const VARIABLES: Readonly<Record<string, Naming>> = {
  '/hub/extraEnv': nameOf,
  '/singleuser/extraEnv': nameOf,
};
const NAMED = { ...LISTS, ...VARIABLES };

function nameOf(entry: JsonObject): string {
  return textAt(entry, '/name');
}

/** A volume may be mounted more than once, and at a place lies one thing: Kubernetes refuses a second. */
function mountOf(entry: JsonObject): string {
  return plainPath(textAt(entry, '/mountPath'));
}

/** The entries of a list, or of a mapping of named ones: the chart takes both. */
export function namedEntries(value: Json | undefined): JsonObject[] {
  return isObject(value) ? Object.values(value).filter(isObject) : objectsIn(value);
}

/** Values with such lists as mappings by name, so that ours and a file's own stand beside each other when merged. */
export function byName(values: JsonObject): JsonObject {
  return Object.entries(NAMED).reduce((all, [path, naming]) => {
    const named = entriesAt(values, path, naming);
    return named ? put(all, path, Object.fromEntries(named)) : all;
  }, values);
}

/** Merged by key; an entry is one thing, and takes the place of another of its name. Both with such lists by name. */
export function mergeNamed(ours: JsonObject, own: JsonObject): JsonObject {
  return Object.keys(NAMED).reduce(
    (all, path) => {
      const [left, right] = [at(ours, path), at(own, path)];
      return isObject(left) && isObject(right) ? put(all, path, { ...left, ...right }) : all;
    },
    merge(ours, own),
  );
}

/** The same as the chart takes it. */
export function asLists(values: JsonObject): JsonObject {
  return Object.keys(LISTS).reduce((all, path) => {
    const named = at(values, path);
    return isObject(named) ? put(all, path, Object.values(named)) : all;
  }, values);
}

/** Where a file has an entry that `byName` gives a path by its name: `/hub/extraEnv/A` → `/hub/extraEnv/0`. */
export function inFile(values: JsonObject, path: string): string {
  for (const [list, naming] of Object.entries(NAMED)) {
    const named = path.startsWith(`${list}/`) ? entriesAt(values, list, naming) : undefined;
    const index = named?.findIndex(([name]) => isWithin(path, `${list}${pointer(name)}`)) ?? -1;
    if (index >= 0) return `${list}${pointer(Object.keys(at(values, list) ?? {})[index] ?? '')}`;
  }
  return path;
}

/** Entries by name, in their order; undefined where there are none, or one of them has no name. */
function entriesAt(values: JsonObject, path: string, naming: Naming): [string, Json][] | undefined {
  const found = at(values, path);
  if (!Array.isArray(found) && !(isObject(found) && path in LISTS)) return undefined;
  const entries = objectsIn(Object.values(found));
  if (entries.length < Object.keys(found).length) return undefined;
  if (entries.some((entry) => nameOf(entry) === '')) return undefined;
  return entries.map((entry) => [naming(entry), path in LISTS ? entry : variableOf(entry)]);
}

/** `{name: A, value: b}` is `A: b`. */
function variableOf(entry: JsonObject): Json {
  const { value } = entry;
  if (value !== undefined) return value;
  return Object.fromEntries(Object.entries(entry).filter(([key]) => key !== 'name'));
}

/** Values with another one at a path. */
export function put(values: JsonObject, path: string, value: Json): JsonObject {
  const [, first = '', ...rest] = path.split('/');
  const below = values[first];
  if (rest.length === 0) return { ...values, [first]: value };
  return { ...values, [first]: put(isObject(below) ? below : {}, `/${rest.join('/')}`, value) };
}
