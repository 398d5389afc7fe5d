import { merge } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import { fields, listOf, readerOf } from '../core/shape.ts';
import type { Reading } from '../core/shape.ts';
import { KubeFailure } from '../failure.ts';

/** Objects that say no namespace of their own are in this one. */
export function inDefault(objects: readonly JsonObject[], namespace: string): JsonObject[] {
  return objects.map((one) => merge({ metadata: { namespace } }, one));
}

/** kubectl prints one object as itself, several as a list, none as nothing. */
export function objectsOf(text: string): JsonObject[] {
  if (text.trim() === '') return [];
  const found = object(text);
  return found['kind'] === 'List' ? listed(text) : [found];
}

export function listText(objects: readonly JsonObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
}

const readObject = readerOf<JsonObject>(fields({}));
const readList = readerOf<{ items: JsonObject[] }>(fields({ items: listOf(fields({})) }));

export function object(text: string): JsonObject {
  return said(readObject(text));
}

/** What is listed. A list that does not say what is in it is not an empty one. */
export function listed(text: string): JsonObject[] {
  return said(readList(text)).items;
}

function said<T>(reading: Reading<T>): T {
  if (reading.kind === 'read') return reading.value;
  throw new KubeFailure(`what kubectl printed cannot be read: ${reading.reason}`, {
    hint: 'try again; if it stays, look at kubectl and what stands before it',
  });
}
