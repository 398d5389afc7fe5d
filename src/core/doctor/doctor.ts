import type { ClusterName, Platform } from '../model/types.ts';
import { unknown } from './check.ts';
import type { Asked, Check } from './check.ts';
import { clusterChecks } from './clusters.ts';
import type { ClusterFacts } from './clusters.ts';
import { githubChecks } from './github.ts';
import type { GithubFacts } from './github.ts';
import { clusterNeeds, labelNeeds } from './needs.ts';
import { secretsChecks } from './secrets.ts';
import type { SecretsFacts } from './secrets.ts';
import { workflowChecks } from './workflows.ts';
import type { WorkflowFacts } from './workflows.ts';

export interface Facts {
  github: Asked<GithubFacts>;
  workflows: WorkflowFacts;
  /** By cluster: those that the kubeconfig does not lead to say so. */
  live: ReadonlyMap<ClusterName, ClusterFacts['live']>;
  resolved: ClusterFacts['resolved'];
  secrets: SecretsFacts;
  /** Milliseconds since 1970. */
  now: number;
}

/** What GitHub, clusters and secrets must have, and whether they do: all at once, in this order. */
export function examine(platform: Platform, facts: Facts): Check[] {
  const clusters = clusterNeeds(platform);
  const github =
    facts.github.kind === 'answered'
      ? githubChecks(facts.github.value, { clusters, labels: labelNeeds(platform) })
      : [unknown('github/reach', 'GitHub', facts.github)];
  const { resolved, now } = facts;
  return [
    ...github,
    ...workflowChecks(platform, facts.workflows),
    ...clusters.flatMap((needs) => {
      const live = facts.live.get(needs.cluster.name);
      return live ? clusterChecks(needs, { live, resolved, now }) : [];
    }),
    ...secretsChecks(platform, facts.secrets),
  ];
}
