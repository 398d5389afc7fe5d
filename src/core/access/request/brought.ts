import type { CohortFile, Doc } from '../../model/types.ts';
import { dayOf } from '../days.ts';
import { readBody } from './body.ts';
import type { Asked } from './body.ts';
import { memberPath, withMembers } from './change.ts';
import type { Change } from './change.ts';
import type { RequestFacts } from './facts.ts';
import { cohortOf, grantOf, withdrawal } from './grant.ts';

/** What an issue has brought, whatever its author has made of its text since. */
type Brought = { kind: 'member' } | { kind: 'cohort'; cohort: Doc<CohortFile> };

/** The file that names the issue; else the one class that they are in, where the issue has brought access at all. */
export function broughtBy({ platform, issue, said, now }: RequestFacts): Brought | undefined {
  const today = dayOf(now);
  const member = platform.members.get(String(issue.author.id))?.data;
  if (member?.request === issue.number && member.until >= today) return { kind: 'member' };
  if (said !== 'active' && said !== 'revoked') return undefined;
  const theirs = [...platform.cohorts.values()].filter(
    ({ data }) => data.members.includes(issue.author.id) && data.until >= today,
  );
  const [cohort] = theirs;
  return cohort && theirs.length === 1 ? { kind: 'cohort', cohort } : undefined;
}

/** Whether another open issue of the same account has what it asks for: it stays open while access lasts. */
export function isSettled(
  facts: Pick<RequestFacts, 'platform' | 'issue' | 'now'>,
  { number, body }: { number: number; body: string },
): boolean {
  const reading = readBody(body, facts.platform);
  if (reading.kind !== 'read' || reading.asked.kind !== 'access') return false;
  const grant = grantOf(facts, reading.asked);
  return grant?.kind === 'cohort' || grant?.request === number;
}

/** The class whose leads may decide: of what the issue has brought, or else of what it asks for. */
export function classOf(
  facts: RequestFacts,
  asked: Asked | undefined,
): Doc<CohortFile> | undefined {
  const brought = asked && grantOf(facts, asked) ? undefined : broughtBy(facts);
  if (brought) return brought.kind === 'cohort' ? brought.cohort : undefined;
  return asked && cohortOf(facts.platform, asked);
}

/** What takes away again what an issue has brought. */
export function revocation(facts: RequestFacts, asked: Asked | undefined): Change | undefined {
  if (asked && grantOf(facts, asked)) return withdrawal(facts, asked);
  const { id } = facts.issue.author;
  const brought = broughtBy(facts);
  if (brought?.kind !== 'cohort') return brought && { path: memberPath(id), text: null };
  const { file, data } = brought.cohort;
  const source = facts.sources.get(file);
  const rest = data.members.filter((one) => one !== id);
  return source && withMembers(source, rest);
}
