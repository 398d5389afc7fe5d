import { digestOf } from '../digest.ts';
import type { Decision, Family, ShownEffect, ShownStep } from '../plan/family.ts';
import { shownUnit } from '../plan/release.ts';
import { unitId } from '../unit.ts';
import type { Unit, WantedRelease } from '../unit.ts';
import type { UnreadableRecord } from './read.ts';

export interface RecordFacts {
  wanted: readonly WantedRelease[];
  unreadable: readonly UnreadableRecord[];
}

/** A unit that nothing can be said about. */
export interface BlockedStep {
  unit: Unit;
  wave: string;
  order: number;
  why: string;
}

/** Units whose record cannot be read: a plan says so, and goes on with the others. */
export const recordFamily: Family<RecordFacts, BlockedStep, BlockedStep> = {
  name: 'record',
  decide: decideBlocked,
  idOf: ({ unit }) => unitId(unit),
  explain: (change) => change,
  show: showBlocked,
};

function decideBlocked({ wanted, unreadable }: RecordFacts): Decision<BlockedStep> {
  const changes = unreadable.map(({ unit, why }): BlockedStep => {
    const to = wanted.find((one) => unitId(one.unit) === unitId(unit));
    return { unit: to?.unit ?? unit, wave: to?.wave ?? '', order: to?.order ?? 0, why };
  });
  return { changes, unchanged: [], orphans: [] };
}

function showBlocked({ unit, wave, order, why }: BlockedStep): ShownStep {
  const { id, title, noun, json } = shownUnit(unit);
  const effect: ShownEffect = {
    code: 'unknown',
    text: `nobody can say, because ${why}`,
    risk: 11,
  };
  return {
    family: 'record',
    marker: '~',
    id,
    title,
    noun,
    hubs: unit.kind === 'hub' ? [unit.name] : [],
    wave,
    order,
    risk: effect.risk,
    reasons: [{ code: 'unreadable', text: 'what runs is not known' }],
    summary: 'what runs is not known',
    effects: [effect],
    touched: [],
    diff: undefined,
    detail: 'names',
    shape: digestOf([id]),
    identity: ['blocked', id, why],
    reviewed: undefined,
    json: {
      kind: 'blocked',
      unit: json,
      wave: wave === '' ? null : wave,
      from: null,
      to: null,
      restartsHub: false,
      why: ['what runs is not known'],
      effects: [effect.text],
      diff: { added: [], removed: [], changed: [] },
    },
  };
}
