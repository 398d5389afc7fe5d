import { STATE_NAME } from '../core/deploy/state.ts';
import { at } from '../core/json.ts';
import type { Removal } from '../core/model/types.ts';
import type { Unit } from '../core/plan/types.ts';
import { removeProbe } from './probe.ts';
import type { ApplyWorld, UnitResult } from './types.ts';

/**
 * Takes a hub away as its reviewed removal says: servers stop, the release goes, homes and database stay where they are.
 * The state goes last, so that a run that is killed is finished by the next.
 */
export async function removeHub(unit: Unit, removal: Removal, world: ApplyWorld): Promise<UnitResult> {
  const began = performance.now();
  const result = (outcome: UnitResult['outcome'], reason: string): UnitResult => ({
    unit, kind: 'remove', outcome, reason, health: [], seconds: { preflight: 0, upgrade: Math.round(performance.now() - began) / 1000, rollout: 0, health: 0 },
  });
  if (removal.homes !== 'keep' || removal.database !== 'keep') return result('blocked', 'only removals that keep homes and database are carried out yet; nothing was touched');
  const namespace = unit.name;
  world.progress(unit, 'stopping servers and removing the release; homes and database stay');
  for (const pod of await world.kube.list('pods', { namespace, selector: 'component=singleuser-server' })) {
    const name = at(pod, '/metadata/name');
    if (typeof name === 'string') await world.kube.delete('pod', name, namespace);
  }
  await world.releases.uninstall(unit.name, namespace);
  await removeProbe(unit.name, world.kube);
  const kept = (await world.kube.list('persistentvolumeclaims', { namespace })).length;
  await world.kube.delete('configmap', STATE_NAME, namespace);
  return result('done', `removed; ${kept} volumes are kept in the namespace ${namespace}. Left for you: its DNS name, its OAuth application, its entry in removals:`);
}
