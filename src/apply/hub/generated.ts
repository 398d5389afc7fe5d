import { generatedIn } from '../../core/hub/adoption.ts';
import { at, isObject, merge } from '../../core/json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { GENERATED_SECRET, standInSecrets } from '../../core/hub/values/stand-ins.ts';
import { fields, readerOf } from '../../core/shape.ts';
import type { Ports, Random } from '../../ports.ts';
import { Faulty } from '../types.ts';

const readKept = readerOf<JsonObject>(fields({}));

/**
 * What the chart would make up for itself (cookie secret, proxy token, service tokens), made once and kept in
 * the hub's
 * namespace. Left to the chart, hub and proxy restart at the first upgrade, whatever it changes: what it made up
 * at the
 * installation is not what it computed its checksums from.
 */
export async function generatedValues(
  namespace: string,
  jupyterhub: JsonObject,
  { kube, random }: Pick<Ports, 'kube' | 'random'>,
): Promise<JsonObject> {
  const kept = await keptIn(namespace, kube);
  const values = fill(standInSecrets(jupyterhub), kept, random) as JsonObject;
  const text = JSON.stringify(values);
  if (text !== JSON.stringify(kept)) await keep(namespace, text, kube);
  return values;
}

/**
 * What the chart of a hub that others have made had made up takes the place of what was kept, so that people stay
 * logged in. Left to chance where it had made up nothing, or its namespace holds only what it has left.
 */
export async function takeOverGenerated(namespace: string, kube: Ports['kube']): Promise<void> {
  const theirs = generatedIn(await kube.get('secret', 'hub', namespace), decoded);
  const kept = await keptIn(namespace, kube);
  const text = JSON.stringify(merge(kept, theirs));
  if (text !== JSON.stringify(kept)) await keep(namespace, text, kube);
}

function decoded(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

async function keep(namespace: string, text: string, kube: Ports['kube']): Promise<void> {
  await kube.apply([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: GENERATED_SECRET,
        namespace,
        labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' },
      },
      stringData: { 'values.json': text },
    },
  ]);
}

/** New ones in the place of damaged ones would end every session and every token without a word. */
async function keptIn(namespace: string, kube: Ports['kube']): Promise<JsonObject> {
  const found = at(await kube.get('secret', GENERATED_SECRET, namespace), '/data/values.json');
  if (typeof found !== 'string') return {};
  const reading = readKept(decoded(found));
  if (reading.kind === 'read') return reading.value;
  throw new Faulty(
    `the Secret ${GENERATED_SECRET} cannot be read: ${reading.reason}; put it right, or delete it ` +
      `(kubectl delete secret ${GENERATED_SECRET} --namespace ${namespace}): the hub then makes new keys, ` +
      'and everybody logs in once more',
    'infrastructure',
  );
}

/** The shape of the placeholders, with what was kept, or chance, in their place. */
function fill(shape: Json, kept: Json | undefined, random: Random): Json {
  if (Array.isArray(shape))
    return shape.map((item, index) =>
      fill(item, Array.isArray(kept) ? kept[index] : undefined, random),
    );
  if (isObject(shape))
    return Object.fromEntries(
      Object.entries(shape).map(([key, item]) => [
        key,
        fill(item, isObject(kept) ? kept[key] : undefined, random),
      ]),
    );
  return typeof kept === 'string' ? kept : random.hex(32);
}
