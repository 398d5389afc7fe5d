import { isObject, pointer, segmentsOf } from '../json.ts';
import type { Json } from '../json.ts';

/** Pointers to the mappings of a schema that know a key, from the top down; lists and names of one's own left out. */
export function elsewhere(schema: object, key: string): string[] {
  const found: string[] = [];
  const look = (part: Json | undefined, path: readonly string[]): void => {
    const properties = isObject(part) ? part['properties'] : undefined;
    if (!isObject(properties)) return;
    if (Object.hasOwn(properties, key)) found.push(pointer(...path));
    for (const [name, item] of Object.entries(properties)) look(item, [...path, name]);
  };
  look(schema as Json, []);
  return found;
}

/** More places than these say nothing about what was meant. */
const MOST_PLACES = 3;

export function whereItBelongs(key: string, places: readonly string[]): string {
  const shown = places.slice(0, MOST_PLACES).map((place) => {
    const parents = segmentsOf(place);
    return parents.length === 0 ? 'to the top of the file' : `below "${parents.join('.')}:"`;
  });
  return `"${key}" belongs ${shown.join(' or ')}`;
}
