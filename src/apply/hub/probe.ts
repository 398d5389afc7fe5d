import { textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { PROBE, probeNamespace } from '../../core/hub/values/probe.ts';
import type { Cluster } from '../../ports.ts';
import { securityLabels } from '../../core/hub/pod-security.ts';
import { MANAGED } from './namespace.ts';
import type { ApplyWorld } from '../types.ts';

const OWNER = 'glaciocloud.org/probe';

/** The probe's namespace, and the token by which the hub knows it. The probe itself comes with the chart. */
export async function prepareProbe(
  hub: string,
  generated: JsonObject,
  { kube, cluster }: ApplyWorld,
): Promise<void> {
  const namespace = probeNamespace(hub);
  const labels = { ...MANAGED, [OWNER]: hub };
  const security = securityLabels('restricted', cluster.data.kubernetes);
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...labels, ...security } },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${PROBE}-token`, namespace, labels },
      stringData: { token: textAt(generated, `/jupyterhub/hub/services/${PROBE}/apiToken`) },
    },
  ]);
}

/** Goes with its hub: nothing in it belongs to people. */
export async function removeProbe(hub: string, kube: Cluster): Promise<void> {
  await kube.deleteBy('namespaces', `${OWNER}=${hub}`, hub);
}
