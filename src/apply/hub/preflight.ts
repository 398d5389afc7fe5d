import { conflictsOf } from '../../core/watch/drift.ts';
import { hostsOf } from '../../core/hub/certificate.ts';
import { namesStorage, storageFaults } from '../../core/hub/claims.ts';
import { NEEDS } from '../../core/cluster/rights.ts';
import { clusterVerdict, dnsVerdict, entriesOf } from '../../core/hub/preflight.ts';
import { roomVerdict } from '../../core/hub/room.ts';
import { textAt } from '../../core/json.ts';
import { append } from '../../core/lists.ts';
import type { JsonObject } from '../../core/json.ts';
import type { ClusterFile, Doc } from '../../core/model/types.ts';
import type { Release } from '../../core/unit.ts';
import { byIdentity, documentsIn, identity, parseObject } from '../../core/manifests.ts';
import { runManifestRules } from '../../core/check/run.ts';
import { withRealNames } from '../../core/hub/values/supplied.ts';
import { standInSecrets } from '../../core/hub/values/stand-ins.ts';
import type { Cluster } from '../../ports.ts';
import { Failure } from '../../failure.ts';
import { tellComputing } from './computing.ts';
import type { Prepared } from './prepare.ts';
import { Faulty } from '../types.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** Refuses a cluster where a deployment could only fail half way, with every reason at once. Returns warnings. */
export async function preflightCluster(
  kube: Cluster,
  cluster: Doc<ClusterFile>,
): Promise<string[]> {
  const names = (objects: readonly JsonObject[]): string[] =>
    objects.map((one) => textAt(one, '/metadata/name'));
  const [allowed, version, storageClasses, ingressClasses, nodes] = await Promise.all([
    kube.mayI(NEEDS),
    kube.version(),
    kube.list('storageclasses'),
    kube.list('ingressclasses'),
    kube.list('nodes'),
  ]);
  const { problems, warnings } = clusterVerdict(cluster, {
    allowed,
    version,
    storageClasses,
    ingressClasses: names(ingressClasses),
    nodes,
  });
  if (problems.length > 0)
    throw new Failure(`the cluster ${cluster.name} is not ready: ${problems.join('; ')}`, {
      hint: `correct clusters/${cluster.name}.yaml, or the cluster (\`glaciocloud doctor\` has the commands); nothing was changed`,
    });
  return warnings;
}

/** Whether people will find the hub here. Without an entry of its own a cluster has no name to look at. */
export async function preflightAddress(
  { hub, to }: HubTask,
  { kube, cluster, internet, progress }: ApplyWorld,
): Promise<void> {
  if (cluster.data.ingress.class === 'none') return;
  const entries = entriesOf(await kube.list('services,ingresses'));
  const faults: string[] = [];
  for (const hostname of hostsOf(hub.data)) {
    const resolved = await internet.resolve(hostname).catch((error: unknown) => {
      if (error instanceof Failure) return error;
      throw error;
    });
    if (resolved instanceof Failure) {
      faults.push(resolved.message);
      continue;
    }
    const { problems, warnings } = dnsVerdict(hostname, resolved, entries);
    for (const warning of warnings) progress(to.unit, `⚠ ${warning}`);
    append(faults, problems);
  }
  if (faults.length > 0) throw new Faulty(faults.join('; '), 'infrastructure');
}

/** Storage that the hub names is there: claims that others have made, a class of its own. */
async function preflightStorage({ hub, to }: HubTask, { kube }: ApplyWorld): Promise<void> {
  if (!namesStorage(hub.data)) return;
  const { namespace } = to.release;
  const [claims, classes, nodes] = await Promise.all([
    kube.list('persistentvolumeclaims', { namespace }),
    kube.list('storageclasses'),
    kube.list('nodes'),
  ]);
  const names = classes.map((one) => textAt(one, '/metadata/name'));
  const facts = { claims, classes: names, nodes: nodes.length };
  const faults = storageFaults(hub.data, namespace, facts);
  if (faults.length > 0) throw new Faulty(faults.join('; '), 'infrastructure');
}

/** What a hub needs outside of its chart: everything that is wrong at once. */
export async function preflightOutside(task: HubTask, world: ApplyWorld): Promise<void> {
  const faults: string[] = [];
  for (const look of [preflightAddress, preflightStorage])
    await look(task, world).catch((error: unknown) => {
      if (!(error instanceof Faulty)) throw error;
      faults.push(error.message);
    });
  if (faults.length > 0) throw new Faulty(faults.join('; '), 'infrastructure');
}

/** What Helm would apply, with the names of what is made by now, held to the rules about objects and to the nodes. */
export async function preflightObjects(
  { to, platform, hub }: HubTask,
  { names }: Pick<Prepared, 'names'>,
  world: ApplyWorld,
): Promise<JsonObject[]> {
  const { namespace, values } = to.release;
  const rendered = await world.releases.render({
    release: to.unit.name,
    namespace,
    chart: world.chart,
    kubernetes: world.cluster.data.kubernetes,
    values,
    placeholders: standInSecrets(values['jupyterhub'] as JsonObject),
  });
  const objects = documentsIn(rendered)
    .map(parseObject)
    .map((object) => withRealNames(object, names));
  const broken = runManifestRules(platform, world.clock.now().getTime(), hub.name, objects).filter(
    ({ severity }) => severity === 'error',
  );
  if (broken.length > 0)
    throw new Faulty(
      broken.map(({ rule, message }) => `${rule}: ${message}`).join('; '),
      'product',
    );
  const short = roomVerdict(
    objects,
    await world.kube.list('nodes'),
    hub.data.sizes,
    world.cluster.data,
  );
  if (short !== undefined) throw new Faulty(short, 'product');
  return objects;
}

/** Of a hub that runs, before anything is touched: whom what follows meets, and what it takes back. */
export async function tellBefore(
  task: HubTask,
  { values }: Pick<Release, 'values'>,
  objects: readonly JsonObject[],
  world: ApplyWorld,
): Promise<void> {
  await tellConflicts(task, objects, world);
  await tellComputing({ unit: task.to.unit, values, then: 'this goes on' }, world);
}

/**
 * What others have changed by hand, and applying takes back: said first, because nobody can ask afterwards.
 * Secrets are rendered with placeholders, so they are left out.
 */
export async function tellConflicts(
  { to }: HubTask,
  objects: readonly JsonObject[],
  { kube, progress }: ApplyWorld,
): Promise<void> {
  const { namespace } = to.release;
  const shown = objects.filter((one) => one['kind'] !== 'Secret');
  const live = byIdentity(await kube.liveOf(shown, namespace), namespace);
  for (const object of shown) {
    const found = live.get(identity(object, namespace));
    const name = `${textAt(object, '/kind')} ${textAt(object, '/metadata/name')}`;
    for (const { manager, time, fields } of found ? conflictsOf(name, found, object) : [])
      progress(
        to.unit,
        `⚠ ${name}: what ${manager} changed at ${time} is overwritten: ${fields.join(', ')}`,
      );
  }
}
