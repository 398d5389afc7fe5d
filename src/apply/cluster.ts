import { STATE_NAME, statesOf } from '../core/hub/state.ts';
import type { States } from '../core/hub/state.ts';
import { at, textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { ClusterFile, Doc } from '../core/model/types.ts';
import {
  IDENTITY,
  SYSTEM_NAMESPACE,
  clusterObjects,
  renamedHint,
} from '../core/cluster/objects.ts';
import type { Cluster, Ports } from '../ports.ts';
import { Failure, KubeFailure } from '../failure.ts';
import { Faulty } from './types.ts';

class WrongCluster extends Failure {}

const KEY = 'glaciocloud-digest-key';

/**
 * Refuses any cluster but the one that the file, or the public record of first contact, means. Nothing is
 * written before this. Returns the identity.
 */
export async function confirmIdentity(
  kube: Cluster,
  cluster: Doc<ClusterFile>,
  known: string | undefined,
): Promise<string> {
  const found = at((await kube.get('namespace', 'kube-system')) ?? {}, '/metadata/uid');
  if (typeof found !== 'string')
    throw new WrongCluster('the cluster does not say who it is', {
      hint: 'look at the kubeconfig',
    });
  const kept = await kube.get('configmap', IDENTITY, SYSTEM_NAMESPACE);
  const recorded = at(kept ?? {}, '/data/cluster');
  const wrong = (
    why: string,
    hint = `look at the kubeconfig, or at clusters/${cluster.name}.yaml`,
  ): WrongCluster => new WrongCluster(`this is not the cluster ${cluster.name}: ${why}`, { hint });
  const meant = cluster.data.identity ?? known;
  if (meant !== undefined && meant !== found)
    throw wrong(`its identity is ${found}, and ${meant} is recorded`);
  if (typeof recorded === 'string' && recorded !== cluster.name)
    throw wrong(`it is known as ${recorded}`, renamedHint(recorded));
  // Whoever has damaged it must not be taken for a first contact.
  if (kept !== undefined && typeof recorded !== 'string' && meant === undefined)
    throw new WrongCluster(
      `the cluster does not say whose it is: ${SYSTEM_NAMESPACE}/${IDENTITY} has no \`cluster\``,
      {
        hint: `if it is the right one, write \`identity: ${found}\` into clusters/${cluster.name}.yaml`,
      },
    );
  return found;
}

/**
 * What the hubs of a cluster share. Applied whenever it differs; applying it again changes nothing.
 */
export async function applyCluster(
  kube: Cluster,
  cluster: Doc<ClusterFile>,
  identity: string,
): Promise<boolean> {
  const known = at(
    (await kube.get('configmap', IDENTITY, SYSTEM_NAMESPACE)) ?? {},
    '/data/objects',
  );
  const objects = clusterObjects();
  if (known === JSON.stringify(objects)) return false;
  await kube.apply(objects);
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: IDENTITY, namespace: SYSTEM_NAMESPACE },
      data: { cluster: cluster.name, identity, objects: JSON.stringify(objects) },
    },
  ]);
  return true;
}

/** What the cluster knows of each hub; one whose state cannot be read keeps no other from going on. */
export async function readStates(kube: Cluster): Promise<States> {
  const found = await kube.list('configmaps', {
    selector: 'glaciocloud.org/state=hub',
    fields: `metadata.name=${STATE_NAME}`,
  });
  return statesOf(
    found.map((one) => ({
      namespace: textAt(one, '/metadata/namespace'),
      text: textAt(one, '/data/state.json'),
    })),
  );
}

/** The key of digests of secrets: made once in the cluster, and never leaves this process. */
export async function digestKey({ kube, random }: Pick<Ports, 'kube' | 'random'>): Promise<string> {
  const read = async (): Promise<string | undefined> => {
    const value = at((await kube.get('secret', KEY, SYSTEM_NAMESPACE)) ?? {}, '/data/key');
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const known = await read();
  if (known !== undefined) return known;
  const made: JsonObject = {
    apiVersion: 'v1',
    kind: 'Secret',
    immutable: true,
    metadata: { name: KEY, namespace: SYSTEM_NAMESPACE },
    stringData: { key: random.hex(32) },
  };
  await kube.create(made).catch((error: unknown) => {
    if (!(error instanceof KubeFailure) || !error.conflict) throw error; // another run made it first
  });
  const kept = await read();
  if (kept === undefined)
    throw new Faulty(
      `the Secret ${KEY} has no key; delete it: kubectl delete secret ${KEY} --namespace ${SYSTEM_NAMESPACE}`,
      'infrastructure',
    );
  return kept;
}
