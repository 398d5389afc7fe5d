import type { Figures } from './figures.ts';

/** Less than that is said of no two: the next run may find it the other way round. */
const NEAR = 1.15;

type Workdir = Figures['workdir'];

/** Seconds, or what stands for them: less is better. */
interface Weighed {
  home: number;
  scratch: number;
  /** What was compared, in words. */
  by: string;
}

/** One recommendation in words: where OGGM should work. It decides nothing. */
export function advice(figures: Figures): string {
  const weighed = weighedBy(figures);
  if (weighed === undefined) return 'none: home and scratch could not both be measured';
  const { home, scratch, by } = weighed;
  const better: Workdir = scratch < home ? 'scratch' : 'home';
  const times = Math.max(home, scratch) / Math.min(home, scratch);
  if (times < NEAR)
    return `workdir on home or on scratch: near-equal (${by}, ${factor(times)} times); home is kept when a server stops`;
  const said = `workdir on ${better}: ${factor(times)} times faster (${by})`;
  return `${said}${sofar(better, figures)}`;
}

function sofar(better: Workdir, { workdir, has_scratch: hasScratch }: Figures): string {
  if (better === workdir) return ', as it is';
  if (better === 'home') return '';
  const lost = 'what lies there is lost when a server stops';
  return hasScratch ? `; ${lost}` : `; the hub has no scratch yet, and ${lost}`;
}

/** By OGGM itself; without it by what it does most, files that are made. */
function weighedBy({ oggm, volumes }: Figures): Weighed | undefined {
  const run = (name: Workdir): number | undefined => {
    const found = oggm.find(({ volume }) => volume === name);
    return found && found.cold_s + found.warm_s;
  };
  const create = (name: Workdir): number | undefined =>
    volumes.find((one) => one.name === name)?.create_ms ?? undefined;
  return weigh(run, 'seconds of OGGM') ?? weigh(create, 'making files, OGGM was not measured');
}

function weigh(of: (name: Workdir) => number | undefined, by: string): Weighed | undefined {
  const [home, scratch] = [of('home'), of('scratch')];
  return home === undefined || scratch === undefined || Math.min(home, scratch) <= 0
    ? undefined
    : { home, scratch, by };
}

/** `1.9`, `12` */
export function factor(times: number): string {
  return times >= 10 ? times.toFixed(0) : times.toFixed(1);
}
