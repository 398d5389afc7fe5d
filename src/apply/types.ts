import type { FaultClass } from '../core/hub/causes.ts';
import type { ReleaseState } from '../core/hub/state.ts';
import type { ClusterFile, Doc, EnvironmentFile, Platform } from '../core/model/types.ts';
import type { Instant, Unit, WantedRelease } from '../core/unit.ts';
import type { HelmReleases } from '../edges/helm-releases.ts';
import type { Helm } from '../edges/helm.ts';
import type { Kube } from '../edges/kube.ts';
import type { Held } from './lease.ts';

/** What applying needs of the outside. */
export interface ApplyWorld {
  cluster: Doc<ClusterFile>;
  kube: Kube;
  helm: Helm;
  releases: HelmReleases;
  /** The assembled umbrella chart. */
  chart: string;
  /** A folder of our own for values files. */
  scratch: string;
  /** Text of a script of our chart by name. */
  script: (name: string) => Promise<string>;
  root: string;
  progress: (unit: Unit, text: string) => void;
  now: () => Date;
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
  /** Fails where another run has taken the hub's Lease. */
  held: Held;
}

export interface Seconds {
  preflight: number;
  upgrade: number;
  rollout: number;
  health: number;
}

export interface HealthLine {
  check: string;
  image: string | null;
  ok: boolean;
  seconds: number;
  detail: string;
  class: FaultClass | null;
}

export interface UnitResult {
  unit: Unit;
  kind: 'install' | 'upgrade' | 'remove' | 'none';
  outcome: 'done' | 'failed' | 'rolled-back' | 'blocked' | 'waiting';
  reason: string;
  seconds: Seconds;
  health: HealthLine[];
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
