import { duration } from '../time.ts';
import { JUPYTERHUB, OWN_VALUES } from './charts.ts';
import type { Effect, Reason } from './step.ts';

const CHARTS = new RegExp(`^/(?:${JUPYTERHUB}|${OWN_VALUES})/`, 'u');

/** A digest or tag as people tell two of them apart. */
export function shortReference(reference: string | undefined): string {
  if (reference === undefined) return 'none';
  const digest = /@sha256:([0-9a-f]{7})/u.exec(reference)?.[1];
  return digest ?? reference.slice(reference.lastIndexOf(':') + 1);
}

function shortValue(value: unknown): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
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
    case 'chart':
      return chartText(reason);
    case 'image':
      return `image ${reason.name} ${arrow(shortReference(reason.from), shortReference(reason.to))}`;
    case 'secret':
      return `secret ${reason.name} ${reason.change}`;
    case 'value':
      return `${fieldName(reason.path)} ${arrow(shortValue(reason.from), shortValue(reason.to))}`;
  }
}

function chartText({ name, from, to }: Extract<Reason, { kind: 'chart' }>): string {
  return from === to
    ? `chart ${name}: its content`
    : `chart ${name} ${arrow(shortValue(from), shortValue(to))}`;
}

/** A pointer into values as people write it: without the chart, and with dots. */
function fieldName(path: string): string {
  return path.replace(CHARTS, '').replaceAll('/', '.');
}

/** What a user would be told. */
export function effectText(effect: Effect): string {
  switch (effect.kind) {
    case 'data-loss':
      return `${effect.what} is deleted`;
    case 'address':
      return `the address changes from ${effect.from} to ${effect.to}; links and the OAuth application must follow`;
    case 'hub-restart':
      return `hub restarts once, about ${effect.seconds} s without login; servers stay`;
    case 'proxy-restart':
      return 'proxy restarts, connections drop for some seconds; servers stay';
    case 'size':
      return sizeText(effect);
    case 'image':
      return imageText(effect);
    case 'home-size':
      return `homes made from now on: ${effect.from} → ${effect.to}; existing ones stay`;
    case 'idle':
      return `idle servers stop after ${duration(Number(effect.to))} instead of ${duration(Number(effect.from))}`;
    case 'new-hub':
      return `a new hub at ${effect.url}`;
    case 'none':
      return 'nothing';
  }
}

function sizeText({ name, from, to }: Extract<Effect, { kind: 'size' }>): string {
  if (to === undefined) return `size "${name}" is gone for new servers`;
  return from === undefined
    ? `new size "${name}": ${to}`
    : `size "${name}" ${from} → ${to} for new servers`;
}

function imageText({ name, from, to }: Extract<Effect, { kind: 'image' }>): string {
  if (to === undefined) return `image ${name} is gone for new servers`;
  return from === undefined
    ? `new image ${name}`
    : `new servers get the new ${name}; running ones stay`;
}

/** How much each can hurt. */
export const RISK: Readonly<Record<Effect['kind'], number>> = {
  'data-loss': 9,
  address: 8,
  'proxy-restart': 6,
  'hub-restart': 5,
  size: 4,
  'home-size': 3,
  idle: 3,
  image: 2,
  'new-hub': 1,
  none: 0,
};
