/** How applying a step ended. */
export type StepOutcome = 'done' | 'failed' | 'rolled-back' | 'blocked' | 'waiting';

/** Why a step ended as it did: what programs and tests ask, while `reason` says it to people. */
export type ReasonCode =
  /** It runs what is wanted, proven healthy. */
  | 'deployed'
  /** Another run has just brought it there. */
  | 'deployed-by-another'
  | 'removed'
  | 'removed-by-another'
  /** The wave before has a hub that does not run what is wanted yet, or that failed. */
  | 'earlier-unfinished'
  | 'earlier-failed'
  | 'frozen'
  /** The wave before has to prove itself for some more time. */
  | 'soaking'
  /** A person is to approve the wave. */
  | 'needs-approval'
  /** The reviewed plan showed another change. */
  | 'not-reviewed'
  /** Files that are not merged are tried here. */
  | 'on-hold'
  | 'quarantined'
  /** A new hub waits for its input data, and they are not there. */
  | 'data-missing'
  /** What the cluster knows of the hub cannot be read. */
  | 'state-unreadable'
  | 'lease-held'
  | 'lease-lost'
  /** The change does not work. */
  | 'product'
  | 'infrastructure'
  /** The last of the rounds that infrastructure may fail. */
  | 'infrastructure-again'
  /** The change failed, and what ran before could not be brought back. */
  | 'way-back-failed'
  /** The removal's entry counts other homes than there are. */
  | 'miscounted'
  /** The archive's place does not take what is to be archived. */
  | 'archive-refused'
  /** The outside did not do what it was asked for: secrets, cluster, tools. */
  | 'refused';

/** What became of a step, of whatever family. */
export interface StepResult {
  /** Of the unit, as `unitId` gives it. */
  id: string;
  outcome: StepOutcome;
  code: ReasonCode;
  /** For people; empty where there is nothing to say. */
  reason: string;
  /** By phase. */
  seconds: Readonly<Record<string, number>>;
}

/** What decides or ends a step, before it is known how long it took. */
export type Ending = Pick<StepResult, 'outcome' | 'code' | 'reason'>;
