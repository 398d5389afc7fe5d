import { Failure } from '../failure.ts';
import type { WorkflowStarts } from '../ports/workflow-starts.ts';

/** Starts what GitHub starts for a pull request of a person. What could not be started, as part of a sentence. */
export function startForPull(github: WorkflowStarts, branch: string): Promise<string> {
  return start(github, ['check.yml', 'image.yml'], branch);
}

/** The same for a merge. */
export function startForMerge(github: WorkflowStarts): Promise<string> {
  return start(github, ['deploy.yml'], undefined);
}

/** A pull request that nobody checks is there all the same. */
async function start(
  github: WorkflowStarts,
  files: readonly string[],
  branch: string | undefined,
): Promise<string> {
  let unstarted = '';
  for (const file of files) {
    try {
      await github.startWorkflow(file, branch);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      unstarted += `, ${file} not started: ${error.message} (${error.hint})`;
    }
  }
  return unstarted;
}
