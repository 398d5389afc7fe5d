import type { BenchHub } from './hub.ts';
import type { Latency, Measured, OggmSeconds, Rate, Readers } from './lines.ts';

/**
 * Figures of a volume, the best of some rounds and the worst; null where it could not be measured, or never is: nobody
 * writes to data.
 */
export interface VolumeFigures {
  name: string;
  class: string | null;
  stat_ms: number | null;
  stat_p95_ms: number | null;
  stat_worst_ms: number | null;
  create_ms: number | null;
  create_p95_ms: number | null;
  create_worst_ms: number | null;
  fsync_ms: number | null;
  fsync_p95_ms: number | null;
  fsync_worst_ms: number | null;
  read_mb_s: number | null;
  read_worst_mb_s: number | null;
  dd_read_mb_s: number | null;
  write_mb_s: number | null;
  write_worst_mb_s: number | null;
  dd_write_mb_s: number | null;
  flock: boolean | null;
}

/** What was measured at one time. */
export interface Figures {
  hub: string;
  at: string;
  image: string;
  /** Where OGGM worked then, and whether the hub has scratch. */
  workdir: 'home' | 'scratch';
  has_scratch: boolean;
  /** Of work that touches no volume. */
  compute_ms: number | null;
  compute_worst_ms: number | null;
  /** What OGGM worked on; null where it could not. */
  glacier: { kind: 'prepared' | 'sample' | 'ideal'; detail: string } | null;
  volumes: VolumeFigures[];
  oggm: OggmSeconds[];
  readers: Readers[];
  problems: { volume: string; what: string; why: string }[];
}

/** By what the pod said. `dataClass`: the class that the cluster’s volume of input data is of. */
export function figuresOf(
  hub: BenchHub,
  lines: Measured,
  { at, dataClass }: { at: string; dataClass: string | null },
): Figures {
  const classes: [string, string | null][] = [
    ['home', hub.home.class ?? null],
    ['scratch', 'emptyDir'],
    ...(hub.data ? [['data', dataClass] satisfies [string, string | null]] : []),
  ];
  const [glacier] = lines['oggm-input'];
  const noLocks = lines.flock.filter(({ works }) => !works);
  return {
    hub: hub.namespace,
    at,
    image: hub.image.reference,
    workdir: hub.workdir,
    has_scratch: hub.scratch.own,
    compute_ms: lines.compute[0]?.ms ?? null,
    compute_worst_ms: lines.compute[0]?.worst_ms ?? null,
    glacier: glacier ? { kind: glacier.kind, detail: glacier.detail } : null,
    volumes: classes.map(([name, of]) => volumeFigures(name, of, lines)),
    oggm: lines.oggm.map(oggmSeconds),
    readers: lines.readers.map(readersOf),
    problems: [
      ...lines.fault.map(({ volume, what, why }) => ({ volume, what, why })),
      ...noLocks.map(({ volume, why }) => ({ volume, what: 'flock', why })),
    ],
  };
}

function volumeFigures(name: string, of: string | null, lines: Measured): VolumeFigures {
  const [stat, statP95, statWorst] = latency(lines.stat, name);
  const [create, createP95, createWorst] = latency(lines.create, name);
  const [fsync, fsyncP95, fsyncWorst] = latency(lines.fsync, name);
  const [read, ddRead, readWorst] = rate(lines.read, name);
  const [write, ddWrite, writeWorst] = rate(lines.write, name);
  return {
    name,
    class: of,
    stat_ms: stat,
    stat_p95_ms: statP95,
    stat_worst_ms: statWorst,
    create_ms: create,
    create_p95_ms: createP95,
    create_worst_ms: createWorst,
    fsync_ms: fsync,
    fsync_p95_ms: fsyncP95,
    fsync_worst_ms: fsyncWorst,
    read_mb_s: read,
    read_worst_mb_s: readWorst,
    dd_read_mb_s: ddRead,
    write_mb_s: write,
    write_worst_mb_s: writeWorst,
    dd_write_mb_s: ddWrite,
    flock: lines.flock.find(({ volume }) => volume === name)?.works ?? null,
  };
}

type Three = readonly [number | null, number | null, number | null];
const NONE: Three = [null, null, null];

function latency(list: readonly Latency[], name: string): Three {
  const found = list.find(({ volume }) => volume === name);
  return found ? [found.median_ms, found.p95_ms, found.worst_ms] : NONE;
}

function rate(list: readonly Rate[], name: string): Three {
  const found = list.find(({ volume }) => volume === name);
  return found ? [found.mb_s, found.dd_mb_s, found.worst_mb_s] : NONE;
}

/** Without what a line says besides. */
function oggmSeconds(one: OggmSeconds): OggmSeconds {
  const { volume, cold_s, cold_worst_s, warm_s, warm_worst_s } = one;
  return { volume, cold_s, cold_worst_s, warm_s, warm_worst_s };
}

function readersOf({ readers, mb_s, worst_mb_s }: Readers): Readers {
  return { readers, mb_s, worst_mb_s };
}
