import { factor } from './advice.ts';
import type { Figures, VolumeFigures } from './figures.ts';

/** Figures of two runs on the same volume differ by so much without a cause. */
const NOISE = 1.5;

/** A figure that is another than in the run before. */
export interface Change {
  figure: string;
  before: number;
  after: number;
  better: boolean;
  /** `2.1 times faster` */
  text: string;
}

export interface Comparison {
  /** When the run before was. */
  at: string;
  /** Figures that both have. */
  figures: number;
  changes: Change[];
}

interface Figure {
  name: string;
  value: number;
  /** Whether more of it is better. */
  rate: boolean;
}

/** What is beyond noise; the rest is equal as far as anybody knows. */
export function compared(before: Figures, after: Figures): Comparison {
  const was = new Map(listed(before).map(({ name, value }) => [name, value]));
  const both = listed(after).flatMap((one) => {
    const old = was.get(one.name);
    return old === undefined ? [] : [{ ...one, old }];
  });
  const changes = both.flatMap(({ name, value, old, rate }): Change[] => {
    const times = Math.max(value, old) / Math.min(value, old);
    if (times < NOISE) return [];
    const better = rate ? value > old : value < old;
    const text = `${factor(times)} times ${better ? 'faster' : 'slower'}`;
    return [{ figure: name, before: old, after: value, better, text }];
  });
  return { at: before.at, figures: both.length, changes };
}

const KINDS: readonly [keyof VolumeFigures, string, boolean][] = [
  ['stat_ms', 'looking up a file', false],
  ['create_ms', 'making a file', false],
  ['fsync_ms', 'syncing a file', false],
  ['read_mb_s', 'reading', true],
  ['write_mb_s', 'writing', true],
];

function listed({ volumes, oggm, readers }: Figures): Figure[] {
  const figure = (name: string, value: unknown, rate: boolean): Figure[] =>
    typeof value === 'number' && value > 0 ? [{ name, value, rate }] : [];
  return [
    ...volumes.flatMap((volume) =>
      KINDS.flatMap(([key, what, rate]) => figure(`${volume.name}: ${what}`, volume[key], rate)),
    ),
    ...oggm.flatMap(({ volume, cold_s: cold, warm_s: warm }) => [
      ...figure(`${volume}: OGGM cold`, cold, false),
      ...figure(`${volume}: OGGM warm`, warm, false),
    ]),
    ...readers.flatMap(({ readers: count, mb_s: rate }) =>
      figure(count === 1 ? '1 reader' : `${count} readers`, rate, true),
    ),
  ];
}
