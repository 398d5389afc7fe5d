import { createHmac } from 'node:crypto';
import { at, compareText, jsonOf, objectsIn, textAt, walk } from '../../core/json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { contentOf, suppliedFaults } from '../../core/hub/supplied-forms.ts';
import type { EnvironmentFile } from '../../core/model/types.ts';
import { probeNamespace } from '../../core/hub/values/probe.ts';
import { SUPPLIED, USES, suppliedFor } from '../../core/hub/values/supplied.ts';
import type { Use } from '../../core/hub/values/supplied.ts';
import { SecretsFailure } from '../../failure.ts';
import { digestKey } from '../cluster.ts';
import { suppliedCertificateFaults } from './certificate.ts';
import { MANAGED } from './namespace.ts';
import { healthyOf } from './way-back.ts';
import type { ApplyWorld, HubTask } from '../types.ts';

/** Shorter ones are parts of too many words. */
const SHORTEST_HIDDEN = 4;

/** What must not appear in any text from the moment that it is read: each secret, its lines, what a JSON text holds. */
export function hiddenIn(secrets: ReadonlyMap<string, string>): string[] {
  const parts = [...secrets.values()].flatMap((value) => [
    value,
    ...value.split('\n'),
    ...[...walk(jsonOf(value) ?? null)].map(({ value: one }) =>
      typeof one === 'string' ? one : '',
    ),
  ]);
  return [...new Set(parts)].filter((part) => part.length >= SHORTEST_HIDDEN);
}

/** What the environment declares, in clear; a value that nobody could use ends here, and is not repeated. */
export async function suppliedTo(
  { hub, to }: HubTask,
  { secrets, clock }: Pick<ApplyWorld, 'secrets' | 'clock'>,
): Promise<ReadonlyMap<string, string>> {
  const supplied = await secrets.supplied(hub.name, to.release.secrets);
  const forms = suppliedFaults(hub.data, supplied);
  const faults = forms.length > 0 ? forms : ofCertificate(hub.data, supplied, clock.now());
  if (faults.length > 0)
    throw new SecretsFailure(`in secrets/${hub.name}.sops.yaml ${faults.join('; ')}`, {
      hint: `correct it with \`sops edit secrets/${hub.name}.sops.yaml\`; nothing was changed`,
    });
  return supplied;
}

function ofCertificate(
  environment: EnvironmentFile,
  supplied: ReadonlyMap<string, string>,
  now: Date,
): string[] {
  return suppliedCertificateFaults(environment, supplied, now.getTime()).map(
    ({ secret, fault }) => `${secret} is ${fault}`,
  );
}

/**
 * What was supplied, in Secrets that cannot be changed: one for each use, so that servers can name nothing of the
 * hub's. Gives the real name of each by the one that values have.
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
    if (own.size === 0) continue;
    for (const namespace of namespacesOf(task, use))
      names.set(SUPPLIED[use], await keep(task, { use, namespace }, own, world));
  }
  return names;
}

/** Where pods are that a Secret of this use is for: the probe runs the hub's image in a namespace of its own. */
function namespacesOf({ hub, to }: HubTask, use: Use): string[] {
  const probe = use === 'pull' && hub.data.probe !== undefined;
  return [to.release.namespace, ...(probe ? [probeNamespace(hub.name)] : [])];
}

interface Place {
  use: Use;
  namespace: string;
}

async function keep(
  task: HubTask,
  { use, namespace }: Place,
  secrets: ReadonlyMap<string, string>,
  world: ApplyWorld,
): Promise<string> {
  const digest = keyedDigest(await digestKey(world), secrets).slice(0, 8);
  const name = `${SUPPLIED[use]}-${digest}`;
  if (await world.kube.get('secret', name, namespace)) return name;
  await world.kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      immutable: true,
      metadata: { name, namespace, labels: { ...MANAGED, [LABEL]: use } },
      ...contentOf(task.hub.data, use, secrets),
    },
  ]);
  await dropOld(task, { use, namespace, current: name }, world);
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
  { use, namespace, current }: Place & { current: string },
  world: ApplyWorld,
): Promise<void> {
  const { kube } = world;
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
