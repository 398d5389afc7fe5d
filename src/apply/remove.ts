import { MACHINES } from '../core/deploy/door.ts';
import { STATE_NAME } from '../core/deploy/state.ts';
import { at, textAt } from '../core/json.ts';
import type { JsonObject } from '../core/json.ts';
import type { Removal } from '../core/model/types.ts';
import type { Unit } from '../core/plan/types.ts';
import { removeProbe } from './probe.ts';
import type { ApplyWorld, UnitResult } from './types.ts';

/** On the hub's state from the moment that its homes were counted: a run that goes on finds fewer. */
const COUNTED = 'glaciocloud.org/homes-counted';
const DATABASE = 'hub-db-dir';

/**
 * Takes a hub away as its reviewed removal says: servers stop, the release goes, then homes and database where they are not kept.
 * The state goes last, so that a run that is killed is finished by the next.
 */
export async function removeHub(unit: Unit, removal: Removal, world: ApplyWorld): Promise<UnitResult> {
  const began = performance.now();
  const result = (outcome: UnitResult['outcome'], reason: string): UnitResult => ({
    unit, kind: 'remove', outcome, reason, health: [], seconds: { preflight: 0, upgrade: Math.round(performance.now() - began) / 1000, rollout: 0, health: 0 },
  });
  const { kube, releases } = world;
  const namespace = unit.name;
  if (removal.homes === 'archive' || removal.database === 'archive') return result('blocked', 'archives are not made yet: keep, or delete; nothing was touched');
  const homes = await homesOf(namespace, world);
  const wrong = removal.homes === 'delete' ? await miscounted(namespace, removal, homes.filter(({ person }) => person).length, world) : undefined;
  if (wrong !== undefined) return result('blocked', wrong);
  world.progress(unit, `stopping servers and removing the release; homes: ${removal.homes}, database: ${removal.database}`);
  for (const pod of await kube.list('pods', { namespace, selector: 'component=singleuser-server' })) await kube.delete('pod', textAt(pod, '/metadata/name'), namespace);
  await releases.uninstall(unit.name, namespace);
  await removeProbe(unit.name, kube);
  const doomed = homes.filter(({ person }) => !person || removal.homes === 'delete').map(({ claim }) => claim);
  if (removal.database === 'delete') doomed.push(DATABASE);
  for (const claim of doomed) await kube.delete('persistentvolumeclaim', claim, namespace);
  const kept = (await kube.list('persistentvolumeclaims', { namespace })).filter((one) => !doomed.includes(textAt(one, '/metadata/name'))).length;
  await kube.delete('configmap', STATE_NAME, namespace);
  return result('done', `removed; ${doomed.length} volumes are deleted and ${kept} are kept in the namespace ${namespace}. Left for you: its DNS name, its OAuth application, its GitHub environment if no other hub uses it, its entry in removals:`);
}

/** Claims of homes; those of throw-away users are nobody's. */
async function homesOf(namespace: string, { kube }: ApplyWorld): Promise<{ claim: string; person: boolean }[]> {
  const isMachine = (one: JsonObject): boolean => MACHINES.some((name) => name === at(one, '/metadata/annotations/hub.jupyter.org~1username'));
  return (await kube.list('persistentvolumeclaims', { namespace, selector: 'component=singleuser-storage' })).map((one) => ({ claim: textAt(one, '/metadata/name'), person: !isMachine(one) }));
}

/** Why the homes may not be deleted: the entry names another number than there are. Counted once, before anything is touched. */
async function miscounted(namespace: string, { count }: Removal, found: number, { kube }: ApplyWorld): Promise<string | undefined> {
  const state = (await kube.get('configmap', STATE_NAME, namespace)) ?? {};
  if (textAt(state, `/metadata/annotations/${COUNTED.replace('/', '~1')}`) === String(count)) return undefined;
  if (count !== found) return `${found} ${found === 1 ? 'person has a home' : 'people have homes'} in this hub, and removals: says "count: ${count ?? 0}"; nothing was touched`;
  await kube.annotate('configmap', 'glaciocloud.org/state=hub', namespace, `${COUNTED}=${count}`);
  return undefined;
}
