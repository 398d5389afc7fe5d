import { readStates } from '../apply/cluster.ts';
import { measure } from '../apply/bench/measure.ts';
import type { BenchWorld } from '../apply/bench/measure.ts';
import { Faulty } from '../apply/types.ts';
import { compared } from '../core/bench/compare.ts';
import type { Comparison } from '../core/bench/compare.ts';
import type { Figures } from '../core/bench/figures.ts';
import { benchHub } from '../core/bench/hub.ts';
import type { BenchHub } from '../core/bench/hub.ts';
import { KEPT_NAME, keptFigures, keptObject } from '../core/bench/kept.ts';
import type { Kept } from '../core/bench/kept.ts';
import { BENCH_NEEDS } from '../core/bench/pod.ts';
import { refusedText } from '../core/cluster/rights.ts';
import { statesOnly } from '../core/hub/state-text.ts';
import type { Report } from '../edges/report.ts';
import { Failure, UsageError } from '../failure.ts';

export interface BenchRun {
  figures: Figures;
  /** With the run before; undefined where there is none that can be read. */
  comparison: Comparison | undefined;
}

/** Measures a hub, and keeps the figures with it. */
export async function runBench(
  hub: BenchHub,
  world: BenchWorld,
  report: Pick<Report, 'progress'>,
): Promise<BenchRun> {
  const { kube } = world;
  const { namespace: name } = hub;
  const refused = refusedText(BENCH_NEEDS, await kube.mayI(BENCH_NEEDS));
  if (refused !== undefined)
    throw new Failure(`${name} cannot be measured: ${refused}`, {
      hint: 'take an account that deploys hubs; nothing was made',
    });
  const before = keptFigures(await kube.get('configmap', KEPT_NAME, name));
  if (before.kind === 'unreadable')
    report.progress(
      `⚠ ${name}: its last figures cannot be read, and are written anew: ${before.why}`,
    );
  report.progress(
    `${name}: measuring in a throw-away pod with ${hub.image.title}; this takes some minutes`,
  );
  const figures = await measure(hub, world).catch((error: unknown) => {
    if (!(error instanceof Faulty)) throw error;
    throw new Failure(`${name}: ${error.message}`, {
      hint: 'what was made for it is gone again; look at the cause and try once more',
    });
  });
  await kube.apply([keptObject(figures)]);
  return { figures, comparison: comparisonWith(before, figures) };
}

function comparisonWith(before: Kept, figures: Figures): Comparison | undefined {
  return before.kind === 'figures' ? compared(before.figures, figures) : undefined;
}

/** As it runs: what is merged and not deployed yet has no volumes. */
export async function benchableHub(name: string, { kube }: BenchWorld): Promise<BenchHub> {
  const states = await readStates(kube);
  const { known, unreadable } = statesOnly(states, [name]);
  const why = unreadable.get(name);
  if (why !== undefined)
    throw new Failure(`${name} cannot be measured: ${why}`, { hint: 'see `glaciocloud state`' });
  const state = known.get(name);
  if (state === undefined)
    throw new UsageError(
      `there is no hub "${name}" on this cluster`,
      `hubs: ${[...states.known.keys()].join(', ')}`,
    );
  const hub = state.healthy && benchHub(state.healthy.release);
  if (hub === undefined)
    throw new Failure(`${name} has no servers that could be measured`, {
      hint: 'deploy it first: it has to be healthy, with an image that people can choose',
    });
  return hub;
}
