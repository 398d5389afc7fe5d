import { parentOf } from '../../json.ts';
import type { Part, HubContext, HubValues } from './part.ts';
import { combine } from './part.ts';
import { asLists, byName, inFile, mergeNamed } from './named-lists.ts';
import { entryPart } from './entry.ts';
import { hubPart } from './hub.ts';
import { loginPart } from './login.ts';
import { mountsPart } from './mounts.ts';
import { networkPart } from './network.ts';
import { nodesPart } from './nodes.ts';
import { pagesPart } from './pages.ts';
import { pullPart } from './pull.ts';
import { probePart } from './probe.ts';
import { profilesPart } from './profiles.ts';
import { serversPart } from './servers.ts';
import { sessionsPart } from './sessions.ts';
import { dataPart } from './data-part.ts';

const PARTS: readonly ((context: HubContext) => Part)[] = [
  loginPart,
  hubPart,
  entryPart,
  serversPart,
  networkPart,
  sessionsPart,
  dataPart,
  profilesPart,
  mountsPart,
  pagesPart,
  nodesPart,
  pullPart,
  probePart,
];

/**
 * One environment as values of the umbrella chart. What stands under `values:` in the file comes last: it is merged by
 * key, and a rule refuses what would replace the platform's own.
 */
export function hubValues(context: HubContext): HubValues {
  const { values, ...origins } = combine(PARTS.map((part) => part(context)));
  const ours = byName(values.jupyterhub);
  const merged = mergeNamed(ours, byName(context.hub.data.values));
  return { values: { ...values, jupyterhub: asLists(merged) }, ...origins, ours };
}

/**
 * Which field of the environment a pointer below `jupyterhub` comes from: what `values:` says
 * itself, or the builder's table.
 */
export function originOf(built: HubValues, hub: HubContext['hub'], path: string): string {
  const written = `/values${inFile(hub.data.values, path)}`;
  if (path !== '' && hub.has(written)) return written;
  return tableOf(built, path) ?? (hub.has('/values') ? '/values' : '');
}

/** The field that decides a value, as people write it: `home.size`. */
export function fieldOf(built: HubValues, path: string): string | undefined {
  return tableOf(built, path)?.slice(1).replaceAll('/', '.');
}

/** The longest prefix counts. */
function tableOf({ from }: HubValues, path: string): string | undefined {
  for (let prefix = path; prefix !== ''; prefix = parentOf(prefix)) {
    const origin = from.get(prefix);
    if (origin !== undefined) return origin;
  }
  return undefined;
}
