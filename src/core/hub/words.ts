import { duration } from '../time.ts';
import { unitId } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { unitOf } from './step.ts';
import type { Disposal, Effect, Reason, ReleaseStep } from './step.ts';

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

const arrow = (from: string, to: string): string =>
  from === 'none' ? `+ ${to}` : to === 'none' ? `− ${from}` : `${from} → ${to}`;

export function reasonText(reason: Reason): string {
  switch (reason.kind) {
    case 'new':
      return 'new';
    case 'chart':
      return reason.from === reason.to
        ? `chart ${reason.name}: its content`
        : `chart ${reason.name} ${arrow(shortValue(reason.from), shortValue(reason.to))}`;
    case 'image':
      return `image ${reason.name} ${arrow(shortReference(reason.from), shortReference(reason.to))}`;
    case 'secret':
      return `secret ${reason.name} ${reason.change}`;
    case 'value':
      return `${reason.path.replace(/^\/(?:jupyterhub|glaciocloud)\//u, '').replaceAll('/', '.')} ${arrow(shortValue(reason.from), shortValue(reason.to))}`;
  }
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
      return effect.to === undefined
        ? `size "${effect.name}" is gone for new servers`
        : effect.from === undefined
          ? `new size "${effect.name}": ${effect.to}`
          : `size "${effect.name}" ${effect.from} → ${effect.to} for new servers`;
    case 'image':
      return effect.to === undefined
        ? `image ${effect.name} is gone for new servers`
        : effect.from === undefined
          ? `new image ${effect.name}`
          : `new servers get the new ${effect.name}; running ones stay`;
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

const RISK: Readonly<Record<Effect['kind'], number>> = {
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

/** How much a step can hurt: what is shown first. */
function risk(step: ReleaseStep): number {
  if (step.kind === 'remove') return step.homes === 'delete' ? 11 : 10;
  return Math.max(0, ...step.effects.map(({ kind }) => RISK[kind]));
}

/** What becomes of the volumes of a hub that is removed. */
export function disposalText({
  homes,
  database,
  archive,
}: {
  homes: Disposal;
  database: Disposal;
  archive: string | undefined;
}): string {
  const text = (how: Disposal): string =>
    ({
      keep: 'kept',
      delete: 'deleted',
      archive: `archived to ${archive ?? ''}, then deleted here`,
    })[how];
  return homes === database
    ? `homes and database: ${text(homes)}`
    : `homes: ${text(homes)}; database: ${text(database)}`;
}

export function effectsText(step: ReleaseStep): string {
  if (step.kind === 'remove') return `the hub is gone; ${disposalText(step)}`;
  return [...step.effects]
    .sort((a, b) => RISK[b.kind] - RISK[a.kind])
    .map(effectText)
    .join('; ');
}

/** The first reasons in words, and how many more there are. */
export function reasonsText(step: ReleaseStep, most = 4): string {
  if (step.kind === 'remove') return `removed: ${step.why}`;
  const texts = step.why.map(reasonText);
  const shown = texts.slice(0, most).join(' · ');
  return texts.length > most ? `${shown} · and ${texts.length - most} more` : shown;
}

export function unitTitle(unit: Unit): string {
  return unit.kind === 'cluster' ? `cluster ${unit.name}` : unit.name;
}

export function marker(step: ReleaseStep): string {
  return step.kind === 'install' ? '+' : step.kind === 'remove' ? '−' : '~';
}

/** Worst first, then by wave and name: a fixed order. */
export function byRisk(steps: readonly ReleaseStep[]): ReleaseStep[] {
  const order = (step: ReleaseStep): number => (step.kind === 'remove' ? 9 : step.to.order);
  return [...steps].sort(
    (a, b) =>
      risk(b) - risk(a) || order(a) - order(b) || (unitId(unitOf(a)) < unitId(unitOf(b)) ? -1 : 1),
  );
}
