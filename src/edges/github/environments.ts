import type { DeployEnvironment, Pattern, Protection } from '../../core/hub/protection.ts';
import type { DeployEnvironments } from '../../ports.ts';
import { GithubRefused } from './answer.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';

const WHAT = 'an environment';

export class GithubEnvironments implements DeployEnvironments {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async environment(name: string): Promise<DeployEnvironment> {
    return permitted(async () => {
      const home = await this.#client.ask('the repository', 'GET ');
      const route = 'GET /environments/{name}';
      const found = await this.#client.askMaybe(WHAT, route, { name });
      return {
        name,
        defaultBranch: home.text('/default_branch'),
        isPrivate: home.flag('/private'),
        protection: found && {
          branches: await this.#branches(name, found),
          reviewers: reviewersOf(found),
        },
      };
    });
  }

  async isApprovedIn(run: number, environment: string): Promise<boolean> {
    return permitted(async () => {
      const route = 'GET /actions/runs/{run}/approvals';
      const reviews = await this.#client.all('approvals of this run', route, { run });
      return reviews.some(
        (one) =>
          one.text('/state') === 'approved' &&
          one.list('/environments').some((asked) => isNamed(asked, environment)),
      );
    });
  }

  async #branches(name: string, found: Answer): Promise<Protection['branches']> {
    if (!found.has('/deployment_branch_policy')) return { kind: 'any' };
    if (!found.flag('/deployment_branch_policy/custom_branch_policies'))
      return { kind: 'protected' };
    const route = 'GET /environments/{name}/deployment-branch-policies';
    const patterns = await this.#client.all(WHAT, route, { name });
    return { kind: 'selected', patterns: patterns.map(patternOf) };
  }
}

/** GitHub takes upper and lower case of these names for the same. */
function isNamed(environment: Answer, name: string): boolean {
  return environment.textOrNone('/name')?.toLowerCase() === name.toLowerCase();
}

/** Those of older environments do not say what they are for: they are branches. */
function patternOf(policy: Answer): Pattern {
  const kind = (policy.textOrNone('/type') ?? 'branch') === 'branch' ? 'branch' : 'tag';
  return { kind, name: policy.text('/name') };
}

function reviewersOf(found: Answer): number {
  if (!found.has('/protection_rules')) return 0;
  const rules = found.list('/protection_rules');
  const asking = rules.filter((rule) => rule.text('/type') === 'required_reviewers');
  const reviewers = asking.flatMap((rule) =>
    rule.has('/reviewers') ? rule.list('/reviewers') : [],
  );
  return reviewers.length;
}

/** What a token must have for these questions is one line of a workflow, so it is said. */
async function permitted<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof GithubRefused) || cause.status !== 403) throw cause;
    throw new GithubRefused(cause.message, {
      hint: 'the token may not look at environments: give the job `permissions: {actions: read}`',
      status: cause.status,
      cause,
    });
  }
}
