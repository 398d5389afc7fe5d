import type { Who } from '../model/types.ts';

/** A GitHub account. The id stays when the login is renamed. */
export interface Account {
  /** The numeric id, as text. */
  id: string;
  /** Undefined where only the id is known. */
  login: string | undefined;
}

/** Everybody in a team and in the teams below it, or why that is not known: then nobody is taken out of it. */
export type TeamList =
  { kind: 'complete'; members: readonly Account[] } | { kind: 'unknown'; why: string };

/** Teams by their key. */
export type TeamLists = ReadonlyMap<string, TeamList>;

/** Names of organisations and teams are the same in small and capital letters. */
export function teamKey(who: Who): string {
  return who.toLowerCase();
}

export function isTeam(who: Who): boolean {
  return who.startsWith('team:');
}

/** The organisation and the slug of `team:<org>/<slug>`. */
export function teamParts(who: Who): { organization: string; slug: string } {
  const [organization = '', slug = ''] = who.slice('team:'.length).split('/');
  return { organization, slug };
}

/** What is known of a team; one that nobody asked about is unknown. */
export function teamList(lists: TeamLists, who: Who): TeamList {
  return lists.get(teamKey(who)) ?? { kind: 'unknown', why: 'nothing is known of it' };
}
