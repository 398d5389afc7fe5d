import type { Part, HubContext, HubValues } from './part.ts';
import { combine } from './part.ts';
import { entry } from './entry.ts';
import { hub } from './hub.ts';
import { login } from './login.ts';
import { nodes } from './nodes.ts';
import { probe } from './probe.ts';
import { profiles } from './profiles.ts';
import { servers } from './servers.ts';
import { sessions } from './sessions.ts';

const CONCERNS: readonly ((context: HubContext) => Part)[] = [
  login,
  hub,
  entry,
  servers,
  sessions,
  profiles,
  nodes,
  probe,
];

/** One environment as values of the umbrella chart. What stands under `values:` in the file comes last and wins. */
export function hubValues(context: HubContext): HubValues {
  return combine([
    ...CONCERNS.map((concern) => concern(context)),
    { jupyterhub: context.hub.data.values, from: { '': '/values' } },
  ]);
}

/** Which field of the environment a pointer below `jupyterhub` comes from: what `values:` says itself, or the builder's table. */
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
