import type { HubUser, PresentHub } from '../../core/access/plan.ts';
import { readEntries } from '../../core/access/entry.ts';
import { ADOPTED, inheritedIn } from '../../core/access/inherited.ts';
import { claimOf } from '../../core/access/homes.ts';
import type { Claim } from '../../core/access/homes.ts';
import { ACCESS_SECRET, owedIn } from '../../core/access/secret.ts';
import { readUsers } from '../../core/access/present.ts';
import type { PresentHubs, UnreadHub } from '../../core/access/present.ts';
import { at, objectOf, textAt } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { KubeFailure, TimedOut, messageOf } from '../../failure.ts';
import type { Cluster } from '../../ports.ts';
import { readStates } from '../cluster.ts';

const SCRIPT = 'hub_people.py';
/** Servers of people, and who they belong to. */
export const SERVERS = 'component=singleuser-server';
const HOMES = 'component=singleuser-storage';
export const USERNAME = '/metadata/annotations/hub.jupyter.org~1username';
/** For a hub that answers at once; one that does not is no reason to wait. */
const LOOK_SECONDS = 60;

export interface HubAccess {
  kube: Cluster;
  /** Text of a script of our chart by name. */
  script: (name: string) => Promise<string>;
}

/** What was there before: the people's file as text, and what the last run wrote of itself. */
export interface StoredAccess {
  access: string;
  run: string;
  /** Names that were there before the hub was taken over. */
  adopted: string;
}

export async function storedAccess(kube: Cluster, hub: string): Promise<StoredAccess> {
  const secret = await kube.get('secret', ACCESS_SECRET, hub);
  return {
    access: textOf(secret, 'access.json'),
    run: textOf(secret, 'run.json'),
    adopted: textOf(secret, ADOPTED),
  };
}

function textOf(secret: JsonObject | undefined, name: string): string {
  const value = at(secret, `/data/${name}`);
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}

/**
 * Of these hubs, those that were deployed to this cluster: who is in their files, and whom they know. A state that
 * cannot be read is of a hub that runs: nobody stays in it for that. All at once, and each for itself.
 */
export async function presentInCluster(
  world: HubAccess,
  hubs: readonly string[],
): Promise<PresentHubs> {
  const { known, unreadable } = await readStates(world.kube);
  const there = hubs.filter((one) => known.has(one) || unreadable.has(one));
  const present = new Map<string, PresentHub>();
  const unread: UnreadHub[] = [];
  for (const [hub, read] of await Promise.all(there.map((one) => readHub(world, one))))
    if (typeof read === 'string') unread.push({ hub, why: read });
    else present.set(hub, read);
  return { present, unread };
}

/** What is there in one hub, or why Kubernetes does not say. */
async function readHub(world: HubAccess, hub: string): Promise<[string, PresentHub | string]> {
  try {
    return [hub, await presentIn(world, hub)];
  } catch (error) {
    if (isNoAnswer(error)) return [hub, messageOf(error)];
    throw error;
  }
}

async function presentIn(world: HubAccess, hub: string): Promise<PresentHub> {
  const { access, run, adopted } = await storedAccess(world.kube, hub);
  const told = await usersOf(world, hub);
  const users = together(told ?? [], await podUsers(world.kube, hub));
  const inherited = inheritedIn(adopted);
  const present = {
    entries: readEntries(access),
    users,
    owed: owedIn(objectOf(run)),
    ...(inherited.size > 0 && { inherited }),
  };
  return told ? present : { ...present, isSilent: true };
}

function isNoAnswer(error: unknown): boolean {
  return error instanceof KubeFailure || error instanceof TimedOut;
}

/** Whoever has a server, whatever the hub says of it. */
async function podUsers(kube: Cluster, hub: string): Promise<HubUser[]> {
  const pods = await kube.list('pods', { namespace: hub, selector: SERVERS });
  return pods.flatMap((pod) => {
    const name = textAt(pod, USERNAME);
    return name === '' ? [] : [{ name, servers: [''], tokens: 0 }];
  });
}

/** Homes of a hub that are claims of their own, and who they belong to. */
export async function claimsIn(kube: Pick<Cluster, 'list'>, hub: string): Promise<Claim[]> {
  const found = await kube.list('persistentvolumeclaims', { namespace: hub, selector: HOMES });
  return found.flatMap((one) => {
    const name = textAt(one, USERNAME);
    return name === '' ? [] : [claimOf(one, name)];
  });
}

/** People with a server whom the hub does not name, after those whom it does. */
function together(users: readonly HubUser[], withPods: readonly HubUser[]): HubUser[] {
  const others = new Map(withPods.map((one) => [one.name, one]));
  for (const { name } of users) others.delete(name);
  return [...users, ...others.values()];
}

/** Whom a hub knows; undefined where it does not answer: its people's pods are ended without it. */
async function usersOf(world: HubAccess, hub: string): Promise<HubUser[] | undefined> {
  const lines: JsonObject[] = [];
  try {
    await askHub(world, hub, {
      job: { do: 'look' },
      seconds: LOOK_SECONDS,
      onObject: (line) => void lines.push(line),
    });
  } catch (error) {
    if (isNoAnswer(error)) return undefined;
    throw error;
  }
  return lines.length === 0 ? undefined : readUsers(at(lines.at(-1), '/users'));
}

export interface HubQuestion {
  job: JsonObject;
  /** After so long it is ended. */
  seconds: number;
  onObject: (line: JsonObject) => void;
}

/** Runs the script in the hub's pod; each object that it prints is given on as it comes. */
export async function askHub(
  { kube, script }: HubAccess,
  hub: string,
  { job, seconds, onObject }: HubQuestion,
): Promise<{ code: number; stderr: string }> {
  return kube.python(hub, {
    script: await script(SCRIPT),
    args: [JSON.stringify(job)],
    onLine: (text) => {
      const line = objectOf(text);
      if (line) onObject(line);
    },
    timeoutMs: seconds * 1000,
  });
}
