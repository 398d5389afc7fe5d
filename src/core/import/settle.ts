import type { Finding, Place } from '../finding.ts';
import { at, canonical, isObject, parentOf, pointer, segmentsOf, walk } from '../json.ts';
import type { JsonObject } from '../json.ts';
import type { Source } from '../source.ts';
import type { Draft } from './draft.ts';
import { without } from './ledger.ts';
import type { Entry } from './ledger.ts';

/** Rules of what the platform writes itself: what they find is no loss. */
const OURS = ['values-reserved', 'values-overridden'];

/**
 * What `check` finds below `values:` cannot stand there: it is taken out, and what `check` says is
 * why. Undefined where nothing more can be taken out.
 */
export function settled(
  draft: Draft,
  source: Source,
  findings: readonly Finding[],
): Draft | undefined {
  const byPlace = placesOf(draft.values, source);
  const out = new Map<string, Finding>();
  for (const finding of findings) {
    if (finding.severity !== 'error' || finding.at.file !== source.file) continue;
    const path = byPlace.get(key(finding.at));
    if (path !== undefined) out.set(path, finding);
  }
  if (out.size === 0) return undefined;
  const entries = (isOurs: boolean): Entry[] =>
    [...out]
      .filter(([, { rule }]) => OURS.includes(rule) === isOurs)
      .map(([path, { message, hint }]) => ({
        path: listed(draft.values, path),
        what: `${message}: ${hint}`,
      }));
  return {
    ...draft,
    values: pruned(draft.values, [...out.keys()]),
    dropped: [...draft.dropped, ...entries(true)],
    told: [...draft.told, ...entries(false)],
  };
}

/** The list in place of its entry, whose number is not that of the file that was read. */
function listed(values: JsonObject, path: string): string {
  const list = parentOf(path);
  return Array.isArray(at(values, list)) ? list : path;
}

/** The draft without what the platform writes anyway. */
export function withoutOurs(draft: Draft, ours: JsonObject): Draft {
  const same = [...walk(draft.values)].flatMap(({ path, value }) => {
    const own = at(ours, path);
    const isSame = own !== undefined && !isObject(value) && canonical(own) === canonical(value);
    return isSame && !isInList(draft.values, path) ? [path] : [];
  });
  return {
    ...draft,
    values: pruned(draft.values, same),
    dropped: [
      ...draft.dropped,
      ...same.map((path) => ({ path, what: 'the platform writes the same' })),
    ],
  };
}

function isInList(values: JsonObject, path: string): boolean {
  return segmentsOf(path).some((_, depth, all) =>
    Array.isArray(at(values, pointer(...all.slice(0, depth)))),
  );
}

/** The last of a list first, so that the others keep their places. */
function pruned(values: JsonObject, paths: readonly string[]): JsonObject {
  const order = [...walk(values)].map(({ path }) => path).filter((path) => paths.includes(path));
  return order
    .reverse()
    .reduce((rest, path) => without(rest, segmentsOf(path)) as JsonObject, values);
}

/** Which part stands where: of a mapping that begins with its first key, the mapping. */
function placesOf(values: JsonObject, source: Source): Map<string, string> {
  const found = new Map<string, string>();
  for (const where of [source.at, source.keyAt])
    for (const { path } of walk(values)) {
      const place = key(where(`/values${path}`));
      if (path !== '' && !found.has(place)) found.set(place, path);
    }
  return found;
}

function key({ line, column }: Place): string {
  return `${line}:${column}`;
}
