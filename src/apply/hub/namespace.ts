import { podLevel, securityLabels } from '../../core/hub/pod-security.ts';
import type { PodLevel } from '../../core/hub/pod-security.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** Whose namespaces and what lies in them is. */
export const MANAGED = { 'app.kubernetes.io/managed-by': 'glaciocloud' };

/** The hub's namespace. While a change goes on, what ran before may come back, and its pods pass too. */
export async function makeNamespace(task: HubTask, world: ApplyWorld): Promise<void> {
  await hold(task, between(task), world);
}

/** What runs is proven: no other pod may come any more. */
export async function tightenNamespace(task: HubTask, world: ApplyWorld): Promise<void> {
  const wanted = podLevel(task.to.release.values);
  if (between(task) !== wanted) await hold(task, wanted, world);
}

/** The way back goes first: a run that was killed may have shut what ran before out. */
export async function loosenNamespace(task: HubTask, world: ApplyWorld): Promise<void> {
  const level = between(task);
  if (level !== podLevel(task.to.release.values)) await hold(task, level, world);
}

function between({ to, state, adopting }: HubTask): PodLevel {
  // Nobody has said what pods of others need.
  if (adopting) return 'privileged';
  const wanted = podLevel(to.release.values);
  const before = state?.healthy ? podLevel(state.healthy.release.values) : wanted;
  return before === 'privileged' ? before : wanted;
}

async function hold(
  { to }: HubTask,
  level: PodLevel,
  { kube, cluster }: ApplyWorld,
): Promise<void> {
  const labels = { ...MANAGED, ...securityLabels(level, cluster.data.kubernetes) };
  const metadata = { name: to.release.namespace, labels };
  await kube.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata }]);
}
