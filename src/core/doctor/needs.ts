import { ISSUES, ORDERS } from '../issues.ts';
import { mentionsOf } from '../access/wanted.ts';
import { isTeam } from '../access/teams.ts';
import { hubsWithData } from '../data/order.ts';
import type { ClusterFile, Doc, EnvironmentFile, Platform } from '../model/types.ts';
import { heartbeatLabels } from '../watch/outside.ts';

/** What the files of a platform ask of the outside. */
export interface ClusterNeeds {
  cluster: Doc<ClusterFile>;
  hubs: readonly Doc<EnvironmentFile>[];
  /** A person is asked before some wave changes it. */
  reviewers: boolean;
  /** Some hub declares secrets. */
  secrets: boolean;
  /** Some hub lets teams in. */
  teams: boolean;
  /** Some removal archives homes or a database. */
  archive: boolean;
}

export function clusterNeeds(platform: Platform): ClusterNeeds[] {
  const { waves, removals } = platform.settings.data;
  const asking = waves
    // What no merged plan has shown waits for a person in every wave but the first.
    .filter(({ approval }, index) => approval || index > 0)
    .map(({ name }) => name);
  return [...platform.clusters.values()].map((cluster) => {
    const hubs = [...platform.environments.values()].filter(
      ({ data }) => data.cluster === cluster.name,
    );
    return {
      cluster,
      hubs,
      reviewers: hubs.some(({ data }) => asking.includes(data.wave)),
      secrets: hubs.some(({ data }) => Object.keys(data.secrets).length > 0),
      teams: hubs.some(({ data }) => mentionsOf(data).some(isTeam)),
      archive: removals.some(
        (one) => one.cluster === cluster.name && [one.homes, one.database].includes('archive'),
      ),
    };
  });
}

/** Labels by which people give orders, and by which our issues are found. */
export function labelNeeds(platform: Platform): string[] {
  const hubs = [...platform.environments.values()];
  const probed = hubs.filter(({ data }) => data.probe !== undefined);
  const probes = probed.flatMap(({ name }) => [ISSUES.probe, ...heartbeatLabels(name)]);
  const filled = [...platform.clusters.keys()].filter(
    (name) => hubsWithData(platform, name).length > 0,
  );
  const data = filled.flatMap((name) => [ISSUES.data, `cluster:${name}`]);
  const each = hubs.map(({ name }) => `hub:${name}`);
  // People set orders on an issue, so these must be there to choose.
  const always = [...Object.values(ORDERS), ISSUES.deployment, ISSUES.drift, ISSUES.outside];
  return [...new Set([...always, ...probes, ...data, ...each])];
}
