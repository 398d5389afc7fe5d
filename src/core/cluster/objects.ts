import type { JsonObject } from '../json.ts';

export const SYSTEM_NAMESPACE = 'glaciocloud-system';
/** ConfigMap by which a cluster knows the name that it was deployed to under. */
export const IDENTITY = 'glaciocloud-cluster';

/** What to do where a cluster is known under another name, by which everything of it is recorded. */
export function renamedHint(known: string): string {
  return (
    `if it is the same cluster, its file is clusters/${known}.yaml; if the platform that named it so is gone, ` +
    `kubectl delete configmap ${IDENTITY} --namespace ${SYSTEM_NAMESPACE} takes the name back`
  );
}

/** What the hubs of a cluster share: applied as it is, without Helm. */
export function clusterObjects(): JsonObject[] {
  const labels = { 'app.kubernetes.io/managed-by': 'glaciocloud' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: SYSTEM_NAMESPACE,
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    },
    {
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: 'glaciocloud-placeholder', labels },
      value: -10,
      globalDefault: false,
      preemptionPolicy: 'Never',
      description: 'Seats kept warm: gives way to any user server.',
    },
  ];
}
