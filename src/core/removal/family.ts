import { digestOf } from '../digest.ts';
import type { Removal } from '../model/types.ts';
import type { Decision, Family, ShownEffect, ShownStep } from '../plan/family.ts';
import { shownUnit } from '../plan/release.ts';
import type { ReleaseFacts } from '../plan/release.ts';
import { unitId } from '../unit.ts';
import type { Unit } from '../unit.ts';
import { archivePlace, placeText } from './archive.ts';
import { claimOfOthers, disposalText } from './words.ts';
import type { Disposals } from './words.ts';

/** A hub that runs, whose file is gone, and a reviewed entry that says what becomes of its volumes. */
export interface RemovalStep extends Disposals {
  unit: Unit;
  why: string;
}

export interface RemovalFacts extends ReleaseFacts {
  removals: readonly Removal[];
}

/** What runs and no file names: a hub is removed only as its reviewed removal says, everything else is left alone. */
export const removalFamily: Family<RemovalFacts, RemovalStep, RemovalStep> = {
  name: 'removal',
  decide: decideRemovals,
  idOf: ({ unit }) => unitId(unit),
  explain: (change) => change,
  show: showRemoval,
};

function decideRemovals({ wanted, present, removals }: RemovalFacts): Decision<RemovalStep> {
  const named = new Set(wanted.map(({ unit }) => unitId(unit)));
  const decision: Decision<RemovalStep> = { changes: [], unchanged: [], orphans: [] };
  for (const { unit, release } of present) {
    if (named.has(unitId(unit))) continue;
    const removal = removalOf(unit, removals);
    if (removal) decision.changes.push(removalStep(unit, removal, claimOfOthers(release)));
    else decision.orphans.push(shownUnit(unit));
  }
  return decision;
}

function removalOf(unit: Unit, removals: readonly Removal[]): Removal | undefined {
  if (unit.kind !== 'hub') return undefined;
  return removals.find((one) => one.hub === unit.name && one.cluster === unit.cluster);
}

function removalStep(unit: Unit, removal: Removal, claim: string | undefined): RemovalStep {
  const place = archivePlace(removal);
  const { homes, database, reason } = removal;
  return { unit, homes, database, archive: place && placeText(place), claim, why: reason };
}

function showRemoval(step: RemovalStep): ShownStep {
  const { unit, homes, database, why } = step;
  const { id, title, noun, json } = shownUnit(unit);
  const effect: ShownEffect = {
    code: 'hub-gone',
    text: `the hub is gone; ${disposalText(step)}`,
    risk: homes === 'delete' ? 11 : 10,
  };
  return {
    family: 'removal',
    marker: '−',
    id,
    title,
    noun,
    hubs: [unit.name],
    wave: '',
    order: 9,
    risk: effect.risk,
    reasons: [{ code: 'removal', text: why }],
    summary: `removed: ${why}`,
    effects: [effect],
    touched: [],
    diff: undefined,
    detail: 'names',
    shape: digestOf([id]),
    identity: ['remove', id, homes, database],
    reviewed: undefined,
    json: {
      kind: 'remove',
      unit: json,
      wave: null,
      from: null,
      to: null,
      restartsHub: false,
      why: [why],
      effects: [effect.text],
      diff: { added: [], removed: [], changed: [] },
    },
  };
}
