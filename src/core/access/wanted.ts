import { compareText } from '../json.ts';
import { choosers } from '../model/offers.ts';
import type { EnvironmentFile, Who } from '../model/types.ts';
import { firstStretch, includes } from './days.ts';
import type { Day } from './days.ts';
import type { Entries, Entry } from './entry.ts';
import { leadGroups, staffGroups } from './leads.ts';
import { LEADS } from './people.ts';
import type { Affiliation, People } from './people.ts';
import { isTeam, teamKey, teamList } from './teams.ts';
import type { TeamLists } from './teams.ts';

/** Somebody who is to enter a hub, without the name that they bear there, and why. */
export interface Wanted extends Omit<Entry, 'name'> {
  why: readonly string[];
}

/** What decides who enters a hub. */
export interface HubWish {
  hub: string;
  file: string;
  data: Pick<EnvironmentFile, 'access' | 'adopt' | 'images' | 'sizes' | 'mounts'>;
}

interface Sources {
  people: People;
  teams: TeamLists;
  present: Entries;
  today: Day;
}

/** Everybody whom a hub's file names: who enters, who helps, who may choose a size or an image, who has a mount. */
export function mentionsOf({ access, mounts, ...choices }: HubWish['data']): Who[] {
  const staff = Object.values(access.staff).flatMap(({ who, over }) => [...who, ...over]);
  const given = [...choosers(choices), ...mounts.flatMap((mount) => mount.for)];
  return [...new Set([...access.allow, ...access.admins, ...staff, ...given])];
}

/** Teams that a hub's file names and that are not known in full now. */
export function unknownTeams({ data }: HubWish, teams: TeamLists): Who[] {
  return mentionsOf(data).filter((who) => isTeam(who) && teamList(teams, who).kind === 'unknown');
}

/** Who is to enter a hub, by id. What is over is left out; what has yet to begin is in. */
export function wantedIn(wish: HubWish, sources: Sources): Map<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const [id, belongs] of affiliationsIn(wish, sources)) {
    const one = wantedOf(wish.data, belongs, sources.today, leadFilter(wish, sources, id));
    if (one) wanted.set(id, one);
  }
  return wanted;
}

/** People's files, the teams and the people that this hub's file names. */
function affiliationsIn(wish: HubWish, sources: Sources): Map<string, Affiliation[]> {
  const { people, teams, present } = sources;
  const all = new Map([...people.affiliations].map(([id, list]) => [id, [...list]]));
  const add = (id: string, who: Who, why: string): void => {
    const always = { who, why, from: undefined, until: undefined };
    all.set(id, [...(all.get(id) ?? []), always]);
  };
  for (const who of mentionsOf(wish.data)) {
    if (who.startsWith('user:')) add(who.slice('user:'.length), who, wish.file);
    if (isTeam(who)) for (const id of memberIds(who, teams, present)) add(id, who, who);
  }
  return all;
}

/** Of a team that is not known in full, those count who were in it before. */
function memberIds(who: Who, teams: TeamLists, present: Entries): string[] {
  const list = teamList(teams, who);
  if (list.kind === 'complete') return list.members.map(({ id }) => id);
  return [...present]
    .filter(([, { groups }]) => groups.some((group) => teamKey(group) === teamKey(who)))
    .map(([id]) => id);
}

/** Where not everything about somebody is known, nobody begins to lead them. */
function leadFilter(wish: HubWish, sources: Sources, id: string): (group: string) => boolean {
  const { people, teams, present } = sources;
  const { ids, cohorts } = people.unreadable;
  const isKnown = unknownTeams(wish, teams).length === 0 && !ids.has(id) && cohorts.size === 0;
  const before = present.get(id)?.groups ?? [];
  return (group) => isKnown || before.includes(group);
}

function wantedOf(
  data: HubWish['data'],
  belongs: readonly Affiliation[],
  today: Day,
  isCertain: (group: string) => boolean,
): Wanted | undefined {
  const { allow, admins } = data.access;
  const entering = belongs.filter((one) => isAmong(one, [...allow, ...admins]));
  const stretch = firstStretch(entering, today);
  if (!stretch) return undefined;
  const day = stretch.from !== undefined && stretch.from > today ? stretch.from : today;
  const valid = belongs.filter((one) => includes(one, day));
  const admin = valid.some((one) => isAmong(one, admins));
  const led = admin ? [] : helping(data, belongs, { today, day }).filter(isCertain);
  return {
    ...stretch,
    admin,
    groups: [...groupsOf(data, valid), ...led].sort(compareText),
    why: [...new Set(entering.filter((one) => includes(one, day)).map(({ why }) => why))],
  };
}

/** Whose servers somebody may open, or who may open theirs: who helps others is helped by nobody. */
function helping(
  { access }: HubWish['data'],
  belongs: readonly Affiliation[],
  { today, day }: { today: Day; day: Day },
): string[] {
  const groups = [
    ...(access.leads?.servers === true
      ? leadGroups(belongs, { today, day, staff: Object.keys(access.staff) })
      : []),
    ...staffGroups(access.staff, belongs, { today, day, isAmong }),
  ];
  const leading = groups.filter((group) => group.startsWith(LEADS));
  return leading.length > 0 ? leading : groups;
}

function isAmong({ who }: Affiliation, list: readonly Who[]): boolean {
  return list.some((one) => teamKey(one) === teamKey(who));
}

/** What the hub's file names, as it writes it, and the classes: leads and ends are told by these. */
function groupsOf(data: HubWish['data'], valid: readonly Affiliation[]): string[] {
  const named = mentionsOf(data).filter((one) => valid.some((having) => isAmong(having, [one])));
  const cohorts = valid.map(({ who }) => who).filter((who) => who.startsWith('cohort:'));
  return [...new Set([...named, ...cohorts])].sort(compareText);
}
