import { day } from '../time.ts';
import type { Change, Comparison } from './compare.ts';
import type { Figures, VolumeFigures } from './figures.ts';
import type { BenchReport } from './report.ts';

export type Subject = 'latencies' | 'rates' | 'oggm' | 'readers';

/** A table of a report: every cell is text. */
export interface Table {
  subject: Subject;
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A figure in three digits. */
export function shown(value: number | null): string {
  if (value === null) return '–';
  if (value >= 100) return value.toFixed(0);
  return Number(value.toPrecision(3)).toString();
}

/** `0.05 (0.11)`: the median, and what 19 of 20 stay below. */
function spread(median: number | null, p95: number | null): string {
  return median === null ? '–' : `${shown(median)} (${shown(p95)})`;
}

export function tables(figures: Figures): Table[] {
  const { volumes, oggm, readers } = figures;
  const all: Table[] = [
    {
      subject: 'latencies',
      title: 'Milliseconds for one file: median, and 95 % of them',
      head: ['volume', 'class', 'look up', 'make', 'sync', 'locks'],
      rows: volumes.map(latencies),
    },
    {
      subject: 'rates',
      title: 'Megabytes a second, and what dd says of the same',
      head: ['volume', 'read', 'dd', 'write', 'dd'],
      rows: volumes.map((one) => [
        one.name,
        ...[one.read_mb_s, one.dd_read_mb_s, one.write_mb_s, one.dd_write_mb_s].map(shown),
      ]),
    },
    {
      subject: 'oggm',
      title: 'Seconds of OGGM for one glacier',
      head: ['volume', 'cold', 'warm'],
      rows: oggm.map((one) => [one.volume, shown(one.cold_s), shown(one.warm_s)]),
    },
    {
      subject: 'readers',
      title: 'Megabytes a second of all who read data at once',
      head: ['readers', 'MB/s'],
      rows: readers.map((one) => [`${one.readers}`, shown(one.mb_s)]),
    },
  ];
  return all.filter(({ rows }) => rows.length > 0);
}

function latencies(one: VolumeFigures): string[] {
  return [
    one.name,
    one.class ?? '–',
    spread(one.stat_ms, one.stat_p95_ms),
    spread(one.create_ms, one.create_p95_ms),
    spread(one.fsync_ms, one.fsync_p95_ms),
    locks(one),
  ];
}

function locks({ flock }: VolumeFigures): string {
  if (flock === null) return '–';
  return flock ? 'yes' : 'no';
}

const GLACIERS: Readonly<Record<NonNullable<Figures['glacier']>['kind'], string>> = {
  prepared: 'a prepared glacier of the hub’s data',
  sample: 'sample data of the image, because the hub’s data hold no prepared glacier',
  ideal: 'numbers, because neither the hub’s data nor the image hold a glacier',
};

const OF_DATA = 'Of data, inputs were read from there and the work was done in memory.';

/** What the figures are of, one sentence each. */
export function notes({ figures, comparison }: BenchReport): string[] {
  const { glacier, oggm, problems, image } = figures;
  return [
    `Measured in a pod as servers of the hub are, with ${image}, on one node.`,
    ...(glacier ? [`OGGM worked on ${GLACIERS[glacier.kind]}: ${glacier.detail}.`] : []),
    ...(oggm.some(({ volume }) => volume === 'data') ? [OF_DATA] : []),
    ...problems.map(problem),
    ...(comparison ? comparedText(comparison) : ['There is no earlier run to compare with.']),
  ];
}

function problem({ volume, what, why }: Figures['problems'][number]): string {
  const subject = volume === '' ? what : `${volume}, ${what}`;
  return `Not as it should be: ${subject}: ${why}.`;
}

function comparedText({ at, figures, changes, node }: Comparison): string[] {
  const before = `the run of ${day(at)}`;
  const found =
    changes.length === 0
      ? `All ${figures} figures are as in ${before}, but for noise.`
      : `Others than in ${before}: ${changes.length} of ${figures} figures; the rest differs by noise.`;
  return node === undefined
    ? [found]
    : [
        found,
        `The node itself computed ${node} than then: what volumes do is hardly to be compared.`,
      ];
}

/** A figure that has changed: `home: reading: 210 → 95, 2.2 times slower` */
export function changeText({ figure, before, after, text }: Change): string {
  return `${figure}: ${shown(before)} → ${shown(after)}, ${text}`;
}
