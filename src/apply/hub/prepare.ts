import { firstAccess, machinesText } from '../../core/access/door.ts';
import { at, merge } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { realNamesIn } from '../../core/hub/values/supplied.ts';
import { firstNotices } from '../../core/notices/notices.ts';
import { takeOverNotices } from '../access/notices.ts';
import { giveData } from '../data/hub-volume.ts';
import { keepInherited } from './adopt.ts';
import { generatedValues, takeOverGenerated } from './generated.ts';
import { MANAGED, makeNamespace } from './namespace.ts';
import { prepareProbe } from './probe.ts';
import { keepSupplied } from './supplied.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

export interface Prepared {
  /** Names of the immutable Secrets with what was supplied, by those that values have. */
  names: ReadonlyMap<string, string>;
  /** The second values file: names that only deployment knows. */
  values: JsonObject;
}

/** Namespaces, the door's file and the supplied secrets: what the chart expects to be there. */
export async function prepareNamespace(
  task: HubTask,
  secrets: ReadonlyMap<string, string>,
  world: ApplyWorld,
): Promise<Prepared> {
  const { hub, to } = task;
  const { namespace } = to.release;
  await makeNamespace(task, world);
  await giveData(to.release, world.kube);
  if (!(await world.kube.get('secret', 'hub-access', namespace))) {
    await world.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'hub-access', namespace, labels: MANAGED },
        stringData: { 'access.json': JSON.stringify(firstAccess(hub.data)) },
      },
    ]);
  }
  if (task.inherited !== undefined) {
    await keepInherited(task, world);
    await takeOverGenerated(namespace, world.kube);
  }
  await takeOverNotices(namespace, firstNotices(hub.data.spawn), world.kube);
  await keepMachines(namespace, machinesText(hub.data), world);
  const jupyterhub = to.release.values['jupyterhub'] as JsonObject;
  const generated = await generatedValues(namespace, jupyterhub, world);
  if (hub.data.probe) await prepareProbe(hub.name, generated, world);
  const names = await keepSupplied(task, secrets, world);
  return { names, values: merge(generated, { jupyterhub: realNamesIn(jupyterhub, names) }) };
}

/** A key and a manager of its own: people's key of this Secret belongs to `access`, and stays as it is. */
async function keepMachines(namespace: string, text: string, { kube }: ApplyWorld): Promise<void> {
  const machines = Buffer.from(text).toString('base64');
  const secret = await kube.get('secret', 'hub-access', namespace);
  if (at(secret, '/data/machines.json') === machines) return;
  const metadata = { name: 'hub-access', namespace };
  const data = { 'machines.json': machines };
  await kube.apply([{ apiVersion: 'v1', kind: 'Secret', metadata, data }], 'glaciocloud-machines');
}
