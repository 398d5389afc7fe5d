import { strangersIn } from '../../core/hub/adoption.ts';
import { Failure } from '../../failure.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/**
 * Before anything is written: a hub that others have made where this one is to be is left alone. Nothing is asked where
 * this platform's hub has run.
 */
export async function confirmFree({ to, state }: HubTask, world: ApplyWorld): Promise<void> {
  if (state?.healthy) return;
  const { namespace } = to.release;
  const [there, releases, objects] = await Promise.all([
    world.kube.get('namespace', namespace),
    world.releases.list(namespace),
    world.kube.list('deployments,services,persistentvolumeclaims', { namespace }),
  ]);
  const hub = to.unit.name;
  const strangers = strangersIn({ hub, namespace: there, releases, objects });
  if (strangers === undefined) return;
  throw new Failure(
    `the namespace ${namespace} holds what this platform has not made: ${strangers}; nothing was ` +
      'changed: give the hub another name, or take away what is there',
    { hint: 'look at it with kubectl and helm list' },
  );
}
