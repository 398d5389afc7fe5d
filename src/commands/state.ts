import { readStates } from '../apply/cluster.ts';
import type { ReleaseState } from '../core/hub/state.ts';
import type { Json } from '../core/json.ts';
import { Kube } from '../edges/kube.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

/** What the cluster itself knows of its hubs. */
export async function showState(kubeconfig: string, hubs: readonly string[]): Promise<Outcome> {
  const states = [...(await readStates(new Kube(kubeconfig)))].filter(
    ([hub]) => hubs.length === 0 || hubs.includes(hub),
  );
  const lines = states.map(([hub, state]) => stateText(hub, state));
  const json = {
    schema_version: 1,
    hubs: Object.fromEntries(
      states.map(([hub, state]): [string, Json] => [hub, state as unknown as Json]),
    ),
  };
  return outcome({
    exit: 0,
    text: lines.length === 0 ? 'no hub has been deployed here\n' : lines.join(''),
    json,
  });
}

function stateText(hub: string, { healthy, quarantined, last }: ReleaseState): string {
  const runs = healthy
    ? `runs ${healthy.digest.slice(0, 7)}, revision ${healthy.revision}, healthy since ${healthy.since}`
    : 'has never been healthy';
  const reason = last.reason === '' ? '' : `: ${last.reason}`;
  const held = quarantined
    ? `  quarantined: ${quarantined.digest.slice(0, 7)} since ${quarantined.at}: ${quarantined.reason}\n`
    : '';
  return `${hub} ${runs}\n  last: ${last.outcome} at ${last.at}${reason}\n${held}`;
}
