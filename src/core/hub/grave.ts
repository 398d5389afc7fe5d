import { canonical, objectsIn, textAt } from '../json.ts';
import type { Json } from '../json.ts';
import { plainAddress } from '../model/address.ts';
import { quantityBytes } from '../model/quantities.ts';
import { decideReleases } from '../plan/release.ts';
import type { ReleaseChange, ReleaseFacts } from '../plan/release.ts';
import type { Decision } from '../plan/family.ts';
import type { Diff, ObjectRef } from '../plan/types.ts';
import { unitId } from '../unit.ts';
import type { PresentRelease, Release } from '../unit.ts';
import { JUPYTERHUB, OWN_VALUES, chartValue } from './charts.ts';
import type { Effect, HubChange } from './step.ts';
import { SCRATCH } from './values/servers.ts';

/* What can cost people their homes, their hub or their way to it. */

/** By digest alone; and what other hubs have to do with it. */
export function decideHubs(facts: ReleaseFacts): Decision<HubChange> {
  const decision = decideReleases('hub', facts);
  return { ...decision, changes: decision.changes.map((change) => besideOthers(change, facts)) };
}

/** On another cluster a hub begins anew: nothing of the old one goes there. */
function besideOthers({ from, to }: ReleaseChange, facts: ReleaseFacts): HubChange {
  const moved = from !== undefined && from.unit.cluster !== to.unit.cluster ? from : undefined;
  const change = { from: moved ? undefined : from, to };
  return { ...change, moved, before: hubBefore(to.release, facts) };
}

/** The hub that has this address until now, where it is another one. */
function hubBefore(to: Release, { wanted, present }: ReleaseFacts): HubChange['before'] {
  const url = addressOf(to);
  const other = present.find(
    ({ unit, release }) =>
      unit.kind === 'hub' && unit.name !== to.unit.name && addressOf(release) === url,
  );
  if (url === '' || other === undefined) return undefined;
  const stays = wanted.some(({ unit }) => unitId(unit) === unitId(other.unit));
  return { name: other.unit.name, stays };
}

export function addressOf(release: Release): string {
  return plainAddress(textOf(chartValue(release, OWN_VALUES, '/hub/url')));
}

/** What a hub leaves behind elsewhere. */
export function placeEffects(change: HubChange): Effect[] {
  const { moved, before, to } = change;
  return [
    ...(moved ? [movedEffect(moved, to)] : []),
    ...(before ? [{ kind: 'address-of' as const, url: addressOf(to.release), ...before }] : []),
  ];
}

function movedEffect(from: PresentRelease, { unit, release }: HubChange['to']): Effect {
  const url = addressOf(release);
  const same = url !== '' && url === addressOf(from.release);
  return {
    kind: 'moved',
    from: from.unit.cluster,
    to: unit.cluster,
    url: same ? url : undefined,
  };
}

/** A claim that the release names no longer is deleted, unless it says that it is to be kept. */
export function volumeEffects(diff: Diff): Effect[] {
  const gone = diff.removed.filter(({ kind }) => kind === 'PersistentVolumeClaim');
  return gone.map((ref) => {
    const what = `volume claim ${ref.name}`;
    return { kind: isKept(diff, ref) ? 'volume-left' : 'data-loss', what };
  });
}

function isKept(diff: Diff, ref: ObjectRef): boolean {
  const change = diff.changed.find(({ kind, object }) => kind === 'removed' && object === ref);
  const metadata = change?.fields.find(({ path }) => path === '/metadata')?.from;
  return textAt(metadata, '/annotations/helm.sh~1resource-policy') === 'keep';
}

/** Of homes and database, from the worst on. */
export function dataEffects(from: Release, to: Release): Effect[] {
  const read = (release: Release) => (path: string) => chartValue(release, JUPYTERHUB, path);
  const [old, fresh] = [read(from), read(to)];
  const effects: Effect[] = [];
  if (differs(old, fresh, HOME_IDENTITY)) effects.push({ kind: 'homes-anew' });
  if (differs(old, fresh, DATABASE_IDENTITY))
    effects.push({ kind: 'database', from: textOf(old(TYPE)), to: textOf(fresh(TYPE)) });
  if (differs(old, fresh, OWNER))
    effects.push({ kind: 'owner', from: ownerText(old), to: ownerText(fresh) });
  if (differs(old, fresh, [MOUNT]))
    effects.push({ kind: 'home-path', from: textOf(old(MOUNT)), to: textOf(fresh(MOUNT)) });
  return effects;
}

/** Of homes that are made from now on. */
export function newHomeEffects(from: Release, to: Release): Effect[] {
  const text = (release: Release, path: string): string =>
    textOf(chartValue(release, JUPYTERHUB, path));
  const pair = (path: string): { from: string; to: string } | undefined =>
    text(from, path) === text(to, path) || text(from, path) === '' || text(to, path) === ''
      ? undefined
      : { from: text(from, path), to: text(to, path) };
  const storage = pair('/singleuser/storage/dynamic/storageClass');
  const size = pair('/singleuser/storage/capacity');
  return [
    ...(storage ? [{ kind: 'home-class' as const, ...storage }] : []),
    ...(size ? [{ kind: shrinks(size) ? 'home-shrunk' : 'home-size', ...size } as const] : []),
    ...scratchEffects(from, to),
    ...workdirEffects(from, to),
  ];
}

/** More room is no matter to anybody. */
function scratchEffects(from: Release, to: Release): Effect[] {
  const [old, fresh] = [scratchOf(from), scratchOf(to)];
  if (old === undefined || (fresh !== undefined && !shrinks({ from: old, to: fresh }))) return [];
  return [{ kind: 'scratch-shrunk', from: old, to: fresh }];
}

function scratchOf(release: Release): string | undefined {
  const volumes = objectsIn(chartValue(release, JUPYTERHUB, `${STORAGE}/extraVolumes`));
  const scratch = volumes.find(({ name }) => name === 'scratch');
  return textAt(scratch, '/emptyDir/sizeLimit') || undefined;
}

/** Results that are lost with a server, or no longer. */
export function workdirEffects(from: Release | undefined, to: Release): Effect[] {
  const [old, fresh] = [from && workdirOf(from), workdirOf(to)];
  const gone = [old, fresh].map((folder) => folder?.startsWith(`${SCRATCH}/`) === true);
  return fresh === undefined || gone[0] === gone[1]
    ? []
    : [{ kind: 'workdir', from: old, to: fresh }];
}

/** As the hub's file says it, or else of the first image that has the model. */
function workdirOf(release: Release): string | undefined {
  const said = chartValue(release, JUPYTERHUB, '/singleuser/extraEnv/OGGM_WORKDIR');
  const images = objectsIn(chartValue(release, OWN_VALUES, '/profiles/images'));
  const folders = images.map((image) => textAt(image, '/env/OGGM_WORKDIR'));
  return textOf(said) || folders.find((folder) => folder !== '');
}

function shrinks({ from, to }: { from: string; to: string }): boolean {
  return (quantityBytes(to) ?? 0) < (quantityBytes(from) ?? 0);
}

type Values = (path: string) => Json | undefined;

const STORAGE = '/singleuser/storage';
const MOUNT = `${STORAGE}/homeMountPath`;
const TYPE = '/hub/db/type';
const OWNER = ['/singleuser/uid', '/singleuser/fsGid'];
/** Which volume is somebody's home. */
const HOME_IDENTITY = [
  `${STORAGE}/type`,
  `${STORAGE}/static`,
  `${STORAGE}/dynamic/pvcNameTemplate`,
  `${STORAGE}/dynamic/subPath`,
  `${STORAGE}/homeSubPath`,
];
/** An address of a database may hold a password: that it differs is all that is said. */
const DATABASE_IDENTITY = [TYPE, '/hub/db/url', '/hub/db/pvc/subPath'];

function differs(old: Values, fresh: Values, paths: readonly string[]): boolean {
  return paths.some((path) => canonical(old(path) ?? null) !== canonical(fresh(path) ?? null));
}

function ownerText(values: Values): string {
  return OWNER.map((path) => textOf(values(path))).join(':');
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
