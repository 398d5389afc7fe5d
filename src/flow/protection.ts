import { approvalEnvironment, openness, unasked } from '../core/hub/protection.ts';
import { Failure } from '../failure.ts';
import type { DeployInputs } from './deployment.ts';

/** A person's approval, and why one that was claimed is not believed. */
export interface ClaimedApproval {
  approved: boolean;
  doubt: string | undefined;
}

/** Whoever may push a branch must not thereby get at a cluster. Outside of GitHub Actions there is nobody to ask. */
export async function refuseOpenEnvironment(
  actions: DeployInputs['actions'],
  cluster: string,
): Promise<void> {
  if (!actions) return;
  const weakness = openness(await actions.github.environment(cluster));
  if (weakness) throw new Failure(weakness.what, { hint: weakness.cure });
}

/** In GitHub Actions an approval is what GitHub knows of this run and this cluster, whatever a workflow says. */
export async function claimedApproval(
  { actions, approved }: Pick<DeployInputs, 'actions' | 'approved'>,
  cluster: string,
): Promise<ClaimedApproval> {
  if (!approved || !actions) return { approved, doubt: undefined };
  const name = approvalEnvironment(cluster);
  const weakness = unasked(await actions.github.environment(name));
  if (weakness) return { approved: false, doubt: `${weakness.what}; ${weakness.cure}` };
  const { runId, github } = actions;
  if (runId !== undefined && (await github.isApprovedIn(runId, name)))
    return { approved: true, doubt: undefined };
  return { approved: false, doubt: `nobody has approved \`${name}\` in this run` };
}
