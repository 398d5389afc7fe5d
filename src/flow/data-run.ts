import { confirmIdentity, readStates } from '../apply/cluster.ts';
import { hasVolume, isFilling, runningFiller, startFiller } from '../apply/data/fill.ts';
import { untilEnded, untilStarted } from '../apply/data/watch.ts';
import { Faulty } from '../apply/types.ts';
import { SYSTEM_NAMESPACE } from '../core/cluster/objects.ts';
import { dataWanted, hubsWithData } from '../core/data/order.ts';
import type { DataWanted, FillMode } from '../core/data/order.ts';
import { notLocked, nothingThere } from '../core/data/report.ts';
import type { FillReport } from '../core/data/report.ts';
import type { Finding } from '../core/finding.ts';
import { compareText } from '../core/json.ts';
import type { ClusterName } from '../core/model/types.ts';
import { unitId } from '../core/unit.ts';
import { withTemporaryFolder } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import { chooseSets } from './choose.ts';
import { fillTask } from './data.ts';
import type { DeployPorts, Job, Wanted } from './deployment.ts';
import { gatherWanted } from './wanted.ts';
import { applyWorld } from './world.ts';

export interface DataRun {
  root: string;
  chartsFrom: string | undefined;
  cluster: string | undefined;
  mode: FillMode;
  /** Of the cluster's sets those that are shown; all where none is named. */
  sets: readonly string[];
}

export type DataWorld = Pick<Job, 'ports' | 'report'>;

export type DataEnded =
  | { kind: 'refused'; findings: readonly Finding[] }
  | { kind: 'seen'; cluster: ClusterName; report: FillReport };

/** Nobody waits longer for a job. */
const LONGEST_MS = 24 * 3600 * 1000;

/** Looks at the input data of a cluster, or has what its hubs want filled or verified, and waits for the end. */
export async function runData(run: DataRun, world: DataWorld): Promise<DataEnded> {
  const { root, chartsFrom, cluster, mode, sets } = run;
  const { ports, report } = world;
  const gathered = await gatherWanted(
    {
      root,
      repository: root,
      chartsFrom,
      cluster,
      hubs: [],
      wave: undefined,
      record: undefined,
      hold: undefined,
    },
    { clock: ports.clock, report },
  );
  if (gathered.kind === 'refused') return gathered;
  const { wanted } = gathered;
  const named = namedSets(wanted, sets);
  await confirmCluster(wanted, ports);
  const asked = dataWanted(wanted.platform, wanted.cluster.name);
  const found = asked === undefined ? { sets: [] } : await seen(asked, mode, wanted, world);
  const locked = found.sets.map(({ set }) => set);
  const rows = [
    ...found.sets,
    ...named.all.filter((name) => !locked.includes(name)).map((name) => notLocked(name)),
  ];
  const shown = rows
    .filter(({ set }) => named.shown.includes(set))
    .sort((a, b) => compareText(a.set, b.set));
  return { kind: 'seen', cluster: wanted.cluster.name, report: { ...found, sets: shown } };
}

/** The sets that the cluster's hubs name, and those of them that were asked for. */
function namedSets(
  { platform, cluster }: Wanted,
  asked: readonly string[],
): { all: string[]; shown: string[] } {
  const hubs = hubsWithData(platform, cluster.name);
  const all = [...new Set(hubs.flatMap(({ data }) => data.data))];
  const shown = chooseSets(platform, asked).map(({ name }) => name);
  const unused = shown.find((name) => !all.includes(name));
  if (unused !== undefined)
    throw new UsageError(
      `no hub of the cluster ${cluster.name} names the data set "${unused}"`,
      all.length === 0
        ? `write \`data: [${unused}]\` into a file of environments/`
        : `sets of its hubs: ${all.join(', ')}`,
    );
  return { all, shown: shown.length === 0 ? all : shown };
}

async function confirmCluster(
  { cluster, shared, recorded }: Wanted,
  { kube }: DeployPorts,
): Promise<void> {
  const known = recorded.releases.find(
    ({ unit }) => shared && unitId(unit) === unitId(shared.unit),
  );
  await confirmIdentity(kube, cluster, known?.status?.identity);
}

async function seen(
  asked: DataWanted,
  mode: FillMode,
  wanted: Wanted,
  world: DataWorld,
): Promise<FillReport> {
  const { kube } = world.ports;
  if (mode === 'plan' && !(await hasVolume(kube))) return nothingThere(asked.sets);
  if ((await kube.get('namespace', SYSTEM_NAMESPACE)) === undefined)
    throw new Failure(`nothing was ever deployed to the cluster ${wanted.cluster.name}`, {
      hint: 'run `glaciocloud deploy`: it fills what its hubs name',
    });
  const end = await withTemporaryFolder((scratch) =>
    ended(asked, mode, { wanted, world, scratch }),
  );
  if (mode !== 'plan' || !(await isFilling(kube))) return end;
  const sets = end.sets.map((one) =>
    one.state === 'missing' ? { ...one, state: 'filling' as const } : one,
  );
  return { ...end, sets };
}

interface Place {
  wanted: Wanted;
  world: DataWorld;
  scratch: string;
}

/** A Job that does this already is waited for: who was killed is followed by who comes next. */
async function ended(
  asked: DataWanted,
  mode: FillMode,
  { wanted, world, scratch }: Place,
): Promise<FillReport> {
  const { kube } = world.ports;
  const say = (text: string): void =>
    world.report.progress(`cluster ${wanted.cluster.name}: ${text}`);
  try {
    const running = await runningFiller(asked, mode, kube);
    const job = running ?? (await started(asked, mode, { wanted, world, scratch }));
    say(
      running === undefined
        ? `job ${job} has been started: its volume and pod are waited for`
        : `job ${job} is at it already`,
    );
    await untilStarted(job, world.ports);
    const until = world.ports.clock.elapsed() + LONGEST_MS;
    const end = await untilEnded(job, world.ports, { say, until });
    if (end.kind === 'report') return end.report;
    throw end.kind === 'error'
      ? new Failure(`input data: ${end.cause}`, { hint: end.cure })
      : new Failure('input data: the job has been at work for a day', {
          hint: 'it goes on; run this again to wait for it',
        });
  } catch (error) {
    if (!(error instanceof Faulty)) throw error;
    throw new Failure(error.message, {
      hint: `look at the cluster, then run this again: kubectl get jobs,pods --namespace ${SYSTEM_NAMESPACE}`,
      cause: error,
    });
  }
}

async function started(
  asked: DataWanted,
  mode: FillMode,
  { wanted, world, scratch }: Place,
): Promise<string> {
  const made = await applyWorld(world, wanted, scratch);
  const states = await readStates(made.kube);
  return startFiller(await fillTask({ wanted, asked, states, mode }, made), made);
}
