import { readStates } from '../apply/cluster.ts';
import { statesText } from '../core/hub/state-text.ts';
import type { Json } from '../core/json.ts';
import { Kube } from '../edges/kube.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** What the cluster itself knows of its hubs. */
export async function showState(kubeconfig: string, hubs: readonly string[]): Promise<Outcome> {
  const states = [...(await readStates(new Kube(kubeconfig)))].filter(
    ([hub]) => hubs.length === 0 || hubs.includes(hub),
  );
  const json = {
    schema_version: 1,
    hubs: Object.fromEntries(
      states.map(([hub, state]): [string, Json] => [hub, state as unknown as Json]),
    ),
  };
  return outcome({
    exit: 0,
    text: statesText(states),
    json,
  });
}
