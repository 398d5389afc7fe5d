import { dump } from 'js-yaml';
import { PROVIDERS, schemaComment } from '../init/scaffold.ts';
import { at, canonical, isObject, merge, textAt, walk } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { greatest } from '../lists.ts';
import { memoryBytes, quantityBytes } from '../model/quantities.ts';
import { NODE_USABLE_SHARE } from '../model/limits.ts';
import { SCHEMAS } from '../model/read.ts';
import type { Kind } from '../model/types.ts';
import { entryPart } from './entry.ts';
import { titleFrom } from './forms.ts';
import { byPlatform, hubSettingsPart } from './hub-settings.ts';
import { Ledger } from './ledger.ts';
import type { Entry } from './ledger.ts';
import { loginPart } from './login.ts';
import { profilesPart } from './profiles.ts';
import { secretsPart } from './secrets.ts';
import { storagePart } from './storage.ts';
import type { Beside, Part, PoolDraft } from './types.ts';

export interface Draft {
  /** Everything but `values:`. */
  environment: JsonObject;
  /** What no key says. */
  values: JsonObject;
  images: ReadonlyMap<string, JsonObject>;
  /** Where the platform has none of that name. */
  cluster: JsonObject | undefined;
  said: readonly Entry[];
  dropped: readonly Entry[];
  told: readonly Entry[];
}

const PARTS: readonly Part[] = [entryPart, loginPart, profilesPart, storagePart, hubSettingsPart];

/** Values of the chart → files of the platform. `defaults`: the chart's own, where they are at hand. */
export function draftOf(
  values: JsonObject,
  beside: Beside,
  defaults: JsonObject | undefined,
): Draft {
  const ledger = new Ledger(values);
  const secrets = secretsPart(ledger);
  const parts = PARTS.map((part) => part(ledger, beside));
  byPlatform(ledger, beside);
  asTheChart(ledger, defaults ?? {});
  const whole = parts.reduce((all: JsonObject, part) => merge(all, part.environment), {
    title: titleFrom(beside.name) ?? beside.name,
    cluster: beside.cluster,
    wave: beside.wave,
    ...secrets,
  });
  const environment = fitted(whole, ledger);
  return {
    environment,
    values: ledger.rest,
    images: mapsOf(parts.map((part) => part.images)),
    cluster: beside.pools
      ? undefined
      : clusterOf(beside, mapsOf(parts.map((part) => part.pools)), environment, ledger),
    said: ledger.said,
    dropped: ledger.dropped,
    told: ledger.told,
  };
}

/** Shared memory is a part of each server's memory, and so at most that of the smallest. */
function fitted(environment: JsonObject, ledger: Ledger): JsonObject {
  const sizes = environment['sizes'];
  const memories = Object.values(isObject(sizes) ? sizes : {}).map((one) => textAt(one, '/memory'));
  const [smallest] = memories.sort((a, b) => (memoryBytes(a) ?? 0) - (memoryBytes(b) ?? 0));
  const wanted = quantityBytes(textAt(environment, '/shm/size')) ?? 0;
  if (smallest === undefined || wanted <= (memoryBytes(smallest) ?? 0)) return environment;
  ledger.tell(
    '/singleuser/storage/extraVolumes',
    `shared memory is a part of the smallest server: the draft says ${smallest}i`,
  );
  return { ...environment, shm: { size: `${smallest}i` } };
}

function mapsOf<T>(maps: readonly (ReadonlyMap<string, T> | undefined)[]): Map<string, T> {
  return new Map(maps.flatMap((map) => [...(map ?? [])]));
}

/** What says what the chart says anyway, and null, by which one says so. */
function asTheChart(ledger: Ledger, defaults: JsonObject): void {
  const same = [...walk(ledger.rest)].filter(({ path, value }) => {
    if (value === null) return true;
    const own = at(defaults, path);
    return (
      path !== '' && own !== undefined && !isObject(value) && canonical(own) === canonical(value)
    );
  });
  // The last of a list first.
  for (const { path } of same.reverse()) ledger.take(path);
}

/** A cluster with the machines that the values name, as large as the sizes that go there. */
function clusterOf(
  { cluster }: Beside,
  pools: ReadonlyMap<string, PoolDraft>,
  { sizes = {} }: JsonObject,
  ledger: Ledger,
): JsonObject {
  const { storage, ingress, startTime } = PROVIDERS.existing;
  const all = new Map<string, PoolDraft>([
    ['user', { selector: {}, taints: [], gpus: 0 }],
    ...pools,
  ]);
  ledger.tell(
    '',
    `clusters/${cluster}.yaml is drafted with machines as large as the largest size: write what there is`,
  );
  return {
    title: cluster,
    provider: 'existing',
    kubernetes: '1.35',
    identity: null,
    storage: { homes: { class: storage } },
    ingress: { class: ingress, issuer: 'letsencrypt' },
    networkPolicy: 'enforced',
    nodes: Object.fromEntries(
      [...all].map(([name, { selector, taints, gpus }]) => [
        name,
        {
          ...largest(Object.values(sizes as JsonObject), name),
          max: 10,
          startTime,
          ...(Object.keys(selector).length > 0 ? { selector } : {}),
          ...(taints.length > 0 ? { taints: taints.map((taint) => ({ ...taint })) } : {}),
          ...(gpus > 0 ? { gpu: { count: gpus } } : {}),
        },
      ]),
    ),
    parallel: 2,
  };
}

function largest(sizes: readonly Json[], pool: string): { cpu: number; memory: string } {
  const there = sizes.filter((one) => isObject(one) && (one['nodes'] ?? 'user') === pool);
  const cores = there.map((one) => Number(at(one, '/cpu')));
  const bytes = there.map((one) => memoryBytes(textAt(one, '/memory')) ?? 0);
  const share = (wanted: number): number => Math.ceil(wanted / NODE_USABLE_SHARE);
  return {
    cpu: greatest([4, ...cores.map(share)]),
    memory: `${greatest([16, ...bytes.map((one) => share(one / 2 ** 30))])}Gi`,
  };
}

/** The draft as files, by path. */
export function textsOf(
  { environment, values, images, cluster }: Draft,
  name: string,
  base: string | undefined,
): Map<string, string> {
  const file = (kind: Kind, path: string, data: JsonObject): [string, string] => [
    path,
    schemaComment(kind, path, base) + yamlOf(kind, data),
  ];
  const whole = Object.keys(values).length > 0 ? { ...environment, values } : environment;
  return new Map([
    file('environment', `environments/${name}.yaml`, whole),
    ...[...images].map(([image, data]) => file('image', `images/${image}/image.yaml`, data)),
    ...(cluster
      ? [file('cluster', `clusters/${textAt(environment, '/cluster')}.yaml`, cluster)]
      : []),
  ]);
}

/** In the order of the reference, without anchors. */
function yamlOf(kind: Kind, data: JsonObject): string {
  const order = Object.keys(SCHEMAS[kind].properties);
  const sorted = Object.entries(data).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
  return dump(Object.fromEntries(sorted), { noRefs: true, lineWidth: 100 });
}
