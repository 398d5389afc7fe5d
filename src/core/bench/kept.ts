import { TEXT, fields, listOf, readerOf } from '../shape.ts';
import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { GLACIER, OGGM, OR_NONE, READERS } from './lines.ts';
import type { Figures } from './figures.ts';

/** A hub's last figures, in its own namespace. */
export const KEPT_NAME = 'glaciocloud-bench-last';
const KEY = 'bench.json';

const OR_NO_FLAG = { type: ['boolean', 'null'] };
const FLAG = { type: 'boolean' };

const FIGURES = fields({
  hub: TEXT,
  at: TEXT,
  image: TEXT,
  workdir: { enum: ['home', 'scratch'] },
  has_scratch: FLAG,
  compute_ms: OR_NONE,
  compute_worst_ms: OR_NONE,
  glacier: { anyOf: [{ type: 'null' }, GLACIER] },
  volumes: listOf(
    fields({
      name: TEXT,
      class: { type: ['string', 'null'] },
      stat_ms: OR_NONE,
      stat_p95_ms: OR_NONE,
      stat_worst_ms: OR_NONE,
      create_ms: OR_NONE,
      create_p95_ms: OR_NONE,
      create_worst_ms: OR_NONE,
      fsync_ms: OR_NONE,
      fsync_p95_ms: OR_NONE,
      fsync_worst_ms: OR_NONE,
      read_mb_s: OR_NONE,
      read_worst_mb_s: OR_NONE,
      dd_read_mb_s: OR_NONE,
      write_mb_s: OR_NONE,
      write_worst_mb_s: OR_NONE,
      dd_write_mb_s: OR_NONE,
      flock: OR_NO_FLAG,
    }),
  ),
  oggm: listOf(OGGM),
  readers: listOf(READERS),
  problems: listOf(fields({ volume: TEXT, what: TEXT, why: TEXT })),
});

/** Reads figures as `keptObject` writes them. */
const parseKept = readerOf<{ v: 1; figures: Figures }>(
  fields({ v: { const: 1 }, figures: FIGURES }),
  '/v',
);

export type Kept =
  { kind: 'none' } | { kind: 'figures'; figures: Figures } | { kind: 'unreadable'; why: string };

/** What a hub keeps of the run before; a figure that nobody can read is told, and written anew. */
export function keptFigures(object: JsonObject | undefined): Kept {
  if (object === undefined) return { kind: 'none' };
  const reading = parseKept(textAt(object, `/data/${KEY}`));
  if (reading.kind !== 'read') return { kind: 'unreadable', why: reading.reason };
  return { kind: 'figures', figures: reading.value.figures };
}

export function keptObject(figures: Figures): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: KEPT_NAME,
      namespace: figures.hub,
      labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' },
    },
    data: { [KEY]: JSON.stringify({ v: 1, figures }) },
  };
}
