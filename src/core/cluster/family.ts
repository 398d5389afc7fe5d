import { digestOf } from '../digest.ts';
import type { Family, ShownEffect, ShownReason, ShownStep } from '../plan/family.ts';
import {
  decideReleases,
  diffJson,
  releaseIdentity,
  releaseJson,
  shownUnit,
} from '../plan/release.ts';
import type { ReleaseChange, ReleaseFacts } from '../plan/release.ts';
import type { Diff } from '../plan/types.ts';
import { unitId } from '../unit.ts';

/** What the hubs of a cluster share comes, or changes. */
export interface ClusterStep extends ReleaseChange {
  diff: Diff;
}

const NO_EFFECT: ShownEffect = { code: 'none', text: 'nothing', risk: 0 };

/** The objects that the hubs of a cluster share; applied before all waves. */
export const clusterFamily: Family<ReleaseFacts, ReleaseChange, ClusterStep> = {
  name: 'cluster',
  decide: (facts) => decideReleases('cluster', facts),
  idOf: ({ to }) => unitId(to.unit),
  explain: explainCluster,
  show: showCluster,
};

function explainCluster(change: ReleaseChange, diff: Diff | undefined): ClusterStep {
  if (!diff) throw new Error(`${unitId(change.to.unit)} was decided and not rendered`);
  return { ...change, diff };
}

function showCluster(step: ClusterStep): ShownStep {
  const { from, to, diff } = step;
  const { id, title, noun } = shownUnit(to.unit);
  const reason: ShownReason = from
    ? { code: 'objects', text: 'what its hubs share' }
    : { code: 'new', text: 'new' };
  return {
    family: 'cluster',
    marker: from ? '~' : '+',
    id,
    title,
    noun,
    hubs: [],
    wave: to.wave,
    order: to.order,
    risk: NO_EFFECT.risk,
    reasons: [reason],
    summary: reason.text,
    effects: [NO_EFFECT],
    touched: [],
    diff,
    detail: from ? 'changes' : 'names',
    shape: digestOf(from ? [diff.shape] : [id]),
    identity: releaseIdentity(step),
    reviewed: undefined,
    json: {
      ...releaseJson(step),
      restartsHub: false,
      why: [reason.text],
      effects: [NO_EFFECT.text],
      diff: diffJson(diff),
    },
  };
}
