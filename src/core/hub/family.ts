import { digestOf } from '../digest.ts';
import type { Json } from '../json.ts';
import type { Family, ShownEffect, ShownReason, ShownStep } from '../plan/family.ts';
import { diffJson, releaseIdentity, releaseJson, shownUnit } from '../plan/release.ts';
import type { ReleaseFacts } from '../plan/release.ts';
import { effectsText, riskOf, summaryOf } from '../plan/words.ts';
import { unitId } from '../unit.ts';
import { explainHub } from './explain.ts';
import { decideHubs } from './grave.ts';
import type { Effect, HubChange, HubStep, Reason } from './step.ts';
import { RISK, effectText, followsText, reasonText } from './words.ts';

/** Hubs as Helm releases, wave by wave. */
export const hubFamily: Family<ReleaseFacts, HubChange, HubStep> = {
  name: 'hub',
  decide: decideHubs,
  idOf: ({ to }) => unitId(to.unit),
  explain: explainHub,
  show: showHub,
};

function showHub(step: HubStep): ShownStep {
  const { from, to, diff } = step;
  const reasons = step.why.map(shownReason);
  const effects = step.effects.map(shownEffect);
  const { id, title, noun } = shownUnit(to.unit);
  const isTakeover = step.effects.some(({ kind }) => kind === 'adopts');
  return {
    family: 'hub',
    marker: markerOf(from, isTakeover),
    id,
    title,
    noun,
    hubs: [to.unit.name],
    wave: to.wave,
    order: to.order,
    risk: riskOf(effects),
    reasons,
    summary: summaryOf(reasons),
    effects,
    touched: step.effects.flatMap((effect) =>
      effect.kind === 'image' ? [{ noun: 'image', name: effect.name }] : [],
    ),
    diff,
    detail: from ? 'changes' : 'names',
    shape: digestOf(shapeOf(step, reasons, effects)),
    identity: releaseIdentity(step),
    reviewed: { name: to.unit.name, digest: to.digest },
    json: {
      ...releaseJson(step),
      ...(isTakeover && { kind: 'takeover' }),
      restartsHub: isTakeover || step.effects.some(({ kind }) => kind === 'hub-restart'),
      why: reasons.map(({ text }) => text),
      effects: effects.map(({ text }) => text),
      diff: diffJson(diff),
    },
  };
}

function markerOf(from: HubStep['from'], isTakeover: boolean): ShownStep['marker'] {
  if (from) return '~';
  return isTakeover ? '→' : '+';
}

/** Upgrades in one wave that change the same for the same reasons are one change; an installation is its own. */
function shapeOf(
  { from, to, diff }: HubStep,
  reasons: readonly ShownReason[],
  effects: readonly ShownEffect[],
): Json {
  if (!from) return [unitId(to.unit)];
  const said = reasons.map(({ text, follows = [] }) => [text, ...follows]);
  return [to.wave, diff.shape, said, effectsText(effects)];
}

function shownReason(reason: Reason): ShownReason {
  const follows = followsText(reason);
  return {
    code: reason.kind,
    text: reasonText(reason),
    ...(follows.length > 0 && { follows }),
  };
}

function shownEffect(effect: Effect): ShownEffect {
  return { code: effect.kind, text: effectText(effect), risk: RISK[effect.kind] };
}
