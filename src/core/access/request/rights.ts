import type { CohortFile, Doc, Platform } from '../../model/types.ts';
import { isTeam, teamList } from '../teams.ts';
import type { TeamLists } from '../teams.ts';
import type { RequestFacts } from './facts.ts';

/** What somebody may do with a request: all of it, what a class's lead may, or nothing. */
export type Right = 'approver' | 'lead' | 'none';

/** By the file on the default branch and its teams, never by what GitHub says of the comment's author. */
export function rightOf(
  { platform, teams }: Pick<RequestFacts, 'platform' | 'teams'>,
  id: number,
  cohort: Doc<CohortFile> | undefined,
): Right {
  if (isApprover(platform, teams, id)) return 'approver';
  return cohort?.data.leads.includes(id) === true ? 'lead' : 'none';
}

function isApprover({ approvers }: Platform, teams: TeamLists, id: number): boolean {
  if (!approvers) return false;
  const { approvers: named, teams: whole } = approvers.data;
  if (named.some((one) => one.id === id)) return true;
  return whole.some((who) => isTeam(who) && isIn(teams, who, String(id)));
}

/** A team that is not known in full approves nothing. */
function isIn(teams: TeamLists, who: string, id: string): boolean {
  const list = teamList(teams, who);
  return list.kind === 'complete' && list.members.some((one) => one.id === id);
}
