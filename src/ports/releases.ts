import type { JsonObject } from '../core/json.ts';

/* What deployments need of Helm: the same kind of interface as in `src/ports.ts`. */

export interface Revision {
  revision: number;
  /** As Helm says it: `deployed`, `superseded`, `failed`, `pending-upgrade`, … */
  status: string;
}

/** A release as Helm lists it: its newest revision. */
export interface FoundRelease extends Revision {
  name: string;
  /** Name and version of its chart, as in `jupyterhub-4.4.0`. */
  chart: string;
  /** Whether that revision was made by this tool. */
  ours: boolean;
}

export interface UpgradeRequest {
  release: string;
  namespace: string;
  /** Folder of the chart. */
  chart: string;
  /** Later ones win. */
  values: readonly JsonObject[];
  /** Kept as a label of the revision. */
  digest: string;
}

export interface RestoreRequest {
  release: string;
  namespace: string;
  /** What the release is to be, as YAML documents. */
  manifest: string;
  /** The revision that it was, for people who read the history. */
  revision: number;
  /** Kept as a label of the new revision. */
  digest: string;
}

export interface RenderRequest {
  release: string;
  namespace: string;
  chart: string;
  /** `1.35` */
  kubernetes: string;
  values: JsonObject;
  placeholders: JsonObject;
}

/** Helm releases of one cluster. Fails with HelmFailure, or with TimedOut. */
export interface Releases {
  /** Every release of a namespace; none where there is no such namespace. */
  list(namespace: string): Promise<FoundRelease[]>;
  /** Its revisions, oldest first; none where nothing was ever installed. */
  history(release: string, namespace: string): Promise<Revision[]>;
  /** The newest revision, whatever its status; undefined where nothing was ever installed. */
  last(release: string, namespace: string): Promise<Revision | undefined>;
  /** Installs or upgrades, and returns at once; whether it works is for the caller to watch. */
  upgrade(request: UpgradeRequest): Promise<void>;
  /** Makes a release what a manifest says, as one more revision: takes over what is there, and runs no hooks. */
  restore(request: RestoreRequest): Promise<void>;
  /** What the chart marks to be kept stays. A release that is gone already is no error. */
  uninstall(release: string, namespace: string): Promise<void>;
  /** The objects of a revision, or of the last one, as Helm stored them. */
  manifest(release: string, namespace: string, revision?: number): Promise<string>;
  /** The objects that a chart would make, as YAML documents. Asks no cluster. */
  render(request: RenderRequest): Promise<string>;
}
