import type { ShownEffect, ShownReason, ShownStep } from '../plan/family.ts';
import { effectsText, summaryOf } from '../plan/words.ts';
import { plural } from './findings.ts';
import type { Group } from './groups.ts';

/** Reasons that move many hubs at once, whatever else changes in each of them. */
const WIDE = ['image', 'chart'];

/** What several groups have in common: told once, before them. */
export interface Shared {
  steps: ShownStep[];
  marker: ShownStep['marker'];
  reason: ShownReason;
  effects: string;
}

/** A group with what is its own. */
export interface Told extends Group {
  summary: string;
  effects: string;
  reasons: ShownReason[];
}

type Said = ShownReason | ShownEffect;

interface Place {
  reason: ShownReason;
  groups: Group[];
}

/** What a view says of its groups, in this order. */
export interface Telling {
  /** Groups that are riskier than each that has a part in what is shared: the worst stays the first. */
  first: Told[];
  shared: Shared[];
  told: Told[];
}

/** An image or chart that changes in several groups is told once, and each of them says what else it has. */
export function tellOnce(groups: readonly Group[]): Telling {
  const said = new Map(groups.map((group) => [group, new Set<string>()]));
  const say = (group: Group, key: string): void => void said.get(group)?.add(key);
  const shared = placesOf(groups).map(({ reason, groups: places }) => {
    const effects = commonEffects(places, reason.code).filter((effect) =>
      places.some((group) => said.get(group)?.has(keyOf(effect)) === false),
    );
    for (const group of places) for (const one of [reason, ...effects]) say(group, keyOf(one));
    return sharedOf(reason, places, effects);
  });
  const told = groups.map((group) => toldOf(group, said.get(group) ?? new Set()));
  const part = groups.find((group) => (said.get(group)?.size ?? 0) > 0);
  const isRiskier = ({ first }: Group): boolean =>
    part !== undefined && first.risk > part.first.risk;
  const before = groups.filter(isRiskier).length; // they come by risk
  return { first: told.slice(0, before), shared, told: told.slice(before) };
}

/** What moves more than one group, widest first. */
function placesOf(groups: readonly Group[]): Place[] {
  const places = new Map<string, Place>();
  for (const group of groups)
    for (const reason of group.first.reasons.filter(({ code }) => WIDE.includes(code))) {
      const key = JSON.stringify([group.first.family, keyOf(reason)]);
      const place = places.get(key);
      if (place) place.groups.push(group);
      else places.set(key, { reason, groups: [group] });
    }
  return [...places.values()]
    .filter((place) => place.groups.length > 1)
    .sort((a, b) => b.groups.length - a.groups.length);
}

function keyOf(said: Said): string {
  return JSON.stringify(['risk' in said, said.code, said.text]);
}

/** Effects of the same code that each of these groups has. */
function commonEffects([first, ...rest]: readonly Group[], code: string): ShownEffect[] {
  const own = first?.first.effects.filter((effect) => effect.code === code) ?? [];
  return own.filter((effect) =>
    rest.every((group) => group.first.effects.some((one) => keyOf(one) === keyOf(effect))),
  );
}

function sharedOf(
  reason: ShownReason,
  groups: readonly Group[],
  effects: readonly ShownEffect[],
): Shared {
  return {
    steps: groups.flatMap(({ steps }) => steps),
    marker: groups[0]?.first.marker ?? '~',
    reason,
    effects: effectsText(effects),
  };
}

function toldOf(group: Group, said: ReadonlySet<string>): Told {
  const { reasons, effects, summary } = group.first;
  const isOwn = (one: Said): boolean => !said.has(keyOf(one));
  const own = reasons.filter(isOwn);
  const felt = effects.filter(isOwn);
  return {
    ...group,
    reasons: own,
    summary: own.length === reasons.length ? summary : summaryOf(own) || ABOVE,
    effects: felt.length === effects.length ? effectsText(effects) : effectsText(felt) || ABOVE,
  };
}

/** Said by a group that has nothing of its own. */
const ABOVE = 'as above';

/** `in 3 hubs: a, b, c`, or the first of many. */
export function placesText(steps: readonly ShownStep[], most = steps.length): string {
  const titles = steps.map(({ title }) => title);
  const more = titles.length > most ? ', …' : '';
  const noun = steps[0]?.noun ?? '';
  return `in ${plural(titles.length, noun)}: ${titles.slice(0, most).join(', ')}${more}`;
}
