import { instantText } from '../time.ts';
import type { ImageLockFile } from '../model/types.ts';
import { isGood } from './yank.ts';
import type { LockContent } from './yank.ts';
import { greatest } from '../lists.ts';

/** A hub of a candidate wave that offers the image. */
export interface Trial {
  hub: string;
  /** Since when it runs the candidate, in milliseconds since 1970; undefined where it does not. */
  since: number | undefined;
}

export interface PromotionFacts {
  now: number;
  /** The platform's registry. */
  registry: string;
  trials: readonly Trial[];
  /** How long each of them must have run it, in seconds. */
  soak: number;
  /** What speaks against it, such as an open issue: a sentence each. */
  troubles: readonly string[];
  /** A person asked for this very image. */
  named: boolean;
}

/** Why a build is not promoted yet. */
export type Waiting =
  /** No hub of a candidate wave offers the image: only a person can say that it is good. */
  | { kind: 'nobody-tries' }
  | { kind: 'not-running'; hubs: string[] }
  | { kind: 'soaks'; until: number }
  | { kind: 'troubles'; troubles: readonly string[] };

/** Why there is nothing to promote. */
export type NothingNew =
  | { kind: 'no-candidate' }
  | { kind: 'is-stable'; build: string }
  /** A build that stable has left does not come back by itself: a person names its image. */
  | { kind: 'was-stable'; build: string }
  | { kind: 'not-good'; build: string };

export type PromotionDecision =
  | { kind: 'promoted'; build: string; digest: string; lock: LockContent }
  | { kind: 'waiting'; build: string; digest: string; reason: Waiting }
  | { kind: 'unchanged'; reason: NothingNew };

/** Whether stable gets what candidate names. */
export function decidePromotion(lock: ImageLockFile, facts: PromotionFacts): PromotionDecision {
  const { recipe, builds, channels } = lock;
  const { candidate, stable } = channels;
  const build = candidate === undefined ? undefined : builds[candidate];
  if (candidate === undefined || build === undefined)
    return { kind: 'unchanged', reason: { kind: 'no-candidate' } };
  if (candidate === stable)
    return { kind: 'unchanged', reason: { kind: 'is-stable', build: candidate } };
  if (build.promoted !== undefined && !facts.named)
    return { kind: 'unchanged', reason: { kind: 'was-stable', build: candidate } };
  if (!isGood(build, facts.registry))
    return { kind: 'unchanged', reason: { kind: 'not-good', build: candidate } };
  const { digest } = build;
  const reason = whyWaiting(facts);
  if (reason) return { kind: 'waiting', build: candidate, digest, reason };
  const promoted = { ...build, promoted: instantText(facts.now) };
  const next = {
    recipe,
    builds: { ...builds, [candidate]: promoted },
    channels: { candidate, stable: candidate },
  };
  return { kind: 'promoted', build: candidate, digest, lock: next };
}

function whyWaiting({ now, trials, soak, troubles, named }: PromotionFacts): Waiting | undefined {
  if (trials.length === 0 && !named) return { kind: 'nobody-tries' };
  const hubs = trials.filter(({ since }) => since === undefined).map(({ hub }) => hub);
  if (hubs.length > 0) return { kind: 'not-running', hubs };
  const until = greatest(trials.map(({ since = now }) => since + soak * 1000));
  if (until > now) return { kind: 'soaks', until };
  return troubles.length > 0 ? { kind: 'troubles', troubles } : undefined;
}

/** In words, for people and JSON. */
export function promotionText(reason: Waiting | NothingNew): string {
  switch (reason.kind) {
    case 'nobody-tries':
      return 'no hub of a candidate wave offers it: a person promotes it, by its name';
    case 'not-running':
      return `not running yet on ${reason.hubs.join(', ')}`;
    case 'soaks':
      return `it soaks until ${instantText(reason.until)}`;
    case 'troubles':
      return reason.troubles.join(', ');
    case 'no-candidate':
      return 'there is no candidate';
    case 'is-stable':
      return `stable is ${reason.build}`;
    case 'was-stable':
      return `stable has left ${reason.build} before: a person promotes it again, by its image’s name`;
    case 'not-good':
      return `${reason.build} is not tested, withdrawn, or in another registry`;
  }
}
