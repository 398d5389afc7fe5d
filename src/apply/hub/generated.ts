import { at, isObject } from '../../core/json.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { standInSecrets } from '../../core/hub/values/stand-ins.ts';
import type { Ports, Random } from '../../ports.ts';

const NAME = 'hub-generated';

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
  const found = at((await kube.get('secret', NAME, namespace)) ?? {}, '/data/values.json');
  const kept =
    typeof found === 'string'
      ? (JSON.parse(Buffer.from(found, 'base64').toString('utf8')) as Json)
      : {};
  const values = fill(standInSecrets(jupyterhub), kept, random) as JsonObject;
  const text = JSON.stringify(values);
  if (text !== JSON.stringify(kept)) {
    await kube.apply([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: NAME,
          namespace,
          labels: { 'app.kubernetes.io/managed-by': 'glaciocloud' },
        },
        stringData: { 'values.json': text },
      },
    ]);
  }
  return values;
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
