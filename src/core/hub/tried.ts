import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';

/**
 * A proposal as it may be tried out: it decides values and images of hubs that the default branch
 * knows. Waves, their order and approvals, clusters and who they are, and which hub belongs where
 * come from the default branch, because a proposal must not choose its own way.
 */
export function asTried(proposal: Platform, main: Platform): Platform {
  const environments = [...proposal.environments].flatMap(([name, hub]) => {
    const known = main.environments.get(name);
    return known ? [[name, placedAs(hub, known)] as const] : [];
  });
  const { settings } = proposal;
  const { waves, removals } = main.settings.data;
  return {
    ...proposal,
    settings: { ...settings, data: { ...settings.data, waves, removals } },
    clusters: main.clusters,
    environments: new Map(environments),
  };
}

function placedAs(hub: Doc<EnvironmentFile>, known: Doc<EnvironmentFile>): Doc<EnvironmentFile> {
  const { cluster, wave } = known.data;
  return { ...hub, data: { ...hub.data, cluster, wave } };
}
