import type { Part, HubContext, HubValues } from './part.ts';
import { combine } from './part.ts';
import { entryPart } from './entry.ts';
import { hubPart } from './hub.ts';
import { loginPart } from './login.ts';
import { nodesPart } from './nodes.ts';
import { pagesPart } from './pages.ts';
import { probePart } from './probe.ts';
import { profilesPart } from './profiles.ts';
import { serversPart } from './servers.ts';
import { sessionsPart } from './sessions.ts';

const PARTS: readonly ((context: HubContext) => Part)[] = [
  loginPart,
  hubPart,
  entryPart,
  serversPart,
  sessionsPart,
  profilesPart,
  pagesPart,
  nodesPart,
  probePart,
];

/**
 * One environment as values of the umbrella chart. What stands under `values:` in the file comes
 * last and wins.
 */
export function hubValues(context: HubContext): HubValues {
  return combine([
    ...PARTS.map((part) => part(context)),
    { jupyterhub: context.hub.data.values, from: { '': '/values' } },
  ]);
}

/**
 * Which field of the environment a pointer below `jupyterhub` comes from: what `values:` says
 * itself, or the builder's table.
 */
export function originOf(built: HubValues, hub: HubContext['hub'], path: string): string {
  if (path !== '' && hub.has(`/values${path}`)) return `/values${path}`;
  let prefix = path;
  while (prefix !== '') {
    const origin = built.from.get(prefix);
    if (origin !== undefined) return origin;
    prefix = prefix.slice(0, prefix.lastIndexOf('/'));
  }
  return hub.has('/values') ? '/values' : '';
}
