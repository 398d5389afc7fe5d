import type { FaultClass } from '../core/hub/causes.ts';
import type { Adopting, ReleaseState } from '../core/hub/state.ts';
import type { ClusterFile, Doc, EnvironmentFile, Platform } from '../core/model/types.ts';
import type { StepResult } from '../core/plan/result.ts';
import type { Instant, Unit, WantedRelease } from '../core/unit.ts';
import type { Ports } from '../ports.ts';
import type { Held } from './lease.ts';

/** What applying a unit works with. */
export interface ApplyWorld extends Ports {
  cluster: Doc<ClusterFile>;
  /** The assembled umbrella chart. */
  chart: string;
  /** Text of a script of our chart by name. */
  script: (name: string) => Promise<string>;
  progress: (unit: Unit, text: string) => void;
}

export interface HubTask {
  platform: Platform;
  hub: Doc<EnvironmentFile>;
  to: WantedRelease;
  state: ReleaseState | undefined;
  /** Why it is tried again or in a hurry; kept with what runs. */
  why: string;
  /** Until when nothing else is deployed here: the files are not merged yet. */
  hold: Instant | undefined;
  /** The release of others that is taken over. */
  adopting?: Adopting;
  /** Whom the hub before knew, and since when (ISO time, empty where nobody knows); undefined where there was none. */
  inherited?: readonly { name: string; since: string; claim?: string }[];
  /** Fails where another run has taken the hub's Lease. */
  held: Held;
}

export type Phase = 'preflight' | 'upgrade' | 'rollout' | 'health';
export type Seconds = Record<Phase, number>;

export const NO_SECONDS: Readonly<Seconds> = { preflight: 0, upgrade: 0, rollout: 0, health: 0 };

export interface HealthLine {
  check: string;
  image: string | null;
  ok: boolean;
  seconds: number;
  detail: string;
  class: FaultClass | null;
}

export interface UnitResult extends StepResult {
  unit: Unit;
  kind: 'install' | 'upgrade' | 'remove' | 'none';
  seconds: Readonly<Seconds>;
  health: readonly HealthLine[];
}

/** A change that does not work; `fault` decides whether it is quarantined. */
export class Faulty extends Error {
  readonly fault: FaultClass;
  constructor(reason: string, fault: FaultClass) {
    super(reason);
    this.name = 'Faulty';
    this.fault = fault;
  }
}
