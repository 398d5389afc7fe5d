import { unlessCredential } from '../credentials/shapes.ts';
import { at, isObject, segmentsOf } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** What became of a part of the values, by its pointer below the chart's own. */
export interface Entry {
  path: string;
  /** The key that says it now; or why nothing does, and what to do. */
  what: string;
}

/** Values while they are translated: what a key says is taken out, and what is left goes below `values:`. */
export class Ledger {
  #rest: JsonObject;
  readonly said: Entry[] = [];
  /** What the platform does by itself. */
  readonly dropped: Entry[] = [];
  /** What a person has to decide. */
  readonly told: Entry[] = [];

  constructor(values: JsonObject) {
    this.#rest = values;
  }

  get rest(): JsonObject {
    return this.#rest;
  }

  at(path: string): Json | undefined {
    return at(this.#rest, path) ?? undefined;
  }

  /** Takes a part out; null, which is the chart's default, is none. */
  take(path: string): Json | undefined {
    const found = this.at(path);
    this.#rest = without(this.#rest, segmentsOf(path)) as JsonObject;
    return found;
  }

  says(path: string, key: string): void {
    const isNew = !this.said.some((one) => one.path === path && one.what === key);
    if (isNew) this.said.push({ path, what: key });
  }

  /** Takes out what needs no key, and says why. */
  drop(path: string, why: string): void {
    if (this.take(path) !== undefined) this.dropped.push({ path, what: why });
  }

  tell(path: string, what: string): void {
    this.told.push({ path, what });
  }
}

/** The value without one part, and without what is empty then. Of a list the others move up. */
export function without(value: Json, [key, ...deeper]: readonly string[]): Json {
  if (key === undefined) return value;
  if (Array.isArray(value)) {
    const index = Number(key);
    const item = value[index];
    const rest = deeper.length === 0 || item === undefined ? undefined : without(item, deeper);
    return value.flatMap((one, position) => (position !== index ? [one] : kept(rest)));
  }
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  const { [key]: item = null, ...others } = value;
  const [rest] = deeper.length === 0 ? [] : kept(without(item, deeper));
  return rest === undefined
    ? others
    : Object.fromEntries(
        Object.entries(value).map(([name, old]) => [name, name === key ? rest : old]),
      );
}

function kept(value: Json | undefined): Json[] {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return value === undefined || isEmpty ? [] : [value];
}

/** A pointer as people write it; without what a stranger hid in a key. */
export function dotted(path: string): string {
  return segmentsOf(path).map(unlessCredential).join('.');
}
