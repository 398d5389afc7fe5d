import { ingressVerdict, storageVerdict } from '../hub/preflight.ts';
import { without } from '../hub/throw-away.ts';
import { isLocalHost } from '../hub/rules/environment.ts';
import { textAt } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { missing, ok, quoted, warning } from './check.ts';
import type { Check } from './check.ts';
import type { ClusterNeeds } from './needs.ts';

/** Classes of the cluster's file, and those that hubs name for their homes. */
export function storageChecks(
  { cluster, hubs }: ClusterNeeds,
  classes: readonly JsonObject[],
): Check[] {
  const own = hubs.flatMap(({ name, data: { home } }) =>
    home.class === undefined || home.class === cluster.data.storage.homes.class
      ? []
      : [{ where: `environments/${name}.yaml`, field: 'home.class', homes: { class: home.class } }],
  );
  const shared = {
    where: `clusters/${cluster.name}.yaml`,
    field: 'storage.homes.class',
    ...cluster.data.storage,
  };
  return [shared, ...own].map(({ where, field, ...storage }) => {
    const { problems, warnings } = storageVerdict(storage, classes);
    const [id, [loss]] = ['cluster/storage', warnings];
    const look = `kubectl get storageclass # then correct ${where}`;
    if (problems.length > 0) return missing(id, where, problems.join('; '), look);
    const kept = classes.find((one) => textAt(one, '/metadata/name') === storage.homes.class);
    return loss !== undefined && kept
      ? warning(id, where, loss, keeping(kept, `${field} of ${where}`))
      : ok(id, where, 'the storage class is there');
  });
}

/** A class like one that loses volumes, and what is left to do for volumes that it has made: neither can be changed. */
function keeping(like: JsonObject, field: string): string {
  const name = `${textAt(like, '/metadata/name')}-retain`;
  const made = { ...without(like, ['metadata']), metadata: { name }, reclaimPolicy: 'Retain' };
  const patch = `kubectl patch pv NAME --patch '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`;
  const make = `echo ${quoted(JSON.stringify(made))} | kubectl apply -f -`;
  return `${make} # before the first hub, then ${name} as ${field}; for each volume that is there: ${patch}`;
}

export function ingressCheck({ cluster, hubs }: ClusterNeeds, classes: readonly string[]): Check {
  const { ingress } = cluster.data;
  const [id, where] = ['cluster/ingress', `clusters/${cluster.name}.yaml`];
  const { problems } = ingressVerdict(ingress, classes);
  if (problems.length > 0)
    return missing(
      id,
      where,
      problems.join('; '),
      `kubectl get ingressclass # then correct ${where}`,
    );
  if (ingress.class !== 'none') return ok(id, where, 'the ingress class is there');
  const outside = hubs.filter(({ data }) => !isLocalHost(new URL(data.url).hostname));
  if (outside.length === 0)
    return ok(id, where, 'no ingress class, and no hub needs one: none has a public address');
  const names = outside.map(({ name, data }) => `${name} (${data.url})`).join(', ');
  const there = classes.length > 0 ? `, as ${classes.join(' or ')}` : '';
  return warning(
    id,
    where,
    `\`ingress.class: none\` makes no entry, so people reach ${names} only by a proxy of your own`,
    `kubectl get ingressclass # then ingress: {class: NAME, issuer: NAME} in ${where}${there}`,
  );
}
