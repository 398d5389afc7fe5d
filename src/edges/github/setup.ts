import type { MergeRule } from '../../core/doctor/pulls.ts';
import type { ActionsSettings, RepositorySetup } from '../../ports/doctor.ts';
import type { DeployEnvironment } from '../../core/hub/protection.ts';
import type { Answer } from './answer.ts';
import type { GithubClient } from './client.ts';
import { GithubEnvironments } from './environments.ts';

/** How a repository on GitHub is set up. Names only: GitHub gives no secret away, and variables are not looked into. */
export class GithubSetup implements RepositorySetup {
  readonly #client: GithubClient;
  readonly #environments: GithubEnvironments;

  constructor(client: GithubClient) {
    this.#client = client;
    this.#environments = new GithubEnvironments(client);
  }

  environment(name: string): Promise<DeployEnvironment> {
    return this.#environments.environment(name);
  }

  secretNames(environment?: string): Promise<string[]> {
    return this.#names('names of secrets', 'secrets', environment);
  }

  variableNames(environment?: string): Promise<string[]> {
    return this.#names('names of variables', 'variables', environment);
  }

  async labels(): Promise<string[]> {
    const listed = await this.#client.all('labels', 'GET /labels');
    return listed.map((one) => one.text('/name'));
  }

  async branchRules(branch: string): Promise<string[]> {
    return (await this.#rules(branch)).map((one) => one.text('/type'));
  }

  async mergeRules(): Promise<{ branch: string; rules: MergeRule[] }> {
    const home = await this.#client.ask('the repository', 'GET ');
    const branch = home.text('/default_branch');
    const rules = await this.#rules(branch);
    return {
      branch,
      rules: rules.map((one) => ({ type: one.text('/type'), review: asksForReview(one) })),
    };
  }

  async actionsSettings(): Promise<ActionsSettings> {
    const what = 'settings of Actions';
    const general = await this.#client.ask(what, 'GET /actions/permissions');
    const workflows = await this.#client.ask(what, 'GET /actions/permissions/workflow');
    return {
      enabled: general.flag('/enabled'),
      localOnly: general.textOrNone('/allowed_actions') === 'local_only',
      mayOpenPulls: workflows.flag('/can_approve_pull_request_reviews'),
    };
  }

  async hasFile(path: string): Promise<boolean> {
    // A slash is part of a path here, so each of its names is a field of its own.
    const names = path.split('/');
    const route = `GET /contents/${names.map((_name, index) => `{n${index}}`).join('/')}`;
    const fields = Object.fromEntries(names.map((name, index) => [`n${index}`, name]));
    return (await this.#client.askMaybe('a file', route, fields)) !== undefined;
  }

  #rules(branch: string): Promise<Answer[]> {
    return this.#client.all('rules of a branch', 'GET /rules/branches/{branch}', { branch });
  }

  async #names(
    what: string,
    kind: 'secrets' | 'variables',
    environment: string | undefined,
  ): Promise<string[]> {
    const route =
      environment === undefined
        ? `GET /actions/${kind}`
        : `GET /environments/{environment}/${kind}`;
    const listed = await this.#client.all(what, route, { environment });
    return listed.map((one) => one.text('/name'));
  }
}

/** Other rules than that of pull requests say nothing of reviews. */
function asksForReview(rule: Answer): boolean {
  const reviews = '/parameters/required_approving_review_count';
  const others = ['require_code_owner_review', 'require_last_push_approval'];
  return (
    (rule.has(reviews) && rule.count(reviews) > 0) ||
    others.some((name) => rule.has(`/parameters/${name}`) && rule.flag(`/parameters/${name}`))
  );
}
