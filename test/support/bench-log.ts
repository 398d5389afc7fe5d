/* What `bench.py` says on a machine where home is twice as slow as scratch. */

/** A line of it. */
export type BenchLine = Readonly<Record<string, unknown>> & { measure: string };

const volume = (name: string, ms: number, mb: number): BenchLine[] => [
  { measure: 'create', volume: name, median_ms: ms, p95_ms: ms * 2, worst_ms: ms * 1.1 },
  { measure: 'stat', volume: name, median_ms: ms / 10, p95_ms: ms / 5, worst_ms: ms / 9 },
  { measure: 'fsync', volume: name, median_ms: ms * 3, p95_ms: ms * 6, worst_ms: ms * 4 },
  { measure: 'flock', volume: name, works: true, why: '' },
  { measure: 'write', volume: name, mb_s: mb, dd_mb_s: mb * 1.1, worst_mb_s: mb / 1.2 },
  { measure: 'read', volume: name, mb_s: mb * 2, dd_mb_s: mb * 2.1, worst_mb_s: mb * 1.6 },
];

/** Seconds whose worst round was a little slower. */
export function oggmLine(volume: string, cold: number, warm: number, worst = 1.05): BenchLine {
  return {
    measure: 'oggm',
    volume,
    cold_s: cold,
    cold_worst_s: cold * worst,
    warm_s: warm,
    warm_worst_s: warm * worst,
  };
}

const BENCH_LINES: readonly BenchLine[] = [
  { measure: 'compute', ms: 20, worst_ms: 22 },
  ...volume('home', 2, 100),
  ...volume('scratch', 1, 400),
  { measure: 'stat', volume: 'data', median_ms: 0.5, p95_ms: 1, worst_ms: 0.6 },
  { measure: 'flock', volume: 'data', works: true, why: '' },
  { measure: 'read', volume: 'data', mb_s: 180, dd_mb_s: 190, worst_mb_s: 150 },
  ...[1, 2, 4, 8].map((readers) => ({
    measure: 'readers',
    readers,
    mb_s: 180 + readers,
    worst_mb_s: 160,
  })),
  { measure: 'oggm-input', kind: 'prepared', detail: 'RGI60-11.00897, level 3' },
  oggmLine('home', 2.1, 1.7),
  oggmLine('scratch', 1.1, 0.9),
  oggmLine('data', 1.2, 0.8),
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
