import { at, canonical, isObject, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { HUB_RESTART_SECONDS } from '../model/limits.ts';
import type { Diff } from '../plan/types.ts';
import { unitId } from '../unit.ts';
import type { Release, WantedRelease, Written } from '../unit.ts';
import { takeoverOf } from './adoption.ts';
import { restartsDeployment } from './changes.ts';
import { dataSetEffects } from './data-effects.ts';
import { JUPYTERHUB, OWN_VALUES, chartValue } from './charts.ts';
import {
  addressOf,
  dataEffects,
  newHomeEffects,
  placeEffects,
  volumeEffects,
  workdirEffects,
} from './grave.ts';
import { changedImages, hasOtherSecrets, pairs, reasonsOf } from './reasons.ts';
import type { Effect, HubChange, HubStep, Reason } from './step.ts';
import { sizeNodes } from './values/server-nodes.ts';

/** What changes in a hub, why, and what people notice. Pure: everything it needs comes in. */
export function explainHub(change: HubChange, diff: Diff | undefined): HubStep {
  const { from, to, moved } = change;
  if (!diff) throw new Error(`${unitId(to.unit)} was decided and not rendered`);
  if (!from) {
    const url = scalarText(chartValue(to.release, OWN_VALUES, '/hub/url'));
    const begins = beginningOf(to, url);
    const effects: Effect[] = [
      ...placeEffects(change),
      ...workdirEffects(undefined, to.release),
      begins,
      ...dataSetEffects(undefined, to.release),
    ];
    const why: Reason = moved
      ? { kind: 'cluster', from: moved.unit.cluster, to: to.unit.cluster }
      : { kind: begins.kind === 'adopts' ? 'adopts' : 'new' };
    return { ...change, diff, effects, why: [why] };
  }
  const all = [...placeEffects(change), ...effectsOf(from.release, to.release, diff, to.written)];
  const felt = all.filter(({ kind }) => kind !== 'none');
  return {
    ...change,
    diff,
    effects: felt.length > 0 ? felt : all,
    why: reasonsOf(from.release, to.release, to.written),
  };
}

/** A hub begins new, or as what others have made. */
function beginningOf(to: WantedRelease, url: string): Effect {
  const takeover = takeoverOf(to);
  return takeover ? { kind: 'adopts', ...takeover, url } : { kind: 'new-hub', url };
}

/** From the worst for users to what only new servers see. */
export function effectsOf(from: Release, to: Release, diff: Diff, written?: Written): Effect[] {
  const effects = [
    ...volumeEffects(diff),
    ...dataEffects(from, to),
    ...addressEffect(from, to),
    ...restartEffects(diff),
    ...suppliedEffects(from, to, diff),
    ...sizeEffects(from, to),
    ...machineEffects(from, to),
    ...imageEffects(from, to),
    ...settingEffects(from, to, written),
    ...dataSetEffects(from, to),
  ];
  return effects.length > 0 ? effects : [{ kind: 'none' }];
}

function addressEffect(from: Release, to: Release): Effect[] {
  const change = { from: addressOf(from), to: addressOf(to) };
  return change.from === change.to ? [] : [{ kind: 'address', ...change }];
}

function restartEffects(diff: Diff): Effect[] {
  const effects: Effect[] = [];
  if (restartsDeployment(diff, 'hub'))
    effects.push({ kind: 'hub-restart', seconds: HUB_RESTART_SECONDS });
  if (restartsDeployment(diff, 'proxy')) effects.push({ kind: 'proxy-restart' });
  return effects;
}

/** A value that is another reaches the hub by another name of the Secret, and so by a restart. */
function suppliedEffects(from: Release, to: Release, diff: Diff): Effect[] {
  return hasOtherSecrets(from, to) && !restartsDeployment(diff, 'hub')
    ? [{ kind: 'supplied', seconds: HUB_RESTART_SECONDS }]
    : [];
}

function sizeEffects(from: Release, to: Release): Effect[] {
  const changed = pairs(sizes(from), sizes(to)).filter(([, a, b]) => a?.text !== b?.text);
  return changed.map(([name, a, b]) => ({ kind: 'size', name, from: a?.text, to: b?.text }));
}

/** Of sizes that are there before and after. */
function machineEffects(from: Release, to: Release): Effect[] {
  const before = new Map(profileSizes(from).map((size) => [scalarText(size['slug']), size]));
  const moved = profileSizes(to).filter((size) => {
    const old = before.get(scalarText(size['slug']));
    return old !== undefined && machinesText(from, old) !== machinesText(to, size);
  });
  const names = moved.map(({ slug }) => scalarText(slug));
  return names.length > 0 ? [{ kind: 'size-nodes', names }] : [];
}

function machinesText(release: Release, size: JsonObject): string {
  const jupyterhub = chartValue(release, JUPYTERHUB, '');
  return canonical({ ...sizeNodes(isObject(jupyterhub) ? jupyterhub : {}, size) });
}

function imageEffects(from: Release, to: Release): Effect[] {
  const images = changedImages(from, to).map((change): Effect => ({ kind: 'image', ...change }));
  return [...images, ...offerEffects(from, to)];
}

/** Of images that are there before and after. */
function offerEffects(from: Release, to: Release): Effect[] {
  const before = new Map(profileImages(from).map((image) => [textAt(image, '/slug'), image]));
  const text = (image: JsonObject): string =>
    canonical([image['for'] ?? null, image['sizes'] ?? null]);
  return profileImages(to).flatMap((image): Effect[] => {
    const name = textAt(image, '/slug');
    const old = before.get(name);
    if (old === undefined || text(old) === text(image)) return [];
    const sizes = Array.isArray(image['sizes']) ? textsIn(image['sizes']) : undefined;
    return [{ kind: 'image-offer', name, for: textsIn(image['for']), sizes }];
  });
}

function profileImages(release: Release): JsonObject[] {
  return objectsIn(chartValue(release, OWN_VALUES, '/profiles/images'));
}

function textsIn(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : [];
}

function settingEffects(from: Release, to: Release, written?: Written): Effect[] {
  const text = (release: Release): string =>
    scalarText(chartValue(release, JUPYTERHUB, '/cull/timeout'));
  const like = scalarText(at(written?.file, '/sessions/idle'));
  const idle: Effect = { kind: 'idle', from: text(from), to: text(to), like };
  return [...newHomeEffects(from, to), ...(idle.from === idle.to ? [] : [idle])];
}

function sizes(release: Release): { name: string; text: string }[] {
  return profileSizes(release).map((size) => ({
    name: textAt(size, '/slug'),
    text: [
      `${scalarText(size['cpu'])} CPU${ofIt(size, 'cpu')}`,
      `${scalarText(size['memory'])}${ofIt(size, 'memory')}`,
      ...(isObject(size['gpu']) ? [`${scalarText(size['gpu']['count'])} GPU`] : []),
    ].join(', '),
  }));
}

function ofIt(size: JsonObject, what: string): string {
  const text = scalarText(at(size, `/guarantee/${what}`));
  return text === '' ? '' : ` (${text} guaranteed)`;
}

function profileSizes(release: Release): JsonObject[] {
  return objectsIn(chartValue(release, OWN_VALUES, '/profiles/sizes'));
}

function scalarText(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
