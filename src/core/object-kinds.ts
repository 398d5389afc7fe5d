import type { JsonObject } from './json.ts';
import { textAt } from './json.ts';

/** API group and kind of an object; the group of `v1` is empty. */
export interface ObjectKind {
  group: string;
  kind: string;
}

/**
 * Every kind of object that a hub's release may consist of: what the charts render for our values, and what they
 * offer besides without leaving the namespace. What is not here (webhooks, CustomResourceDefinitions, APIServices,
 * anything of the whole cluster, lists that hide others) is on no hub.
 */
export const HUB_KINDS: readonly ObjectKind[] = [
  ...kinds('', ['ConfigMap', 'PersistentVolumeClaim', 'Secret', 'Service', 'ServiceAccount']),
  ...kinds('apps', ['DaemonSet', 'Deployment', 'StatefulSet']),
  ...kinds('batch', ['Job']), // the chart's hook that pulls images
  ...kinds('networking.k8s.io', ['Ingress', 'NetworkPolicy']),
  ...kinds('policy', ['PodDisruptionBudget']),
  ...kinds('rbac.authorization.k8s.io', ['Role', 'RoleBinding']),
];

/** The same for what the hubs of a cluster share: the only place for kinds of the whole cluster. */
export const CLUSTER_KINDS: readonly ObjectKind[] = [
  ...kinds('', ['Namespace']),
  ...kinds('scheduling.k8s.io', ['PriorityClass']),
];

/** What `object` says it is; a group is undefined where it does not say its version. */
export function kindOf(object: JsonObject): { group: string | undefined; kind: string } {
  const version = textAt(object, '/apiVersion');
  return { group: groupOf(version), kind: textAt(object, '/kind') };
}

/** `apps` of `apps/v1`, nothing of `v1`; undefined where there is no version. */
export function groupOf(version: string): string | undefined {
  if (version === '') return undefined;
  return version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
}

/** Whether a list has a kind. An object without a version is none that a cluster takes, and is judged by its kind. */
export function hasKind(
  list: readonly ObjectKind[],
  { group, kind }: ReturnType<typeof kindOf>,
): boolean {
  return list.some((one) => one.kind === kind && (group === undefined || one.group === group));
}

function kinds(group: string, names: readonly string[]): ObjectKind[] {
  return names.map((kind) => ({ group, kind }));
}
