import { at, isObject, objectsIn, textAt } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { readEntries } from './entry.ts';
import { owedIn } from './secret.ts';
import type { HubUser, PresentHub } from './plan.ts';

/** A hub that runs, and of which nobody can say who is in it. */
export interface UnreadHub {
  hub: string;
  why: string;
}

/** A hub of the files that was not deployed to this cluster, where one was asked: nobody is compared with it. */
export interface AbsentHub {
  hub: string;
  /** The release of others that it takes over; empty where it begins new. */
  release: string;
}

/** Hubs that are there: each is in one of both. */
export interface PresentHubs {
  present: ReadonlyMap<string, PresentHub>;
  unread: readonly UnreadHub[];
}

/**
 * `{"access": <access.json>, "run": <run.json>, "users": [{"name", "servers", "tokens"}]}`: what is there in one hub.
 */
export function readPresent(object: JsonObject): PresentHub {
  return {
    entries: readEntries(JSON.stringify(object['access'] ?? {})),
    users: readUsers(object['users']),
    owed: owedIn(object['run']),
  };
}

/** Users as the hub knows them. Servers are a list of names, or a mapping by name as JupyterHub's API gives it. */
export function readUsers(users: Json | undefined): HubUser[] {
  return objectsIn(users).flatMap((one) => {
    const name = textAt(one, '/name');
    return name === '' ? [] : [{ name, servers: serversOf(one), tokens: countOf(one['tokens']) }];
  });
}

function serversOf(user: JsonObject): string[] {
  const servers = at(user, '/servers');
  if (isObject(servers)) return Object.keys(servers);
  return Array.isArray(servers) ? servers.filter((one) => typeof one === 'string') : [];
}

function countOf(tokens: Json | undefined): number {
  if (Array.isArray(tokens)) return tokens.length;
  return typeof tokens === 'number' ? tokens : 0;
}
