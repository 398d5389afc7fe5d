import { decideCatchUp } from '../core/hub/catch-up.ts';
import type { CatchUp } from '../core/hub/catch-up.ts';
import { headCommit } from '../edges/git.ts';
import type { Report } from '../edges/report.ts';
import { gatherWaves } from '../gather/waves.ts';
import type { WavesInputs } from '../gather/waves.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Forge } from '../ports.ts';
import type { WorkflowSwitch } from '../ports/workflow-starts.ts';

const LOOKS = 'catch-up.yml';
const DEPLOYS = 'deploy.yml';
const WORDS: Readonly<Record<CatchUp, string>> = {
  start: `something waits: ${DEPLOYS} goes on with it`,
  'switch-on': `something waits: ${LOOKS} is on until nothing does`,
  'switch-off': `nothing waits: ${LOOKS} is off until something does`,
  leave: 'nothing waits',
};

export interface CatchUpWorld {
  github: Pick<Forge, 'branchHead'> & WorkflowSwitch;
  branch: string;
  by: 'clock' | 'change';
}

/** For the workflow: goes on with what waits, or sees to it that somebody looks again, and that nobody does in vain. */
export async function catchUp(
  inputs: WavesInputs,
  { github, branch, by }: CatchUpWorld,
  report: Report,
): Promise<Outcome> {
  const gathered = await gatherWaves(inputs, report);
  if (gathered.kind === 'refused') return refused(gathered.findings);
  const decision = decideCatchUp(gathered.waves, by);
  switch (decision) {
    case 'start':
      await github.runWorkflow(DEPLOYS, { waiting: 'true' });
      break;
    case 'switch-on':
      await github.switchWorkflow(LOOKS, 'on');
      break;
    case 'switch-off':
      await github.switchWorkflow(LOOKS, 'off');
      // Whoever merged since we looked has switched it on, maybe before we switched it off.
      if ((await github.branchHead(branch)) !== (await headCommit(inputs.root)))
        await github.switchWorkflow(LOOKS, 'on');
      break;
    case 'leave':
      break;
  }
  return outcome({
    exit: 0,
    text: `${WORDS[decision]}\n`,
    json: { schema_version: SCHEMA_VERSION, decision },
  });
}
