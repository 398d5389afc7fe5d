import type { Clock, Cluster } from '../ports.ts';

/** The hub reads its mounted files again: the kubelet looks at a pod that changes at once, at others in two minutes. */
export async function touchHub(
  hub: string,
  { kube, clock }: { kube: Cluster; clock: Clock },
): Promise<void> {
  const touch = `glaciocloud.org/touch=${clock.now().getTime()}`;
  await kube.annotate('pods', 'app=jupyterhub,component=hub', hub, touch);
}
