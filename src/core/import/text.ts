import { unlessCredential } from '../credentials/shapes.ts';
import { oneLine } from '../escape.ts';
import { isObject, pointer } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Draft } from './draft.ts';
import { dotted } from './ledger.ts';
import type { Entry } from './ledger.ts';

export interface Told {
  draft: Draft;
  files: readonly string[];
  /** Keys of the file that belong to other charts. */
  beside: readonly string[];
  /** Files of hubs that may be an example only. */
  examples: readonly string[];
  /** What `check` says of the draft all the same. */
  open: readonly string[];
}

/** What became of the values, for people. */
export function importText({ draft, files, beside, examples, open }: Told): string {
  const lines = [
    `written: ${files.join(', ')}`,
    `✓ said by keys: ${draft.said.length}`,
    ...underValues(draft.values).map((path) => `· under values: ${path}`),
    ...grouped(draft.dropped).map(([what, paths]) => `- not needed: ${paths} — ${what}`),
    ...grouped(draft.told).map(([what, paths]) => `✗ could not be said: ${paths} — ${what}`),
    ...(beside.length === 0
      ? []
      : [`✗ of other charts: ${beside.map(dotted).join(', ')} — not read`]),
    ...open.map((text) => `✗ check says: ${text}`),
    ...(examples.length === 0
      ? []
      : [
          `→ beside it, without secrets yet: ${examples.join(', ')}; where one is only the example that init wrote, ` +
            'delete that file, or it is planned and deployed as a hub too',
        ]),
    '→ where a release runs with these values: adopt: in the hub’s file takes it over with its homes (docs/move.md)',
  ];
  return lines.map((line) => `${oneLine(line)}\n`).join('');
}

export function importJson({ draft, files, beside, examples, open }: Told): JsonObject {
  const listed = (entries: readonly Entry[]): Json[] =>
    entries.map(({ path, what }) => ({ path: dotted(path), what }));
  return {
    files: [...files],
    said: listed(draft.said),
    values: underValues(draft.values),
    dropped: listed(draft.dropped),
    told: listed(draft.told),
    beside: beside.map(dotted),
    examples: [...examples],
    check: [...open],
  };
}

/** Settings as people speak of them: two words, and what stands below. */
function underValues(values: JsonObject): string[] {
  return Object.entries(values).flatMap(([top, below]) =>
    isObject(below)
      ? Object.entries(below).map(([key, value]) => {
          const names = isObject(value) ? Object.keys(value).map(unlessCredential) : [];
          const path = dotted(pointer(top, key));
          return names.length === 0 ? path : `${path}: ${names.join(', ')}`;
        })
      : [dotted(pointer(top))],
  );
}

/** One line for one reason. */
function grouped(entries: readonly Entry[]): [string, string][] {
  const groups = new Map<string, string[]>();
  for (const { path, what } of entries)
    groups.set(what, [...(groups.get(what) ?? []), path === '' ? 'cluster' : dotted(path)]);
  return [...groups].map(([what, paths]) => [what, [...new Set(paths)].join(', ')]);
}
