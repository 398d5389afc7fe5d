import type { HubImage } from '../../images/resolve.ts';
import { pointer } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { CPU_GUARANTEE_SHARE } from '../../model/limits.ts';
import type { Size } from '../../model/machine-types.ts';
import { usualOffer } from '../../model/offers.ts';
import { USER_POOL, acceleratorsOf, poolOf } from '../../model/pools.ts';
import { defaultSize } from '../../model/sizes.ts';
import type { ClusterFile, ImageFile } from '../../model/types.ts';
import { slug } from '../../model/quantities.ts';
import { without } from '../throw-away.ts';
import { VIEW_LABEL } from './data.ts';
import { poolNodes } from './server-nodes.ts';
import { modelEnv } from './servers.ts';
import { namesSaid, sizeEnv } from './variables.ts';
import type { HubContext, Part } from './part.ts';

/** What users choose from. The hub reads it from a mounted file: a new size restarts nothing. */
export function profilesPart(context: HubContext): Part {
  const { hub, images, cluster } = context;
  const said = namesSaid(hub.data);
  return {
    glaciocloud: {
      profiles: {
        v: 1,
        cpuGuaranteeShare: CPU_GUARANTEE_SHARE,
        images: images.map(({ name, reference, file, built, sizes, ...offer }) => ({
          slug: slug(name),
          title: file.title,
          description: file.description ?? '',
          ...about(file, built),
          image: reference,
          for: offer.for,
          ...(sizes && { sizes }),
          default: name === usualOffer(images)?.name,
          env: without(imageEnv(context, file, built), said),
          ...(file.oggm && context.data && { labels: { [VIEW_LABEL]: context.data.view } }),
        })),
        sizes: Object.entries(hub.data.sizes).map(([name, size]) => ({
          ...sizeProfile(name, size, name === defaultSize(hub.data.sizes)),
          env: without(sizeEnv(size.cpu), said),
          ...machines(size, cluster, hub.data.values),
        })),
      },
    },
    ownFrom: {
      '/profiles/sizes': '/sizes',
      ...Object.fromEntries(Object.keys(hub.data.sizes).flatMap(sizeOrigins)),
      ...Object.fromEntries(images.flatMap(({ name }) => imageOrigins(name))),
    },
  };
}

/** What follows from a field of another name. */
function sizeOrigins(name: string): [string, string][] {
  const below = (...path: string[]): string => pointer('profiles', 'sizes', name, ...path);
  return [
    [below('env'), pointer('sizes', name, 'cpu')],
    [below('spot'), pointer('sizes', name, 'nodes')],
  ];
}

function imageOrigins(name: string): [string, string][] {
  const env = (variable: string): string =>
    pointer('profiles', 'images', slug(name), 'env', variable);
  return [
    [env('OGGM_WORKDIR'), '/workdir'],
    [env('OGGM_EXTRACT_DIR'), '/scratch'],
  ];
}

/** What the spawn page says of an image, as far as it is known. */
function about({ oggm }: ImageFile, built: HubImage['built']): JsonObject {
  const version = built?.oggm ?? oggm?.version;
  return {
    ...(version !== undefined && { software: `OGGM ${version}` }),
    ...(built && { built: built.day }),
  };
}

/** Of the model, where an image has it; what a build of the image says itself is in it. */
function imageEnv(
  context: HubContext,
  { oggm, env }: ImageFile,
  built: HubImage['built'],
): JsonObject {
  if (oggm === undefined) return {};
  return without(modelEnv(context), built === undefined ? [] : Object.keys(env));
}

function sizeProfile(name: string, size: Size, isDefault: boolean): JsonObject {
  return {
    slug: name,
    title: size.title ?? capital(name),
    cpu: size.cpu,
    memory: size.memory,
    ...(size.guarantee && { guarantee: { ...size.guarantee } }),
    for: size.for,
    default: isDefault,
  };
}

/** Where its servers go, where that is not where servers go anyway; accelerators; whether they may end at any time. */
function machines(size: Size, cluster: ClusterFile, own: JsonObject): JsonObject {
  const pool = poolOf(cluster, size.nodes);
  if (pool === undefined) return {};
  const { nodeSelector, tolerations } = poolNodes(own, pool);
  const gpu = acceleratorsOf(size, pool);
  return {
    ...(size.nodes !== USER_POOL && {
      nodes: { pool: size.nodes, selector: nodeSelector, tolerations },
    }),
    ...(gpu && { gpu }),
    ...(pool.priceClass === 'spot' && { spot: true }),
  };
}

function capital(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}
