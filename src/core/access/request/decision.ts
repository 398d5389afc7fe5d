import type { Day } from '../days.ts';
import type { BodyProblem } from './body.ts';
import type { Change } from './change.ts';
import type { Command } from './command.ts';
import type { RequestState } from './facts.ts';

/** Why nothing was done, or not what was asked for. */
export type RefusalCode =
  | BodyProblem
  | 'active'
  | 'capacity'
  | 'changed'
  | 'class-name'
  | 'closed'
  | 'edited-comment'
  | 'grammar'
  | 'has-access'
  | 'no-access'
  | 'no-class'
  | 'no-later'
  | 'no-pull'
  | 'not-approver'
  | 'not-merged'
  | 'not-requester'
  | 'open-request'
  | 'over'
  | 'own-request'
  | 'young-account';

export interface Refusal {
  code: RefusalCode;
  reason: string;
}

/** What is to be done on GitHub. */
export type Effect =
  | { kind: 'none' }
  /** A pull request with this one file. */
  | { kind: 'propose'; change: Change }
  /** The same, merged: `by` has approved it. `ends`: the issue is closed with it. */
  | { kind: 'merge'; change: Change; by: number; ends: boolean }
  /** What is merged is made true once more: a run was cut off. */
  | { kind: 'apply'; ends: boolean }
  /** What is open is withdrawn. `ends`: the issue is closed with it. */
  | { kind: 'withdraw'; why: string; ends: boolean };

/** What becomes of an issue or a comment. Without a state it is none of our business, and nothing is said. */
export interface Decision {
  state: RequestState | undefined;
  command: Command['name'] | undefined;
  refused: Refusal | undefined;
  effect: Effect;
  /** Last day of access: that there is, or that is asked for. */
  until: Day | undefined;
  /** Short name of the class that is asked for. */
  cohort: string | undefined;
}

export const NOTHING: Decision = {
  state: undefined,
  command: undefined,
  refused: undefined,
  effect: { kind: 'none' },
  until: undefined,
  cohort: undefined,
};

export function refusal(code: RefusalCode, reason: string): Refusal {
  return { code, reason };
}
