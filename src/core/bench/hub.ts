import { DATA_CLAIM } from '../data/volume.ts';
import { VIEW_LABEL } from '../hub/values/data.ts';
import { meant } from '../hub/values/meant.ts';
import { namedEntries } from '../hub/values/named-lists.ts';
import { sizeNodes } from '../hub/values/server-nodes.ts';
import type { ServerNodes } from '../hub/values/server-nodes.ts';
import { at, isObject, objectsIn, pointer, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { memoryBytes, quantityBytes } from '../model/quantities.ts';
import type { Release } from '../unit.ts';

/** What a hub's servers are, as far as their volumes are measured in a pod like theirs. */
export interface BenchHub {
  namespace: string;
  image: { title: string; reference: string; env: JsonObject };
  uid: number;
  gid: number;
  cpu: number;
  memory: number;
  nodes: ServerNodes;
  home: { path: string; class: string | undefined; size: string; access: Json };
  /** `own`: whether servers have it at all. */
  scratch: { path: string; volume: JsonObject; room: number | null; own: boolean };
  data: HubData | undefined;
  /** Where OGGM works in servers of this hub. */
  workdir: 'home' | 'scratch';
}

interface HubData {
  volume: JsonObject;
  mount: JsonObject;
  path: string;
  /** The folder that servers of this image see. */
  view: string | null;
}

const SCRATCH = '/scratch';
/** Of a hub without scratch: more than is written. */
const SPARE: JsonObject = { emptyDir: { sizeLimit: '2Gi' } };

/** By what runs in a hub; undefined where no server of it could start. */
export function benchHub({ namespace, values }: Release): BenchHub | undefined {
  const jupyterhub = at(values, '/jupyterhub');
  const image = imageOf(objectsIn(at(values, '/glaciocloud/profiles/images')));
  if (!isObject(jupyterhub) || image === undefined) return undefined;
  const { values: said } = meant(jupyterhub);
  const size = usual(objectsIn(at(values, '/glaciocloud/profiles/sizes')));
  const env = at(image, '/env');
  const variables = isObject(env) ? env : {};
  return {
    namespace,
    image: {
      title: textAt(image, '/title'),
      reference: textAt(image, '/image'),
      env: variables,
    },
    uid: numberAt(said, '/singleuser/uid', 1000),
    gid: numberAt(said, '/singleuser/fsGid', 100),
    cpu: numberAt(size ?? {}, '/cpu', 1),
    memory: memoryBytes(textAt(size, '/memory')) ?? 2 ** 31,
    nodes: sizeNodes(jupyterhub, size),
    home: homeOf(said),
    scratch: scratchOf(said),
    data: dataOf(said, textAt(image, `/labels${pointer(VIEW_LABEL)}`)),
    workdir: textAt(variables, '/OGGM_WORKDIR').startsWith(`${SCRATCH}/`) ? 'scratch' : 'home',
  };
}

/** The first that has OGGM, or else the one that people get. */
function imageOf(images: readonly JsonObject[]): JsonObject | undefined {
  return images.find((one) => textAt(one, '/env/OGGM_WORKDIR') !== '') ?? usual(images);
}

function usual(list: readonly JsonObject[]): JsonObject | undefined {
  return list.find((one) => one['default'] === true) ?? list[0];
}

function homeOf(said: JsonObject): BenchHub['home'] {
  const storage = '/singleuser/storage';
  return {
    path: textAt(said, `${storage}/homeMountPath`) || '/home/jovyan',
    class: textAt(said, `${storage}/dynamic/storageClass`) || undefined,
    size: textAt(said, `${storage}/capacity`) || '10Gi',
    access: at(said, `${storage}/dynamic/storageAccessModes`) ?? ['ReadWriteOnce'],
  };
}

/** Never a claim: whatever is not empty to begin with may be somebody's. */
function scratchOf(said: JsonObject): BenchHub['scratch'] {
  const found = volumesOf(said).find(({ name }) => name === 'scratch');
  const folder = at(found, '/emptyDir');
  const volume = isObject(folder) ? { emptyDir: folder } : SPARE;
  return {
    path: SCRATCH,
    volume,
    room: quantityBytes(textAt(volume, '/emptyDir/sizeLimit')) ?? null,
    own: isObject(folder),
  };
}

function dataOf(said: JsonObject, view: string): HubData | undefined {
  const volume = volumesOf(said).find(({ name }) => name === DATA_CLAIM);
  const mounts = namedEntries(at(said, '/singleuser/storage/extraVolumeMounts'));
  const mount = mounts.find(({ name }) => name === DATA_CLAIM);
  if (volume === undefined || mount === undefined) return undefined;
  const path = textAt(mount, '/mountPath');
  return {
    volume,
    mount: { ...mount, readOnly: true },
    path,
    view: view === '' ? null : `${path}/views/${view}`,
  };
}

function volumesOf(said: JsonObject): JsonObject[] {
  return namedEntries(at(said, '/singleuser/storage/extraVolumes'));
}

function numberAt(value: JsonObject, path: string, otherwise: number): number {
  const found = at(value, path);
  return typeof found === 'number' ? found : otherwise;
}
