import type { ReleaseState, States } from './state.ts';

/** What a cluster knows of its hubs, for people. */
export function statesText({ known, unreadable }: States): string {
  if (known.size + unreadable.size === 0) return 'no hub has been deployed here\n';
  return [
    ...[...known].map(([hub, state]) => stateText(hub, state)),
    ...[...unreadable].map(([hub, why]) => `${hub} is left alone: ${why}\n`),
  ].join('');
}

/** Of these hubs; of all, where none is named. */
export function statesOnly({ known, unreadable }: States, hubs: readonly string[]): States {
  const isMeant = ([hub]: readonly [string, unknown]): boolean =>
    hubs.length === 0 || hubs.includes(hub);
  return {
    known: new Map([...known].filter(isMeant)),
    unreadable: new Map([...unreadable].filter(isMeant)),
  };
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
