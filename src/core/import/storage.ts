import { isObject, pointer, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { nameFrom, quantityFrom } from './forms.ts';
import type { Ledger } from './ledger.ts';
import type { Beside, Drafted } from './types.ts';

const STORAGE = '/singleuser/storage';
const OTHERWISE = '10Gi';
const SHM = '/dev/shm';
const SHM_OTHERWISE = '1Gi';
const CLAIM = /^(?=.{1,63}$)[a-z0-9]([-.]?[a-z0-9])*$/u;
const FOLDER =
  /^(?:[A-Za-z0-9._-]|\{(?:username|escaped_username)\})+(?:\/(?:[A-Za-z0-9._-]|\{(?:username|escaped_username)\})+)*$/u;
const BELOW = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/u;
const PLACE = /^(?:\/[A-Za-z0-9._-]+)+$/u;

/** Where people's files lie, and what else their servers see. */
export function storagePart(ledger: Ledger, { user }: Beside): Drafted {
  const path = `${STORAGE}/homeMountPath`;
  const mounted = ledger.take(path);
  if (typeof mounted === 'string' && mounted.replace(/\/$/u, '') !== `/home/${user.name}`)
    ledger.tell(path, `homes are at /home/${user.name}, by user: of platform.yaml`);
  const home = homeOf(ledger);
  return { environment: { home, ...volumesOf(ledger, home['claim'] !== undefined) } };
}

function homeOf(ledger: Ledger): JsonObject {
  const type = ledger.take(`${STORAGE}/type`) ?? 'dynamic';
  const files = ledger.take(`${STORAGE}/static`);
  const claims = ofClaims(ledger);
  const claim = isObject(files) ? files['pvcName'] : undefined;
  const folder = isObject(files) ? (files['subPath'] ?? '{username}') : '{username}';
  if (type === 'static' && typeof claim === 'string' && CLAIM.test(claim)) {
    ledger.take(`${STORAGE}/capacity`);
    ledger.says(`${STORAGE}/static/pvcName`, 'home.claim');
    if (typeof folder === 'string' && FOLDER.test(folder)) {
      if (folder !== '{username}') ledger.says(`${STORAGE}/static/subPath`, 'home.path');
      return { claim, ...(folder === '{username}' ? {} : { path: folder }) };
    }
    ledger.tell(
      `${STORAGE}/static/subPath`,
      'a folder is named by {username} or {escaped_username}: the draft says {username}',
    );
    return { claim };
  }
  if (type !== 'dynamic')
    ledger.tell(`${STORAGE}/type`, 'each person has a home here: home.size is a draft');
  const capacity = quantityFrom(ledger.take(`${STORAGE}/capacity`));
  if (capacity !== undefined) ledger.says(`${STORAGE}/capacity`, 'home.size');
  return { size: capacity ?? OTHERWISE, ...claims };
}

function ofClaims(ledger: Ledger): JsonObject {
  const path = `${STORAGE}/dynamic/storageClass`;
  const of = ledger.take(path);
  const names = `${STORAGE}/dynamic/pvcNameTemplate`;
  if (ledger.take(names) !== undefined)
    ledger.tell(names, 'claims are named by the platform: copy what people have');
  ledger.drop(`${STORAGE}/dynamic`, 'the platform makes the claims of homes');
  if (typeof of !== 'string' || !CLAIM.test(of)) return {};
  ledger.says(path, 'home.class');
  return { class: of };
}

/** Lists may be written as keys, too. */
function entriesAt(ledger: Ledger, path: string): [string, JsonObject][] {
  const value = ledger.at(path);
  const entries = typeof value === 'object' ? Object.entries(value as Json[]) : [];
  return entries.filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
}

type Fate =
  | { kind: 'shm'; size: string; volume: string }
  | { kind: 'claim'; mount: JsonObject; volume: string }
  | { kind: 'of-homes' }
  | { kind: 'stays'; volume: string | undefined };

/** Claims and shared memory by keys; a volume of another kind stays where it is. */
function volumesOf(ledger: Ledger, isFolder: boolean): JsonObject {
  const at = { volumes: `${STORAGE}/extraVolumes`, mounts: `${STORAGE}/extraVolumeMounts` };
  const volumes = entriesAt(ledger, at.volumes);
  const fates: { key: string; fate: Fate }[] = [];
  const taken = new Set<string>();
  for (const [key, mount] of entriesAt(ledger, at.mounts)) {
    const fate = fateOf(mount, { volumes, isFolder, taken });
    fates.push({ key, fate });
    if (fate.kind === 'claim') taken.add(textAt(fate.mount, '/name'));
    const path = at.mounts + pointer(key);
    if (fate.kind === 'shm') ledger.says(path, 'shm');
    if (fate.kind === 'claim') ledger.says(path, 'mounts');
    if (fate.kind === 'of-homes')
      ledger.tell(
        path,
        'it mounts a part of homes, which are claims of their own here: make a claim of it, and write it below mounts:',
      );
  }
  const left = fates.flatMap(({ fate }) => (fate.kind === 'stays' ? [fate.volume] : []));
  const gone = fates.flatMap(({ fate }) =>
    fate.kind === 'shm' || fate.kind === 'claim' ? [fate.volume] : [],
  );
  for (const { key, fate } of fates.reverse())
    if (fate.kind !== 'stays') ledger.take(at.mounts + pointer(key));
  for (const [key] of volumes.reverse())
    if (gone.includes(key) && !left.includes(key)) ledger.take(at.volumes + pointer(key));
  const mounts = fates.reverse().flatMap(({ fate }) => (fate.kind === 'claim' ? fate.mount : []));
  const shm = fates.flatMap(({ fate }) => (fate.kind === 'shm' ? { size: fate.size } : []))[0];
  return { ...(shm ? { shm } : {}), ...(mounts.length > 0 ? { mounts } : {}) };
}

interface Around {
  volumes: readonly [string, JsonObject][];
  isFolder: boolean;
  /** Names of mounts. */
  taken: ReadonlySet<string>;
}

function fateOf(mount: JsonObject, { volumes, isFolder, taken }: Around): Fate {
  const [key, volume] = volumes.find(([, one]) => one['name'] === mount['name']) ?? [];
  if (key === undefined || volume === undefined)
    return isFolder ? { kind: 'stays', volume: undefined } : { kind: 'of-homes' };
  const size = memoryAt(volume, mount);
  if (size !== undefined) return { kind: 'shm', size, volume: key };
  const claimed = mountOf(volume, mount, taken);
  return claimed ? { kind: 'claim', mount: claimed, volume: key } : { kind: 'stays', volume: key };
}

/** How large a volume in memory at /dev/shm may become. */
function memoryAt(volume: JsonObject, mount: JsonObject): string | undefined {
  const empty = volume['emptyDir'];
  if (mount['mountPath'] !== SHM || !isObject(empty) || empty['medium'] !== 'Memory')
    return undefined;
  return quantityFrom(empty['sizeLimit']) ?? SHM_OTHERWISE;
}

function mountOf(
  volume: JsonObject,
  { mountPath, subPath, readOnly }: JsonObject,
  taken: ReadonlySet<string>,
): JsonObject | undefined {
  const source = volume['persistentVolumeClaim'];
  const claim = isObject(source) ? source['claimName'] : undefined;
  if (typeof claim !== 'string' || !CLAIM.test(claim)) return undefined;
  const at = typeof mountPath === 'string' ? mountPath.replace(/\/$/u, '') : '';
  const path = typeof subPath === 'string' && subPath !== '' ? subPath : undefined;
  if (!PLACE.test(at) || (path !== undefined && !BELOW.test(path))) return undefined;
  const isReadOnly = readOnly === true || (isObject(source) && source['readOnly'] === true);
  return {
    name: nameFrom(textAt(volume, '/name'), 'mount', taken),
    claim,
    ...(path === undefined ? {} : { path }),
    at,
    ...(isReadOnly ? {} : { readOnly: false }),
  };
}
