import { at, isObject, objectOf, objectsIn } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { teamKey } from './teams.ts';
import type { Account, TeamList, TeamLists } from './teams.ts';

/** A directory that was written into a file, or what is wrong with it. */
export type DirectoryReading =
  { kind: 'read'; teams: TeamLists } | { kind: 'wrong'; message: string };

interface Written {
  key: string;
  parent: string | undefined;
  list: TeamList;
}

/**
 * `{"v": 1, "teams": [{"organization": "OGGM", "slug": "hub-users", "parent": "all" or null, "totalCount": 2,
 * "members": [{"id": 583231, "login": "octocat"}]}]}`: each team with its own members; those of its children are added.
 */
export function readDirectory(text: string): DirectoryReading {
  const object = objectOf(text);
  if (object?.['v'] !== 1 || !Array.isArray(object['teams']))
    return { kind: 'wrong', message: 'it is no object with "v": 1 and a list "teams"' };
  const written: Written[] = [];
  for (const team of objectsIn(object['teams'])) {
    const one = writtenTeam(team);
    if (!one) return { kind: 'wrong', message: 'a team in it has no organization, or no slug' };
    written.push(one);
  }
  return { kind: 'read', teams: withChildren(written) };
}

function writtenTeam(team: JsonObject): Written | undefined {
  const { organization, slug, parent } = team;
  if (typeof organization !== 'string' || typeof slug !== 'string') return undefined;
  const key = (name: string): string => teamKey(`team:${organization}/${name}`);
  return {
    key: key(slug),
    parent: typeof parent === 'string' ? key(parent) : undefined,
    list: writtenList(team),
  };
}

function writtenList({ members, totalCount }: JsonObject): TeamList {
  if (!Array.isArray(members)) return { kind: 'unknown', why: 'there is no list of its members' };
  const accounts = members.flatMap((one) => accountOf(one) ?? []);
  const count = totalCount ?? members.length;
  return accounts.length === count
    ? { kind: 'complete', members: accounts }
    : { kind: 'unknown', why: `${accounts.length} of ${JSON.stringify(count)} members are listed` };
}

function accountOf(one: Json): Account | undefined {
  const id = isObject(one) ? one['id'] : undefined;
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) return undefined;
  const login = at(one, '/login');
  return { id: String(id), login: typeof login === 'string' ? login : undefined };
}

/** A team is known in full where all teams below it are. */
function withChildren(written: readonly Written[]): TeamLists {
  const whole = (one: Written, above: readonly string[]): TeamList => {
    const { key, list } = one;
    const children = written.filter(({ parent }) => parent === key);
    let members = list;
    for (const child of children) {
      if (above.includes(child.key)) return { kind: 'unknown', why: `${key} is below itself` };
      members = joined(members, whole(child, [...above, key, child.key]));
    }
    return members;
  };
  return new Map(written.map((one) => [one.key, whole(one, [one.key])]));
}

function joined(a: TeamList, b: TeamList): TeamList {
  if (a.kind === 'unknown') return a;
  if (b.kind === 'unknown') return b;
  const all = new Map([...a.members, ...b.members].map((one) => [one.id, one]));
  return { kind: 'complete', members: [...all.values()] };
}
