import { setTimeout as sleep } from 'node:timers/promises';
import { mayPass } from '../core/hub/causes.ts';
import type { ExecResult } from './exec.ts';

/** How kubectl and Helm log in: the kubeconfig, and what the helpers of cloud providers that it names need. */
export function clusterEnv(kubeconfig: string): Record<string, string> {
  const cloud = Object.entries(process.env).filter(([name]) =>
    /^(AWS|AZURE|AAD|ARM|CLOUDSDK|GOOGLE|GCLOUD|USE_GKE)_/u.test(name),
  );
  return {
    ...Object.fromEntries(cloud.map(([name, value]) => [name, value ?? ''])),
    KUBECONFIG: kubeconfig,
  };
}

/** Until it works, or fails for a reason that does not pass by itself; five times at most, within half a minute. */
export async function askAgain(ask: () => Promise<ExecResult>): Promise<ExecResult> {
  for (let round = 1; ; round += 1) {
    const result = await ask();
    if (result.code === 0 || round === 5 || !mayPass(result.stderr)) return result;
    await sleep(500 * 2 ** round);
  }
}
