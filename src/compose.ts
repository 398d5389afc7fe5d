import { internet } from './edges/address.ts';
import { buckets } from './edges/bucket.ts';
import { systemClock } from './edges/clock.ts';
import { HelmReleases } from './edges/helm-releases.ts';
import { findHelm } from './edges/helm.ts';
import { Kube } from './edges/kube.ts';
import { machineRandom, processName } from './edges/machine.ts';
import { sopsSecrets } from './edges/sops.ts';
import type { DeployPorts } from './flow/deployment.ts';

/** Where a deployment meets the outside. */
export interface Place {
  root: string;
  kubeconfig: string;
}

/** The ports as they are outside of tests. Nothing is started or asked before it is needed. */
export function deployPorts({ root, kubeconfig }: Place): DeployPorts {
  return {
    kube: new Kube(kubeconfig),
    releases: async (scratch) => new HelmReleases(await findHelm(), kubeconfig, scratch),
    secrets: sopsSecrets(root),
    store: buckets,
    internet,
    clock: systemClock,
    random: machineRandom,
    self: processName(),
  };
}
