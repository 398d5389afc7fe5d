import type { ReleaseState } from './state.ts';

/** What a cluster knows of its hubs, for people. */
export function statesText(states: readonly (readonly [string, ReleaseState])[]): string {
  if (states.length === 0) return 'no hub has been deployed here\n';
  return states.map(([hub, state]) => stateText(hub, state)).join('');
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
