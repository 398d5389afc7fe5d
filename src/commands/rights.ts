import { accountText } from '../core/cluster/account.ts';
import { chooseCluster } from '../flow/choose.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** The account that deploys, as an administrator of the cluster applies it. */
export async function rights(root: string, cluster: string | undefined): Promise<Outcome> {
  const { platform, findings } = await gatherPlatform(root);
  if (!platform) return refused(findings);
  return outcome({ exit: 0, text: accountText(chooseCluster(platform, cluster).data) });
}
