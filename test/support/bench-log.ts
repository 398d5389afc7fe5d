/* What `bench.py` says on a machine where home is twice as slow as scratch. */

/** A line of it. */
export type BenchLine = Readonly<Record<string, unknown>> & { measure: string };

const volume = (name: string, ms: number, mb: number): BenchLine[] => [
  { measure: 'create', volume: name, median_ms: ms, p95_ms: ms * 2, count: 300 },
  { measure: 'stat', volume: name, median_ms: ms / 10, p95_ms: ms / 5, count: 300 },
  { measure: 'fsync', volume: name, median_ms: ms * 3, p95_ms: ms * 6, count: 40 },
  { measure: 'flock', volume: name, works: true, why: '' },
  { measure: 'write', volume: name, mb_s: mb, dd_mb_s: mb * 1.1, bytes: 268435456 },
  { measure: 'read', volume: name, mb_s: mb * 2, dd_mb_s: mb * 2.1, bytes: 268435456 },
];

const BENCH_LINES: readonly BenchLine[] = [
  ...volume('home', 2, 100),
  ...volume('scratch', 1, 400),
  { measure: 'stat', volume: 'data', median_ms: 0.5, p95_ms: 1, count: 300 },
  { measure: 'flock', volume: 'data', works: true, why: '' },
  { measure: 'read', volume: 'data', mb_s: 180, dd_mb_s: 190, bytes: 268435456 },
  ...[1, 2, 4, 8].map((readers) => ({ measure: 'readers', readers, mb_s: 180 + readers })),
  { measure: 'oggm-input', kind: 'prepared', detail: 'RGI60-11.00897, level 3' },
  { measure: 'oggm', volume: 'home', cold_s: 2.1, warm_s: 1.7 },
  { measure: 'oggm', volume: 'scratch', cold_s: 1.1, warm_s: 0.9 },
  { measure: 'oggm', volume: 'data', cold_s: 1.2, warm_s: 0.8 },
  { measure: 'end' },
];

/** With other lines than these of a measure and volume; undefined: without them. */
export function benchLog(...others: readonly (BenchLine | { without: string })[]): string {
  const same = (one: BenchLine, two: BenchLine): boolean =>
    one.measure === two.measure && one['volume'] === two['volume'];
  const lines = others.reduce<readonly BenchLine[]>(
    (all, other) =>
      'without' in other
        ? all.filter(({ measure }) => measure !== other.without)
        : [other, ...all.filter((one) => !same(one, other))],
    BENCH_LINES,
  );
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
