import { ORDERS } from '../core/issues.ts';
import type { Order } from '../edges/runner.ts';
import { UsageError } from '../failure.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/**
 * What a label on an issue asks for, as inputs of a deployment. Only people who may triage can set labels; the issue's
 * text is not read.
 */
export async function order(root: string, { label, hub, issue, login }: Order): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  const environment = platform.environments.get(hub ?? '');
  if (hub === undefined || !environment)
    throw new UsageError(
      `the issue has no label hub:NAME of a hub of this platform`,
      `hubs: ${[...platform.environments.keys()].join(', ')}`,
    );
  const reason = `label on issue ${issue} by ${login}`;
  const outputs = {
    hub,
    cluster: environment.data.cluster,
    retry: label === ORDERS.retry ? hub : '',
    again: String(label === ORDERS.again),
    reason,
  };
  return outcome({
    exit: 0,
    text: `${hub}: ${label} (${reason})\n`,
    json: { schema_version: SCHEMA_VERSION, ...outputs },
    outputs,
  });
}
