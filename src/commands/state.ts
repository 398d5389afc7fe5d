import { readStates } from '../apply/cluster.ts';
import { statesOnly, statesText } from '../core/hub/state-text.ts';
import type { Json } from '../core/json.ts';
import { Kube } from '../edges/kube.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Cluster } from '../ports.ts';

/** What the cluster itself knows of its hubs. Exit 1 where something of it cannot be read. */
export async function showState(
  kubeconfig: string,
  hubs: readonly string[],
  kube: Cluster = new Kube(kubeconfig),
): Promise<Outcome> {
  const states = statesOnly(await readStates(kube), hubs);
  const json = {
    schema_version: SCHEMA_VERSION,
    hubs: Object.fromEntries(
      [...states.known].map(([hub, state]): [string, Json] => [hub, state as unknown as Json]),
    ),
    unreadable: Object.fromEntries(states.unreadable),
  };
  return outcome({ exit: states.unreadable.size > 0 ? 1 : 0, text: statesText(states), json });
}
