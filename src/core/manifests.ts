import { dump, load } from 'js-yaml';
import { sha256Hex } from './digest.ts';
import { isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Helm's output as documents: without comments about their source, empty ones dropped, Secrets masked. */
export function normalise(output: string): string {
  const documents = splitDocuments(output).filter((text) => /^kind:/mu.test(text));
  return documents
    .map((text) => `---\n${/^kind: *Secret *$/mu.test(text) ? masked(text) : text.trimEnd()}\n`)
    .join('');
}

export function splitDocuments(text: string): string[] {
  return text.split(/^---(?: .*)?$\n?/mu).map((part) => part.replace(/^# Source: .*\n/gmu, ''));
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
