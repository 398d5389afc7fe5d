import { canonical } from '../json.ts';
import type { Figures } from './figures.ts';
import { areApart, factor, rangeOf, times } from './range.ts';
import type { Direction, Range } from './range.ts';

/** Figures of two runs on the same volume differ by so much without a cause, whatever their rounds did. */
const NOISE = 1.5;

/** Nodes of one kind compute alike, if they are not busy. */
const SAME_NODE = 1.25;

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
  /** Where the node itself was faster or slower: then figures of volumes say little. */
  node: string | undefined;
}

interface Figure {
  name: string;
  value: number;
  range: Range;
}

/** What is beyond noise; the rest is equal as far as anybody knows. */
export function compared(before: Figures, after: Figures): Comparison {
  const was = new Map(listed(before).map((one) => [one.name, one]));
  // Seconds for another glacier are no slower or faster.
  const same = canonical(before.glacier) === canonical(after.glacier);
  const both = listed(same ? after : { ...after, oggm: [] }).flatMap((now) => {
    const old = was.get(now.name);
    return old === undefined ? [] : [{ old, now }];
  });
  const changes = both.flatMap(({ old, now }) => changeOf(old, now));
  return { at: before.at, figures: both.length, changes, node: nodeText(before, after) };
}

/** Without the help of any volume. */
function nodeText(before: Figures, after: Figures): string | undefined {
  const [old, now] = [before, after].map((one) =>
    rangeOf(one.compute_ms, one.compute_worst_ms, 'less'),
  );
  if (!old || !now || times(old, now) < SAME_NODE) return undefined;
  return `${factor(times(old, now))} times ${now.best < old.best ? 'faster' : 'slower'}`;
}

/** Beyond noise where no round of one run was like a round of the other. */
function changeOf(old: Figure, now: Figure): Change[] {
  const many = times(old.range, now.range);
  if (many < NOISE || !areApart(old.range, now.range)) return [];
  const better = now.range.best < old.range.best;
  const text = `${factor(many)} times ${better ? 'faster' : 'slower'}`;
  return [{ figure: now.name, before: old.value, after: now.value, better, text }];
}

function listed({ volumes, oggm, readers }: Figures): Figure[] {
  return [
    ...volumes.flatMap((one) => [
      ...figure(`${one.name}: looking up a file`, one.stat_ms, one.stat_worst_ms, 'less'),
      ...figure(`${one.name}: making a file`, one.create_ms, one.create_worst_ms, 'less'),
      ...figure(`${one.name}: syncing a file`, one.fsync_ms, one.fsync_worst_ms, 'less'),
      ...figure(`${one.name}: reading`, one.read_mb_s, one.read_worst_mb_s, 'more'),
      ...figure(`${one.name}: writing`, one.write_mb_s, one.write_worst_mb_s, 'more'),
    ]),
    ...oggm.flatMap((one) => [
      ...figure(`${one.volume}: OGGM cold`, one.cold_s, one.cold_worst_s, 'less'),
      ...figure(`${one.volume}: OGGM warm`, one.warm_s, one.warm_worst_s, 'less'),
    ]),
    ...readers.flatMap((one) =>
      figure(
        one.readers === 1 ? '1 reader' : `${one.readers} readers`,
        one.mb_s,
        one.worst_mb_s,
        'more',
      ),
    ),
  ];
}

function figure(
  name: string,
  best: number | null,
  worst: number | null,
  direction: Direction,
): Figure[] {
  const range = rangeOf(best, worst, direction);
  return range && best !== null ? [{ name, value: best, range }] : [];
}
