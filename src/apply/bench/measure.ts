import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import { DATA_CLAIM } from '../../core/data/volume.ts';
import { figuresOf } from '../../core/bench/figures.ts';
import type { Figures } from '../../core/bench/figures.ts';
import type { BenchHub } from '../../core/bench/hub.ts';
import { measured } from '../../core/bench/lines.ts';
import {
  BENCH_CODE,
  BENCH_KINDS,
  BENCH_NAME,
  BENCH_SECONDS,
  benchObjects,
} from '../../core/bench/pod.ts';
import { at, textAt } from '../../core/json.ts';
import { lastWords } from '../../core/refusals/words.ts';
import { instantText } from '../../core/time.ts';
import { runThrowAway } from '../throw-away.ts';
import type { ThrowAwayWorld } from '../throw-away.ts';
import { Faulty } from '../types.ts';

/** What a measurement works with. */
export interface BenchWorld extends ThrowAwayWorld {
  /** Text of a script of our chart by name. */
  script: (name: string) => Promise<string>;
}

/** Measures in a throw-away pod, and takes it away again with its volume. */
export async function measure(hub: BenchHub, world: BenchWorld): Promise<Figures> {
  const { kube, clock } = world;
  const { namespace } = hub;
  const code = BENCH_CODE.map(async (name) => [name, await world.script(name)] as const);
  const live = await kube.get('deployment', 'hub', namespace);
  const objects = benchObjects(
    hub,
    Object.fromEntries(await Promise.all(code)),
    at(live, '/spec/template/spec/imagePullSecrets') ?? [],
  );
  const begun = instantText(clock.now().getTime());
  const { log } = await runThrowAway(
    {
      name: BENCH_NAME,
      namespace,
      objects,
      what: 'nothing could be measured',
      kinds: BENCH_KINDS,
      seconds: BENCH_SECONDS,
    },
    world,
  );
  const lines = measured(log);
  if (lines.end.length === 0)
    throw new Faulty(`the measurement ended early: ${lastWords('its log', log)}`, 'infrastructure');
  const dataClass = hub.data ? await classOfData(world) : null;
  return figuresOf(hub, lines, { at: begun, dataClass });
}

/** The hub's own volume is the cluster's once more, and of no class. */
async function classOfData({ kube }: BenchWorld): Promise<string | null> {
  const claim = await kube.get('persistentvolumeclaim', DATA_CLAIM, SYSTEM_NAMESPACE);
  return textAt(claim, '/spec/storageClassName') || null;
}
