import type { Figures } from './figures.ts';
import { areApart, factor, rangeOf, times } from './range.ts';
import type { Range } from './range.ts';

/** Less than that is said of no two: the next run may find it the other way round. */
const NEAR = 1.15;

type Workdir = Figures['workdir'];

interface Weighed {
  home: Range;
  scratch: Range;
  /** What was compared, in words. */
  by: string;
}

/** One recommendation in words: where OGGM should work. It decides nothing. */
export function advice(figures: Figures): string {
  const weighed = weighedBy(figures);
  if (weighed === undefined) return 'none: home and scratch could not both be measured';
  const { home, scratch, by } = weighed;
  const better: Workdir = scratch.best < home.best ? 'scratch' : 'home';
  const byTimes = `${factor(times(home, scratch))} times`;
  const near = times(home, scratch) < NEAR;
  if (near || !areApart(home, scratch))
    return `workdir on home or on scratch: near-equal (${by}, ${near ? byTimes : `${byTimes} within noise`}); home is kept when a server stops`;
  return `workdir on ${better}: ${byTimes} faster (${by})${sofar(better, figures)}`;
}

function sofar(better: Workdir, { workdir, has_scratch: hasScratch }: Figures): string {
  if (better === workdir) return ', as it is';
  if (better === 'home') return '';
  const lost = 'what lies there is lost when a server stops';
  return hasScratch ? `; ${lost}` : `; the hub has no scratch yet, and ${lost}`;
}

/** By OGGM itself; without it by what it does most, files that are made. */
function weighedBy({ oggm, volumes }: Figures): Weighed | undefined {
  const run = (name: Workdir): Range | undefined => {
    const one = oggm.find(({ volume }) => volume === name);
    return one && rangeOf(one.cold_s + one.warm_s, one.cold_worst_s + one.warm_worst_s, 'less');
  };
  const create = (name: Workdir): Range | undefined => {
    const one = volumes.find((volume) => volume.name === name);
    return rangeOf(one?.create_ms, one?.create_worst_ms, 'less');
  };
  return weigh(run, 'seconds of OGGM') ?? weigh(create, 'making files, OGGM was not measured');
}

function weigh(of: (name: Workdir) => Range | undefined, by: string): Weighed | undefined {
  const [home, scratch] = [of('home'), of('scratch')];
  return home && scratch && { home, scratch, by };
}
