import type { UnitResult } from '../apply/types.ts';
import type { Finding } from '../core/finding.ts';
import type { States } from '../core/hub/state.ts';
import type { ClusterFile, Doc, Platform, Removal } from '../core/model/types.ts';
import type { PresentRelease, Unit, WantedRelease } from '../core/unit.ts';
import type { Charts } from '../edges/charts.ts';
import type { Deployed } from '../edges/deployed.ts';
import type { Report } from '../edges/report.ts';
import type { Forge, Ports } from '../ports.ts';
import type { Releases } from '../ports/releases.ts';

/** What is asked for. */
export interface DeployInputs {
  root: string;
  /** Our own checkout of the default branch; another folder than `root` where a proposal is tried. */
  repository: string;
  chartsFrom: string | undefined;
  hubs: readonly string[];
  wave: string | undefined;
  cluster: string | undefined;
  record: string | undefined;
  /** Passes freezes and soaks; the reason is kept. */
  now: boolean;
  /** A person has approved waves that ask for it. */
  approved: boolean;
  retry: string | undefined;
  /** The named hubs are applied though nothing changed: drift is overwritten. */
  again: boolean;
  reason: string | undefined;
  /**
   * These files are not merged: the first wave tries them for so long, and nothing else is deployed there
   * meanwhile.
   */
  hold: string | undefined;
  /** The pull request that is tried. */
  pull: number | undefined;
  /** Without it nothing goes to GitHub, and nobody knows what was reviewed. */
  actions:
    | {
        github: Forge;
        run: string | undefined;
        runId: number | undefined;
        branch: string;
      }
    | undefined;
}

/** Helm needs a folder of its own, and is not looked for where there is nothing to do. */
export interface DeployPorts extends Omit<Ports, 'releases'> {
  releases: (scratch: string) => Promise<Releases>;
}

export type Deployment =
  | { kind: 'refused'; findings: readonly Finding[] }
  /** The run for a newer commit deploys. */
  | { kind: 'moved-on'; branch: string; wanted: readonly WantedRelease[] }
  | { kind: 'deployed'; results: readonly UnitResult[]; wanted: readonly WantedRelease[] };

/** A deployment, and what it works with. */
export interface Job {
  inputs: DeployInputs;
  ports: DeployPorts;
  report: Report;
}

/** What the files want of one cluster. */
export interface Wanted {
  platform: Platform;
  charts: Charts;
  /** What is known in public to run, on this cluster and others. */
  recorded: Recorded;
  commit: string;
  cluster: Doc<ClusterFile>;
  /** What the cluster's hubs share; undefined where it has none. */
  shared: WantedRelease | undefined;
  /** Every hub of the platform. */
  hubs: readonly WantedRelease[];
  /** The hubs of this cluster that were asked for. */
  chosen: readonly WantedRelease[];
}

/** The public record: what runs, and units of which nobody can read what. */
export type Recorded = Pick<Deployed, 'releases' | 'unreadable'>;

/** What there is. */
export interface Found {
  identity: string;
  states: States;
  /** What is known in public of this cluster and others, by unit. */
  present: ReadonlyMap<string, PresentRelease>;
  removals: readonly { unit: Unit; removal: Removal }[];
}

/** How a commit was merged. */
export interface Merge {
  pull: number | undefined;
  /** Digests that its plan showed, by hub; none where nobody reviewed it. */
  reviewed: Map<string, string>;
}
