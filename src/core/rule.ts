import type { Finding, Place, Severity } from './finding.ts';
import type { JsonObject } from './json.ts';
import type { ClusterFile, Doc, EnvironmentFile, Platform } from './model/types.ts';

/** What a rule says about one place. */
export interface Problem {
  at: Place;
  message: string;
  hint: string;
}

interface About {
  /** Kebab-case; never reused for another meaning. */
  id: string;
  severity: Severity;
  /** One sentence: what is demanded. */
  title: string;
  /** Why, in a few sentences; with the public incident that taught it, where there is one. */
  why: string;
  /** What it finds stands above a plan. */
  upFront?: true;
}

/** What a rule says, as a finding. */
export function findingOf({ id, severity, upFront }: About, problem: Problem): Finding {
  const finding: Finding = { rule: id, severity, ...problem };
  return upFront === undefined ? finding : { ...finding, upFront };
}

export interface HubFacts {
  hub: Doc<EnvironmentFile>;
  cluster: Doc<ClusterFile>;
  platform: Platform;
  /** Milliseconds since 1970. Rules that depend on it are warnings. */
  now: number;
}

export interface ValuesFacts extends HubFacts {
  /**
   * Values below `jupyterhub:` as Helm will see them: chart defaults (where at hand), ours, then the file's own
   * `values:`; settings of `hub.config` stand where the chart's own values for them are.
   */
  values: JsonObject;
  /** Of these, what the platform itself writes. */
  ours: JsonObject;
  /** The field of the environment that decides a value of ours, as people write it; undefined where none does. */
  field: (path: string) => string | undefined;
  /** Where a pointer below `jupyterhub:` was written, or the field that produced it. */
  place: (path: string) => Place;
}

export interface ManifestFacts extends HubFacts {
  objects: readonly JsonObject[];
}

/**
 * A rule looks at the files alone, at one hub, at a hub's merged values, or at its rendered objects: so `values:`
 * cannot get around it.
 */
export type Rule = About &
  (
    | { on: 'platform'; check(platform: Platform, now: number): Iterable<Problem> }
    | { on: 'hub'; check(facts: HubFacts): Iterable<Problem> }
    | { on: 'values'; check(facts: ValuesFacts): Iterable<Problem> }
    | { on: 'manifests'; check(facts: ManifestFacts): Iterable<Problem> }
  );
