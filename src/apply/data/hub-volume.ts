import { SYSTEM_NAMESPACE } from '../../core/cluster/objects.ts';
import { DATA_CLAIM, OURS, hubVolume, volumeName } from '../../core/data/volume.ts';
import { at, canonical, objectsIn, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Release } from '../../core/unit.ts';
import type { Cluster } from '../../ports.ts';
import { Faulty } from '../types.ts';

/** Whether servers of a release mount input data. */
export function mountsData({ values }: Pick<Release, 'values'>): boolean {
  const volumes = objectsIn(at(values, '/jupyterhub/singleuser/storage/extraVolumes'));
  return volumes.some(({ name }) => name === DATA_CLAIM);
}

/** The hub's own volume and claim of what the cluster's is bound to; made before servers ask for it. */
export async function giveData(release: Release, kube: Cluster): Promise<void> {
  if (!mountsData(release)) return;
  const { namespace } = release;
  const objects = await objectsFor(namespace, kube);
  const [volume] = objects;
  const live = await kube.get('persistentvolume', volumeName(namespace));
  if (live && canonical(placeOf(live)) !== canonical(placeOf(volume)))
    throw new Faulty(
      `input data lie elsewhere now; when nobody's server runs: kubectl delete pvc ${DATA_CLAIM} --namespace ${namespace}, then kubectl delete pv ${volumeName(namespace)}`,
      'infrastructure',
    );
  const claim = await kube.get('persistentvolumeclaim', DATA_CLAIM, namespace);
  if (live === undefined || claim === undefined) await kube.apply(objects);
}

async function objectsFor(namespace: string, kube: Cluster): Promise<JsonObject[]> {
  const claim = await kube.get('persistentvolumeclaim', DATA_CLAIM, SYSTEM_NAMESPACE);
  const name = textAt(claim, '/spec/volumeName');
  const bound = name === '' ? undefined : await kube.get('persistentvolume', name);
  if (bound === undefined)
    throw new Faulty(
      `the volume of input data is not there yet; look at kubectl describe pvc ${DATA_CLAIM} --namespace ${SYSTEM_NAMESPACE}`,
      'infrastructure',
    );
  const made = hubVolume(bound, namespace);
  if (made.kind === 'volume') return made.objects;
  throw new Faulty(`${made.why}; ${made.hint}`, 'infrastructure');
}

function placeOf(volume: JsonObject | undefined): JsonObject {
  return Object.fromEntries(
    ['csi', 'nfs', 'local', 'hostPath'].map((kind) => [kind, at(volume, `/spec/${kind}`) ?? null]),
  );
}

/**
 * With the hub; the data stay. The claim says that there is a volume, and goes last: where no data are, nobody needs a
 * right on volumes.
 */
export async function takeDataAway(namespace: string, kube: Cluster): Promise<void> {
  if ((await kube.get('persistentvolumeclaim', DATA_CLAIM, namespace)) === undefined) return;
  await kube.delete('persistentvolume', volumeName(namespace));
  await kube.delete('persistentvolumeclaim', DATA_CLAIM, namespace);
}

/** Namespaces that have a claim of ours to input data. */
export async function withData(kube: Cluster): Promise<string[]> {
  const selector = Object.entries(OURS).map(([name, value]) => `${name}=${value}`);
  const claims = await kube.list('persistentvolumeclaims', { selector: selector.join(',') });
  return claims
    .filter((one) => textAt(one, '/metadata/name') === DATA_CLAIM)
    .map((one) => textAt(one, '/metadata/namespace'));
}

/** The same where no pod uses it any more. Returns how many do. */
export async function takeUnusedDataAway(namespace: string, kube: Cluster): Promise<number> {
  const pods = await kube.list('pods', { namespace });
  const using = pods.filter(
    (pod) =>
      !['Succeeded', 'Failed'].includes(textAt(pod, '/status/phase')) &&
      objectsIn(at(pod, '/spec/volumes')).some(
        (one) => at(one, '/persistentVolumeClaim/claimName') === DATA_CLAIM,
      ),
  );
  if (using.length === 0) await takeDataAway(namespace, kube);
  return using.length;
}
