/** JSON values and the few operations on them that everything else is built from. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Code-unit order: the same on every machine, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** One text for one value: keys sorted, no white space. Equal values have equal texts, and only those. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = sortedEntries(value);
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

function sortedEntries(value: JsonObject): [string, Json][] {
  return Object.entries(value).sort(([a], [b]) => compareText(a, b));
}

/** Two-space JSON with sorted keys and a final newline: what is written to disk. */
export function pretty(value: Json): string {
  return `${JSON.stringify(sorted(value), null, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(sortedEntries(value).map(([key, item]) => [key, sorted(item)]));
}

/**
 * Helm's merge: objects are merged key by key, anything else on the right replaces the left. Inputs stay as they are.
 */
export function merge(left: JsonObject, ...rights: readonly JsonObject[]): JsonObject {
  const result: JsonObject = { ...left };
  for (const right of rights) {
    for (const [key, value] of Object.entries(right)) {
      const old = result[key];
      result[key] = isObject(old) && isObject(value) ? merge(old, value) : value;
    }
  }
  return result;
}

export function escapeSegment(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** RFC 6901: `pointer('a', 'b/c')` is `/a/b~1c`. */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments.map((segment) => `/${escapeSegment(String(segment))}`).join('');
}

export function segmentsOf(path: string): string[] {
  if (path === '') return [];
  return path
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Whether a pointer is this one, or below it. */
export function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(`${parent}/`);
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The value at an RFC 6901 pointer, or undefined. */
export function at(value: Json | undefined, path: string): Json | undefined {
  let here = value;
  for (const segment of segmentsOf(path)) {
    if (Array.isArray(here)) here = here[Number(segment)];
    else if (isObject(here) && Object.hasOwn(here, segment)) here = here[segment];
    else return undefined;
  }
  return here;
}

/** The objects in a list; none where it is no list. */
export function objectsIn(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** What a text from outside says; undefined where it is no JSON. */
export function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** The object that a text from outside is; undefined where it is anything else. */
export function objectOf(text: string): JsonObject | undefined {
  const value = jsonOf(text);
  return isObject(value) ? value : undefined;
}

/** The last line that is an object: scripts say at their end what they have done. */
export function lastObject(lines: readonly string[]): JsonObject | undefined {
  return lines.map(objectOf).findLast((one) => one !== undefined);
}

/** The text at an RFC 6901 pointer; empty where there is none, or something else. */
export function textAt(value: Json | undefined, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

/** Every pointer below `value`, with what stands there, parents first. */
export function* walk(value: Json, path = ''): Generator<{ path: string; value: Json }> {
  yield { path, value };
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(item, `${path}/${index}`);
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value))
      yield* walk(item, `${path}/${escapeSegment(key)}`);
  }
}
