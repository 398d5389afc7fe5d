import { objectOf, textAt } from '../json.ts';
import { COUNT, TEXT, fields, readerOf } from '../shape.ts';
import type { Reading } from '../shape.ts';

const NUMBER = { type: 'number', minimum: 0 };
export const OR_NONE = { type: ['number', 'null'], minimum: 0 };
const LATENCY = fields({ volume: TEXT, median_ms: NUMBER, p95_ms: NUMBER, worst_ms: NUMBER });
const RATE = fields({ volume: TEXT, mb_s: NUMBER, dd_mb_s: OR_NONE, worst_mb_s: NUMBER });

/** Milliseconds for one file, in the best of some rounds; the median of the worst. */
export interface Latency {
  volume: string;
  median_ms: number;
  p95_ms: number;
  worst_ms: number;
}

/** Our own rate, and what dd says of the same, in the best of some rounds; the worst of ours. */
export interface Rate {
  volume: string;
  mb_s: number;
  dd_mb_s: number | null;
  worst_mb_s: number;
}

/** All who read at once. */
export interface Readers {
  readers: number;
  mb_s: number;
  worst_mb_s: number;
}

export interface OggmSeconds {
  volume: string;
  cold_s: number;
  cold_worst_s: number;
  warm_s: number;
  warm_worst_s: number;
}

export const READERS = fields({ readers: COUNT, mb_s: NUMBER, worst_mb_s: NUMBER });
export const OGGM = fields({
  volume: TEXT,
  cold_s: NUMBER,
  cold_worst_s: NUMBER,
  warm_s: NUMBER,
  warm_worst_s: NUMBER,
});
export const GLACIER = fields({ kind: { enum: ['prepared', 'sample', 'ideal'] }, detail: TEXT });

/** A line of `bench.py`, by its measure. */
export interface Lines {
  stat: Latency;
  create: Latency;
  fsync: Latency;
  read: Rate;
  write: Rate;
  flock: { volume: string; works: boolean; why: string };
  readers: Readers;
  oggm: OggmSeconds;
  /** Of work that touches no volume: how fast, or how busy, the node is. */
  compute: { ms: number; worst_ms: number };
  'oggm-input': { kind: 'prepared' | 'sample' | 'ideal'; detail: string };
  fault: { volume: string; what: string; why: string };
  end: object;
}

const PARSE: { [Measure in keyof Lines]: (text: string) => Reading<Lines[Measure]> } = {
  stat: readerOf(LATENCY),
  create: readerOf(LATENCY),
  fsync: readerOf(LATENCY),
  read: readerOf(RATE),
  write: readerOf(RATE),
  flock: readerOf(fields({ volume: TEXT, works: { type: 'boolean' }, why: TEXT })),
  readers: readerOf(READERS),
  oggm: readerOf(OGGM),
  compute: readerOf(fields({ ms: NUMBER, worst_ms: NUMBER })),
  'oggm-input': readerOf(GLACIER),
  fault: readerOf(fields({ volume: TEXT, what: TEXT, why: TEXT })),
  end: readerOf(fields({})),
};

export type Measured = { [Measure in keyof Lines]: Lines[Measure][] };

/** What a pod said, by measure; what else its image prints is left out. */
export function measured(log: string): Measured {
  const found: Measured = {
    stat: [],
    create: [],
    fsync: [],
    read: [],
    write: [],
    flock: [],
    readers: [],
    oggm: [],
    compute: [],
    'oggm-input': [],
    fault: [],
    end: [],
  };
  for (const line of log.split('\n')) {
    const measure = textAt(objectOf(line), '/measure');
    if (isMeasure(measure)) add(found, measure, line);
  }
  return found;
}

function isMeasure(word: string): word is keyof Lines {
  return Object.hasOwn(PARSE, word);
}

function add<Measure extends keyof Lines>(found: Measured, measure: Measure, line: string): void {
  const reading = PARSE[measure](line);
  if (reading.kind === 'read') found[measure].push(reading.value);
  else
    found.fault.push({ volume: '', what: measure, why: `its line is damaged: ${reading.reason}` });
}
