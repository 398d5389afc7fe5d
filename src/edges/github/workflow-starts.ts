import type { WorkflowStarts } from '../../ports/workflow-starts.ts';
import type { GithubClient } from './client.ts';

/** Id of `github-actions[bot]`, to whom every run's own token belongs. */
const RUNS_OWN = 41_898_282;

export class GithubWorkflowStarts implements WorkflowStarts {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async startWorkflow(file: string, branch: string | undefined): Promise<void> {
    if ((await this.#client.me()) !== RUNS_OWN) return;
    await dispatch(this.#client, file, branch);
  }
}

/** A run of a workflow on a branch, or on the default branch. */
export async function dispatch(client: GithubClient, file: string, branch?: string): Promise<void> {
  const ref = branch ?? (await client.ask('the repository', 'GET ')).text('/default_branch');
  const route = 'POST /actions/workflows/{file}/dispatches';
  await client.ask(`a run of ${file}`, route, { file, ref });
}
