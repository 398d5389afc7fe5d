import type { TryRequest } from '../edges/runner.ts';
import { Failure } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Forge } from '../ports.ts';

/**
 * Whether `/try SHA` may be done: asked by somebody who may push, for exactly the head of the pull
 * request. Says on which clusters.
 */
export async function tryOut(
  root: string,
  { pull, login, commit }: TryRequest,
  github: Pick<Forge, 'mayWrite' | 'headOf'>,
): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  if (commit === undefined)
    throw new Failure('/try needs the whole commit, 40 hex digits', {
      hint: 'copy it from the pull request, so that nobody changes what is tried in between',
    });
  if (!(await github.mayWrite(login)))
    throw new Failure(`${login} may not push here, so may not try either`, {
      hint: 'ask a maintainer',
    });
  const head = await github.headOf(pull);
  if (head !== commit)
    throw new Failure(`${commit.slice(0, 7)} is not the head of pull request ${pull} any more`, {
      hint: `its head is ${head}: look at it, then try that`,
    });
  const first = platform.settings.data.waves[0]?.name;
  const clusters = [
    ...new Set(
      [...platform.environments.values()]
        .filter(({ data }) => data.wave === first)
        .map(({ data }) => data.cluster),
    ),
  ].sort();
  const outputs = {
    commit,
    pull: String(pull),
    clusters: JSON.stringify(clusters),
    reason: `/try of pull request ${pull} by ${login}`,
  };
  return outcome({
    exit: 0,
    text: `${commit.slice(0, 7)} of pull request ${pull}: ${clusters.join(', ')}\n`,
    json: { schema_version: SCHEMA_VERSION, ...outputs },
    outputs,
  });
}
