import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import { digestOf } from '../../core/digest.ts';
import { textAt } from '../../core/json.ts';
import type { WaveName } from '../../core/model/types.ts';
import type { WantedRelease } from '../../core/unit.ts';
import type { Cluster } from '../../ports.ts';

const nameOf = (wave: WaveName): string => `approval-${wave}`;
const digest = (wave: readonly WantedRelease[]): string =>
  digestOf(wave.map(({ unit, digest: one }) => [unit.name, one]));

/**
 * A person's approval is for exactly what a wave wanted when it was given. It is kept in the cluster, because
 * the wave may still have to
 * wait for a soak or a freeze, and the run that goes on then asks nobody.
 */
export async function isApproved(
  kube: Cluster,
  wave: WaveName,
  wants: readonly WantedRelease[],
): Promise<boolean> {
  return (
    textAt((await kube.get('configmap', nameOf(wave), SYSTEM_NAMESPACE)) ?? {}, '/data/digest') ===
    digest(wants)
  );
}

export async function keepApproval(
  kube: Cluster,
  wave: WaveName,
  wants: readonly WantedRelease[],
  at: string,
): Promise<void> {
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: nameOf(wave),
        namespace: SYSTEM_NAMESPACE,
        labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' },
      },
      data: { digest: digest(wants), at },
    },
  ]);
}
