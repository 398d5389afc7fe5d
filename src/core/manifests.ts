import { dump, load } from 'js-yaml';
import { sha256Hex } from './digest.ts';
import { isObject, textAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Helm's output as documents: without comments about their source, empty ones dropped, Secrets masked. */
export function normalise(output: string): string {
  return documentsIn(output)
    .map((text) => `---\n${/^kind: *Secret *$/mu.test(text) ? masked(text) : text.trimEnd()}\n`)
    .join('');
}

/** Every document in which there is something, however it is written. */
export function documentsIn(output: string): string[] {
  return splitDocuments(output).filter(saysSomething);
}

/** Split where Helm splits: what follows the dashes on their line belongs to the document. */
export function splitDocuments(text: string): string[] {
  return text
    .split(/^---[^\S\n]*(?:#.*)?\n?/mu)
    .map((part) => part.replace(/^# Source: .*\n/gmu, ''));
}

/** However it is written, what Kubernetes would read as an object must not go unseen. */
function saysSomething(text: string): boolean {
  return /^[^\S\n]*[^\s#]/mu.test(text);
}

/** What a document says of itself at first glance. */
interface Head {
  apiVersion: string;
  kind: string;
  /** It names a namespace. */
  placed: boolean;
}

/**
 * The head of a document that is written as charts write them, without parsing it; undefined for one that is written
 * in another way, and must be parsed to be known.
 */
export function plainHead(text: string): Head | undefined {
  const top = text.split('\n').filter((line) => /^[^\s#]/u.test(line));
  if (!top.every((line) => /^\w+:(?:\s|$)/u.test(line))) return undefined;
  const apiVersion = only(text, /^apiVersion: *([\w./-]+) *$/gmu);
  const kind = only(text, /^kind: *(\w+) *$/gmu);
  const metadata = only(text, /^metadata: *\n((?: +\S.*\n?)+)/gmu);
  if (apiVersion === undefined || kind === undefined || metadata === undefined) return undefined;
  if (top.filter((line) => /^(?:apiVersion|kind|metadata):/u.test(line)).length !== 3)
    return undefined;
  const lines = metadata.split('\n').filter((line) => line.trim() !== '');
  if (!lines.every((line) => /^ +(?:#.*|[\w./-]+:(?:\s.*)?)$/u.test(line))) return undefined;
  return { apiVersion, kind, placed: lines.some((line) => /^ +namespace:/u.test(line)) };
}

/** What an expression captures, where it is found exactly once. */
function only(text: string, pattern: RegExp): string | undefined {
  const [first, second] = text.matchAll(pattern);
  return second === undefined ? first?.[1] : undefined;
}

export function parseObject(text: string): JsonObject {
  const value = load(text) as Json;
  if (!isObject(value)) throw new Error('a rendered document is not an object');
  return value;
}

/**
 * What a Secret holds is replaced by a hash: whoever reads a diff sees that it changed, not what it is.
 * The renderer has only placeholders to begin with; a real secret cannot get here.
 */
function masked(text: string): string {
  const object = parseObject(text);
  for (const field of ['data', 'stringData']) {
    const data = object[field];
    if (!isObject(data)) continue;
    object[field] = Object.fromEntries(
      Object.entries(data).map(([key, value]) => [
        key,
        `masked ${sha256Hex(JSON.stringify(value)).slice(0, 16)}`,
      ]),
    );
  }
  return dump(object, { lineWidth: -1, noRefs: true }).trimEnd();
}

/** Objects of our own making as the same kind of text. */
export function manifestText(objects: readonly JsonObject[]): string {
  return objects
    .map((object) => `---\n${dump(object, { lineWidth: -1, noRefs: true }).trimEnd()}\n`)
    .join('');
}

/** What an object is called in its cluster, whichever version of its API it is written in. */
export function identity(object: JsonObject, namespace: string): string {
  return [
    textAt(object, '/kind'),
    textAt(object, '/metadata/namespace') || namespace,
    textAt(object, '/metadata/name'),
  ].join('/');
}

export function byIdentity(
  objects: readonly JsonObject[],
  namespace: string,
): Map<string, JsonObject> {
  return new Map(objects.map((one) => [identity(one, namespace), one]));
}
