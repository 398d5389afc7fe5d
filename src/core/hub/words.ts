import { segmentsOf } from '../json.ts';
import { durationLike } from '../model/quantities.ts';
import { takeoverText } from '../model/takeover.ts';
import { duration } from '../time.ts';
import { JUPYTERHUB, OWN_VALUES } from './charts.ts';
import { gigabytes } from '../data/words.ts';
import type { FieldChange } from '../plan/types.ts';
import type { DataHeld, Effect, FieldReason, Reason } from './step.ts';
import { SCRATCH } from './values/servers.ts';

const CHARTS = new RegExp(`^/(?:${JUPYTERHUB}|${OWN_VALUES})/`, 'u');

/** A digest or tag as people tell two of them apart. */
export function shortReference(reference: string | undefined): string {
  if (reference === undefined) return 'none';
  const digest = /@sha256:([0-9a-f]{7})/u.exec(reference)?.[1];
  return digest ?? reference.slice(reference.lastIndexOf(':') + 1);
}

function shortValue(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' && value !== '' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

function arrow(from: string, to: string): string {
  if (from === 'none') return `+ ${to}`;
  return to === 'none' ? `− ${from}` : `${from} → ${to}`;
}

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'new':
      return 'new';
    case 'adopts':
      return 'taken over';
    case 'cluster':
      return `cluster ${reason.from} → ${reason.to}`;
    case 'chart':
      return chartText(reason);
    case 'image':
      return `image ${reason.name} ${arrow(shortReference(reason.from), shortReference(reason.to))}`;
    case 'secret':
      return `secret ${reason.name} ${reason.change}`;
    case 'encrypted':
      return 'secrets written anew';
    case 'field':
      return fieldText(reason);
    case 'value':
      return valueText(reason);
  }
}

/** In the words of the file, as far as they are known. */
function fieldText({ file, field, before, to, follows }: FieldReason): string {
  const name = `${file === undefined ? '' : `${file}: `}${fieldName(field)}`;
  const [first] = follows;
  if (before) return `${name} ${arrow(shortValue(before.value), shortValue(to))}`;
  if (file === undefined && first && follows.length === 1) return `${name}: ${valueText(first)}`;
  return to === undefined ? `${name} is gone` : `${name}: now ${shortValue(to)}`;
}

/** What only follows from a reason. */
export function followsText(reason: Reason): string[] {
  const follows = 'follows' in reason ? (reason.follows ?? []) : [];
  const shown = reasonText(reason);
  return follows.map(valueText).filter((text) => !shown.endsWith(text));
}

function valueText({ path, from, to }: FieldChange): string {
  return `${fieldName(path)} ${arrow(shortValue(from), shortValue(to))}`;
}

function chartText({ name, from, to }: Extract<Reason, { kind: 'chart' }>): string {
  return from === to
    ? `chart ${name}: its content`
    : `chart ${name} ${arrow(shortValue(from), shortValue(to))}`;
}

/** A pointer into values as people write it: without the chart, and with dots. */
function fieldName(path: string): string {
  return segmentsOf(path.replace(CHARTS, '/')).join('.');
}

type GraveKind = (typeof GRAVE)[number];
type Grave = Extract<Effect, { kind: GraveKind }>;

/** Kinds about homes, data and place. */
const GRAVE = [
  'moved',
  'address-of',
  'data-loss',
  'volume-left',
  'homes-anew',
  'database',
  'owner',
  'home-path',
  'home-class',
  'home-shrunk',
  'home-size',
  'scratch-shrunk',
  'workdir',
] as const;

function isGrave(effect: Effect): effect is Grave {
  return GRAVE.some((kind) => kind === effect.kind);
}

/** What a user would be told. */
export function effectText(effect: Effect): string {
  return isGrave(effect) ? graveText(effect) : usualText(effect);
}

function graveText(effect: Grave): string {
  switch (effect.kind) {
    case 'moved':
      return movedText(effect);
    case 'address-of':
      return addressOfText(effect);
    case 'data-loss':
      return `${effect.what} is deleted`;
    case 'volume-left':
      return `${effect.what} is used no longer; it stays with all that is in it`;
    case 'homes-anew':
      return 'people get other homes, empty where nobody has filled them, because homes are found in another way; the old volumes stay';
    case 'database':
      return (
        `the hub begins with another database (${effect.from} → ${effect.to}), empty unless somebody filled it: ` +
        'users, tokens and running servers are not known to it; homes stay'
      );
    case 'owner':
      return (
        `servers run as ${effect.to} instead of ${effect.from}, and files in existing homes stay with their owner: ` +
        'people may be unable to write or to start until the owner of their files is changed'
      );
    case 'home-path':
      return (
        `homes are at ${effect.to} instead of ${effect.from}: environments, kernels and notebooks ` +
        'that name the old path break; files stay'
      );
    case 'home-class':
      return `homes made from now on are of class ${effect.to} instead of ${effect.from}; existing ones stay`;
    case 'home-shrunk':
      return `homes made from now on are smaller: ${effect.from} → ${effect.to}; existing ones stay as large as they are`;
    case 'home-size':
      return `homes made from now on: ${effect.from} → ${effect.to}; existing ones stay`;
    case 'scratch-shrunk':
      return scratchText(effect);
    case 'workdir':
      return workdirText(effect);
  }
}

function movedText({ from, to, url }: Extract<Effect, { kind: 'moved' }>): string {
  const both =
    url === undefined
      ? ''
      : `; both answer at ${url} until the old one is gone, and DNS says where people land`;
  return (
    `a new hub on ${to} with empty homes and an empty database; the one on ${from} ` +
    'runs on with everybody’s homes, and nothing brings them over: a hub moves by a file of another name, ' +
    `copied homes, and an entry in \`removals:\` for the old one${both}`
  );
}

function scratchText({ from, to }: Extract<Effect, { kind: 'scratch-shrunk' }>): string {
  return to === undefined
    ? `new servers have no /scratch any more, which had ${from}; running ones keep it until they stop`
    : `/scratch of new servers is smaller: ${from} → ${to}; who fills more is put out, and running ones stay`;
}

function workdirText({ from, to }: Extract<Effect, { kind: 'workdir' }>): string {
  const instead = from === undefined ? '' : ` instead of ${from}`;
  return to.startsWith(`${SCRATCH}/`)
    ? `OGGM works in ${to}${instead}: results that nobody copies into a home are lost when a server stops`
    : `OGGM works in ${to}${instead}: results stay when a server stops`;
}

function addressOfText({ url, name, stays }: Extract<Effect, { kind: 'address-of' }>): string {
  const homes = 'people who come here find other homes than before';
  return stays
    ? `${url} is the address of the hub ${name} until now: ${homes}`
    : `${url} is the address of the hub ${name}, which no file names: ${homes}, and that hub with its homes ` +
        'runs on at the same address until it is removed; renaming a file renames no hub';
}

function usualText(effect: Exclude<Effect, Grave>): string {
  switch (effect.kind) {
    case 'address':
      return `the address changes from ${effect.from} to ${effect.to}; links and the OAuth application must follow`;
    case 'hub-restart':
      return `hub restarts once, about ${effect.seconds} s without login; servers stay`;
    case 'supplied':
      return `supplied secrets: where a value is another, hub restarts once, about ${effect.seconds} s without login; servers stay`;
    case 'proxy-restart':
      return 'proxy restarts, connections drop for some seconds; servers stay';
    case 'size':
      return sizeText(effect);
    case 'size-nodes':
      return `new servers of ${sizesText(effect.names)} start on other machines; running ones stay`;
    case 'image':
      return imageText(effect);
    case 'image-offer':
      return offerText(effect);
    case 'idle':
      return idleText(effect);
    case 'data-set':
      return dataSetText(effect);
    case 'new-hub':
      return `a new hub at ${effect.url}`;
    case 'adopts':
      return (
        `${takeoverText(effect)}, for ${effect.url}: ` +
        'its homes, database, logins and running servers stay; hub and proxy restart once, ' +
        'logins wait and connections drop for some seconds; ' +
        'what this chart does not have goes, and the deployment names it'
      );
    case 'none':
      return 'nothing';
  }
}

/** In the unit of the file: where it says 24h, people look for hours. */
function idleText({ from, to, like }: Extract<Effect, { kind: 'idle' }>): string {
  const said = (total: string): string =>
    /^\d+[smhd]$/u.test(like)
      ? durationLike(Number(total), like)
          .replace(/(?=[a-z])/u, ' ')
          .replace(/ m$/u, ' min')
      : duration(Number(total));
  return `idle servers stop after ${said(to)} instead of ${said(from)}`;
}

function sizeText({ name, from, to }: Extract<Effect, { kind: 'size' }>): string {
  if (to === undefined) return `size "${name}" is gone for new servers`;
  return from === undefined
    ? `new size "${name}": ${to}`
    : `size "${name}" ${from} → ${to} for new servers`;
}

function offerText({ name, sizes, ...effect }: Extract<Effect, { kind: 'image-offer' }>): string {
  const who = effect.for.includes('all') ? 'everybody' : effect.for.join(', ');
  const which = sizes === undefined ? 'any size' : sizesText(sizes);
  return `new servers with image ${name} are for ${who}, with ${which}; running ones stay`;
}

function sizesText(names: readonly string[]): string {
  const all = names.map((name) => `"${name}"`).join(', ');
  return names.length === 1 ? `size ${all}` : `sizes ${all}`;
}

function dataSetText({ name, from, to, room }: Extract<Effect, { kind: 'data-set' }>): string {
  const text = ({ files, bytes }: DataHeld): string =>
    `${files === 1 ? '1 file' : `${files} files`}, ${gigabytes(bytes)}`;
  const of = room === '' ? '' : ` of the volume’s ${room}`;
  if (to === undefined) return `data set ${name} is gone for new servers; open ones keep it`;
  return from === undefined
    ? `new data set ${name}: ${text(to)}${of}, filled in the background`
    : `data set ${name}: ${text(from)} → ${text(to)}${of}, filled in the background; open servers keep what they see`;
}

function imageText({ name, from, to }: Extract<Effect, { kind: 'image' }>): string {
  if (to === undefined) return `image ${name} is gone for new servers`;
  return from === undefined
    ? `new image ${name}`
    : `new servers get the new ${name}; running ones stay`;
}

/** How much each can hurt. */
export const RISK: Readonly<Record<Effect['kind'], number>> = {
  moved: 11,
  'address-of': 10,
  'homes-anew': 10,
  'data-loss': 9,
  database: 9,
  owner: 9,
  'home-path': 8,
  address: 8,
  'volume-left': 7,
  'proxy-restart': 6,
  'hub-restart': 5,
  supplied: 5,
  size: 4,
  'size-nodes': 3,
  'image-offer': 3,
  'home-class': 4,
  'home-shrunk': 4,
  'home-size': 3,
  'scratch-shrunk': 4,
  workdir: 4,
  idle: 3,
  image: 2,
  'data-set': 2,
  'new-hub': 1,
  adopts: 8,
  none: 0,
};
