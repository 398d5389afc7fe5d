import { createHmac } from 'node:crypto';
import { at, compareText, objectsIn, textAt, walk } from '../../core/json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { SUPPLIED, USES, suppliedFor } from '../../core/hub/values/supplied.ts';
import type { Use } from '../../core/hub/values/supplied.ts';
import { digestKey } from '../cluster.ts';
import { MANAGED } from './namespace.ts';
import { healthyOf } from './way-back.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** Shorter ones are parts of too many words. */
const SHORTEST_HIDDEN = 4;

/** What must not appear in any text from the moment that it is read. */
export function hiddenIn(secrets: ReadonlyMap<string, string>): string[] {
  return [...secrets.values()].filter((value) => value.length >= SHORTEST_HIDDEN);
}

/**
 * What was supplied, in Secrets that cannot be changed: one for the hub, one for servers, so that these can name
 * nothing of the hub's. Gives the real name of each by the one that values have.
 */
export async function keepSupplied(
  task: HubTask,
  secrets: ReadonlyMap<string, string>,
  world: ApplyWorld,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const use of USES) {
    const wanted = suppliedFor(task.hub.data, use);
    const own = new Map([...secrets].filter(([name]) => wanted.includes(name)));
    if (own.size > 0) names.set(SUPPLIED[use], await keep(task, use, own, world));
  }
  return names;
}

async function keep(
  task: HubTask,
  use: Use,
  secrets: ReadonlyMap<string, string>,
  world: ApplyWorld,
): Promise<string> {
  const { namespace } = task.to.release;
  const digest = keyedDigest(await digestKey(world), secrets).slice(0, 8);
  const name = `${SUPPLIED[use]}-${digest}`;
  if (await world.kube.get('secret', name, namespace)) return name;
  await world.kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      immutable: true,
      metadata: { name, namespace, labels: { ...MANAGED, [LABEL]: use } },
      stringData: Object.fromEntries(secrets),
    },
  ]);
  await dropOld(task, { use, current: name }, world);
  return name;
}

const LABEL = 'glaciocloud.org/secrets';

/** A digest of secrets that says nothing about them without the cluster's own key. */
function keyedDigest(key: string, secrets: ReadonlyMap<string, string>): string {
  const sorted = [...secrets].sort(([a], [b]) => compareText(a, b));
  return createHmac('sha256', key).update(JSON.stringify(sorted)).digest('hex');
}

/** The last three stay, and the one that the healthy revision reads, however many have failed since then. */
async function dropOld(
  task: HubTask,
  { use, current }: { use: Use; current: string },
  world: ApplyWorld,
): Promise<void> {
  const { kube } = world;
  const { namespace } = task.to.release;
  const healthy = (await healthyOf(task, world)).map(({ object }) => textsOf(object)).join('\n');
  const time = (one: JsonObject): string => JSON.stringify(at(one, '/metadata/creationTimestamp'));
  const found = await kube.list('secrets', { namespace, selector: `${LABEL}=${use}` });
  const all = objectsIn(found).sort((a, b) => (time(a) < time(b) ? 1 : -1));
  for (const old of all.slice(3)) {
    const name = textAt(old, '/metadata/name');
    if (name !== '' && name !== current && !healthy.includes(name))
      await kube.delete('secret', name, namespace);
  }
}

/** All that an object says; the chart's Secret has the hub's values, and so the names that servers get. */
function textsOf(object: JsonObject): string {
  const plain = JSON.stringify(object);
  if (object['kind'] !== 'Secret') return plain;
  const held = [...walk(object['data'] ?? null)].map(({ value }) => decoded(value));
  return [plain, ...held].join('\n');
}

function decoded(value: Json): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}
