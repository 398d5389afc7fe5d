import { createHmac } from 'node:crypto';
import { firstAccess, machinesText } from '../../core/access/door.ts';
import { at, compareText, isObject, merge } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { SECRETS_NAME } from '../../core/hub/values/login.ts';
import { firstNotices } from '../../core/notices/notices.ts';
import { takeOverNotices } from '../access/notices.ts';
import { digestKey } from '../cluster.ts';
import { giveData } from '../data/hub-volume.ts';
import { generatedValues } from './generated.ts';
import { MANAGED, makeNamespace } from './namespace.ts';
import { prepareProbe } from './probe.ts';
import { healthyOf } from './way-back.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

export interface Prepared {
  /** Name of the immutable Secret with what was supplied; undefined where nothing is. */
  secretName: string | undefined;
  /** The second values file: names that only deployment knows. */
  values: JsonObject;
}

/** Shorter ones are parts of too many words. */
const SHORTEST_HIDDEN = 4;

/** What must not appear in any text from the moment that it is read. */
export function hiddenIn(secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets.values()].filter((value) => value.length >= SHORTEST_HIDDEN);
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
  await takeOverNotices(namespace, firstNotices(hub.data.spawn), world.kube);
  await keepMachines(namespace, machinesText(hub.data), world);
  const generated = await generatedValues(
    namespace,
    to.release.values['jupyterhub'] as JsonObject,
    world,
  );
  if (hub.data.probe) await prepareProbe(hub.name, generated, world);
  if (secrets.size === 0) return { secretName: undefined, values: generated };
  const name = `${SECRETS_NAME}-${keyedDigest(await digestKey(world), secrets).slice(0, 8)}`;
  if (!(await world.kube.get('secret', name, namespace))) {
    await world.kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        immutable: true,
        metadata: { name, namespace, labels: { ...MANAGED, 'glaciocloud.org/secrets': 'hub' } },
        stringData: Object.fromEntries(secrets),
      },
    ]);
    await dropOldSecrets(task, name, world);
  }
  const env = at(to.release.values, '/jupyterhub/hub/extraEnv');
  const extraEnv = Object.fromEntries(
    Object.entries(isObject(env) ? env : {}).flatMap(([variable, value]) => {
      const asked = isObject(value) ? at(value, '/valueFrom/secretKeyRef') : undefined;
      // A Secret that others have made keeps its name.
      if (!isObject(asked) || asked['name'] !== SECRETS_NAME) return [];
      return [[variable, { valueFrom: { secretKeyRef: { ...asked, name } } }]];
    }),
  );
  return {
    secretName: name,
    values: merge(generated, { jupyterhub: { hub: { extraEnv } } }),
  };
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

/** A digest of secrets that says nothing about them without the cluster's own key. */
function keyedDigest(key: string, secrets: ReadonlyMap<string, string>): string {
  const sorted = [...secrets].sort(([a], [b]) => compareText(a, b));
  return createHmac('sha256', key).update(JSON.stringify(sorted)).digest('hex');
}

/** The last three stay, and the one that the healthy revision reads, however many have failed since then. */
async function dropOldSecrets(task: HubTask, current: string, world: ApplyWorld): Promise<void> {
  const { kube } = world;
  const { namespace } = task.to.release;
  const healthy = (await healthyOf(task, world)).map(({ text }) => text).join('\n');
  const time = (one: JsonObject): string => JSON.stringify(at(one, '/metadata/creationTimestamp'));
  const all = (
    await kube.list('secrets', { namespace, selector: 'glaciocloud.org/secrets=hub' })
  ).sort((a, b) => (time(a) < time(b) ? 1 : -1));
  for (const old of all.slice(3)) {
    const name = at(old, '/metadata/name');
    if (typeof name === 'string' && name !== current && !healthy.includes(name))
      await kube.delete('secret', name, namespace);
  }
}
