import { isObject, merge, objectsIn } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';

/** Objects that say no namespace of their own are in this one. */
export function inDefault(objects: readonly JsonObject[], namespace: string): JsonObject[] {
  return objects.map((one) => merge({ metadata: { namespace } }, one));
}

/** kubectl prints one object as itself, several as a list, none as nothing. */
export function objectsOf(text: string): JsonObject[] {
  if (text.trim() === '') return [];
  const found = object(text);
  return found['kind'] === 'List' ? objectsIn(found['items']) : [found];
}

export function listText(objects: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

export function object(text: string): JsonObject {
  const value = JSON.parse(text) as Json;
  if (!isObject(value)) throw new Error('kubectl gave no object');
  return value;
}
