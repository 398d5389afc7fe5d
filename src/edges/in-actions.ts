import { isPin, pinOf, pinnedCall } from '../core/init/answers.ts';

/** How this tool is called: pinned, where a workflow runs it by its repository and commit. */
export function ownCall(): string {
  const { GITHUB_ACTION_REPOSITORY: repository = '', GITHUB_ACTION_REF: ref = '' } = process.env;
  const action = `${repository}@${ref}`;
  return isPin(action) ? pinnedCall(pinOf({ action })) : 'glaciocloud';
}

/** Whether this is a run of GitHub Actions. */
export function isInActions(): boolean {
  return process.env['GITHUB_ACTIONS'] === 'true';
}
