import type { JsonObject } from '../json.ts';

export const SYSTEM_NAMESPACE = 'glaciocloud-system';
/** ConfigMap by which a cluster knows the name that it was deployed to under. */
export const IDENTITY = 'glaciocloud-cluster';

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
