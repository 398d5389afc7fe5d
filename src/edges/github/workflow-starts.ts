import type { WorkflowStarts, WorkflowSwitch } from '../../ports/workflow-starts.ts';
import type { GithubClient } from './client.ts';

/** Id of `github-actions[bot]`, to whom every run's own token belongs. */
const RUNS_OWN = 41_898_282;

export class GithubWorkflowStarts implements WorkflowStarts, WorkflowSwitch {
  readonly #client: GithubClient;

  constructor(client: GithubClient) {
    this.#client = client;
  }

  async startWorkflow(file: string, branch: string | undefined): Promise<void> {
    if ((await this.#client.me()) !== RUNS_OWN) return;
    await dispatch(this.#client, file, { branch });
  }

  runWorkflow(file: string, inputs: Readonly<Record<string, string>>): Promise<void> {
    return dispatch(this.#client, file, { inputs });
  }

  async switchWorkflow(file: string, to: 'on' | 'off'): Promise<void> {
    const route = {
      on: 'PUT /actions/workflows/{file}/enable',
      off: 'PUT /actions/workflows/{file}/disable',
    } as const;
    await this.#client.ask(`the workflow ${file}`, route[to], { file });
  }
}

interface Run {
  /** Where it is not the default branch. */
  branch?: string | undefined;
  inputs?: Readonly<Record<string, string>>;
}

/** A run of a workflow on a branch. */
export async function dispatch(
  client: GithubClient,
  file: string,
  { branch, inputs }: Run = {},
): Promise<void> {
  const ref = branch ?? (await client.ask('the repository', 'GET ')).text('/default_branch');
  const route = 'POST /actions/workflows/{file}/dispatches';
  await client.ask(`a run of ${file}`, route, { file, ref, ...(inputs && { inputs }) });
}
