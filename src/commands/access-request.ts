import { headCommit } from '../edges/git.ts';
import { UsageError } from '../failure.ts';
import { requestAccess } from '../flow/access-request.ts';
import type { RequestInputs, RequestWorld } from '../flow/access-request.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** One event of an issue in which somebody asks for access. What is refused is said there: the run has not failed. */
export async function accessRequest(
  inputs: Omit<RequestInputs, 'base'>,
  world: RequestWorld,
): Promise<Outcome> {
  const folder = inputs.people ?? inputs.root;
  const base = await headCommit(folder);
  if (base === undefined)
    throw new UsageError(`${folder} is no clone`, 'check out the repository with people’s files');
  const result = await requestAccess({ ...inputs, base }, world);
  if (result.kind === 'refused') return refused(result.findings);
  const { issue } = inputs.event;
  const { state, command, refused: problem, pull } = result;
  const said = problem ? ` (${problem.code})` : '';
  return outcome({
    exit: 0,
    text: `issue ${issue}: ${state ?? 'no request'}${said}\n`,
    json: {
      schema_version: SCHEMA_VERSION,
      issue,
      state: state ?? null,
      command: command ?? null,
      refused: problem ? { code: problem.code, reason: problem.reason } : null,
      pull: pull ?? null,
    },
    outputs: { state: state ?? '' },
  });
}
