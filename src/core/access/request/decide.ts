import { dayOf } from '../days.ts';
import { mentionsOf } from '../wanted.ts';
import { readBody } from './body.ts';
import type { Asked, BodyReading } from './body.ts';
import { readCommand } from './command.ts';
import { broughtBy } from './brought.ts';
import { decideCommand } from './decide-command.ts';
import { NOTHING, refusal } from './decision.ts';
import type { Decision, Refusal } from './decision.ts';
import type { RequestComment, RequestFacts, RequestIssue, RequestState } from './facts.ts';
import { cohortOf, grantOf, isShown, ownClass, wishOf } from './grant.ts';
import type { Grant } from './grant.ts';

/** Accounts that are younger ask once they are older: throw-away accounts cost nothing. */
const YOUNG_DAYS = 7;
const DAY_MS = 86_400_000;

/** An issue or a comment, and the files of the default branch → what becomes of the request. Pure. */
export function decideRequest(facts: RequestFacts): Decision {
  const { issue, comment, said } = facts;
  const reading = readBody(issue.body, facts.platform);
  const isNone = reading.kind === 'none' && said === undefined && !broughtBy(facts);
  if (isNone || isIdle(issue, comment)) return NOTHING;
  const asked = reading.kind === 'read' ? reading.asked : undefined;
  const cohort = asked?.kind === 'class' ? asked.slug : undefined;
  if (!comment) return { ...decideIssue(facts, reading), cohort };
  const read = readCommand(comment.body);
  if (read.kind === 'none') return NOTHING;
  const command = read.kind === 'malformed' ? read.name : read.command.name;
  const stays = (refused: Refusal): Decision => ({ ...NOTHING, state: said, command, refused });
  if (comment.createdAt !== comment.updatedAt)
    return stays(
      refusal('edited-comment', 'a comment that was edited does nothing: write a new one'),
    );
  // Whoever asks can close the issue: that keeps nobody in.
  const revokes = read.kind === 'command' && command === 'revoke';
  if (!issue.isOpen && !revokes)
    return stays(refusal('closed', 'this request is closed: open a new one'));
  if (read.kind === 'malformed') return stays(refusal('grammar', read.usage));
  const now = decideIssue(facts, reading);
  const decided = decideCommand({ facts, comment, asked, now }, read.command);
  return { ...decided, command, cohort };
}

/** Whether nothing can follow, whatever the files say: people talk in issues, and most of it is for people. */
export function isIdle(issue: RequestIssue, comment: RequestComment | undefined): boolean {
  if (issue.isPull || issue.author.isBot) return true;
  return comment !== undefined && (comment.author.isBot || !isCommand(comment.body));
}

function isCommand(comment: string): boolean {
  return readCommand(comment).kind !== 'none';
}

/** What an issue is by itself. */
function decideIssue(facts: RequestFacts, reading: BodyReading): Decision {
  const { issue, said } = facts;
  if (!issue.isOpen) return { ...NOTHING, state: said };
  if (said === 'denied' || said === 'withdrawn') return ending(said);
  const asked = reading.kind === 'read' ? reading.asked : undefined;
  const grant = asked && grantOf(facts, asked);
  if (grant && hasBrought(facts, grant, asked))
    return { ...NOTHING, state: 'active', until: grant.until };
  if (said !== 'revoked' && !grant && broughtBy(facts)) return stillActive();
  if (reading.kind === 'none')
    return invalid(facts, refusal('edited', 'it is no longer a request: it was edited by hand'));
  if (reading.kind === 'wrong') return invalid(facts, refusal(reading.code, reading.message));
  return decideAsked(facts, reading.asked, grant);
}

function decideAsked(facts: RequestFacts, asked: Asked, grant: Grant | undefined): Decision {
  const { said } = facts;
  if (said === 'revoked') return { ...NOTHING, state: said, effect: { kind: 'apply', ends: true } };
  const problem = problemOf(facts, asked, grant);
  return problem ? invalid(facts, problem) : proposed(facts, asked);
}

/** What was edited since brings nothing else, and takes nothing away. */
function stillActive(): Decision {
  const why = 'it was edited after it had brought access: open a new request for anything else';
  return { ...NOTHING, state: 'active', refused: refusal('edited', why) };
}

/** A run that was cut off has said it, and not closed the issue. */
function ending(state: 'denied' | 'withdrawn'): Decision {
  const why = 'The request has ended.';
  return { ...NOTHING, state, effect: { kind: 'withdraw', why, ends: true } };
}

function proposed(facts: RequestFacts, asked: Asked): Decision {
  const { pull, said, now } = facts;
  const wish = wishOf(facts, asked);
  if (!wish) return invalid(facts, refusal('no-class', 'the file of the class cannot be added to'));
  const { change, until } = wish;
  if (until < dayOf(now))
    return invalid(facts, refusal('over', 'the time that it asks for is over: open a new request'));
  if (pull && isShown(pull, change))
    return { ...NOTHING, state: kept(said) ?? 'needs-review', until };
  return { ...NOTHING, state: 'needs-review', effect: { kind: 'propose', change }, until };
}

/** What an approver has said of a pull request that has not changed since. */
function kept(said: RequestState | undefined): RequestState | undefined {
  return said === 'on-hold' || said === 'approved' ? said : undefined;
}

/** Whether this very issue has brought what it asks for. */
function hasBrought(facts: RequestFacts, grant: Grant, asked: Asked): boolean {
  if (grant.kind === 'cohort') return true;
  if (asked.kind === 'access') return grant.request === facts.issue.number;
  const wish = wishOf(facts, asked);
  return wish !== undefined && wish.until <= grant.until;
}

function problemOf(
  facts: RequestFacts,
  asked: Asked,
  grant: Grant | undefined,
): Refusal | undefined {
  const { older } = facts;
  const problem = ownProblem(facts, asked, grant);
  if (problem ?? older === undefined) return problem;
  return refusal('open-request', `another request of this account is open: #${older}`);
}

function ownProblem(
  facts: RequestFacts,
  asked: Asked,
  grant: Grant | undefined,
): Refusal | undefined {
  switch (asked.kind) {
    case 'renew':
      return renewProblem(grant);
    case 'access':
      return accessProblem(facts, asked, grant);
    case 'class':
      return nameProblem(facts, asked) ?? ageProblem(facts);
  }
}

/** A name leads to a file, whoever made it, and to whatever hubs already say of a class of that name. */
function nameProblem(facts: RequestFacts, asked: Asked & { kind: 'class' }): Refusal | undefined {
  const { names, environments } = facts.platform;
  if (ownClass(facts, asked)) return undefined;
  const who = `cohort:${asked.slug}`;
  const isNamed = [...environments.values()].some(({ data }) => mentionsOf(data).includes(who));
  return isNamed || names.get('cohort')?.has(asked.slug) === true
    ? refusal('class-name', 'there is a class of that short name: write another one')
    : undefined;
}

function renewProblem(grant: Grant | undefined): Refusal | undefined {
  return grant
    ? undefined
    : refusal('no-access', 'this account has no access that could be renewed: ask for access');
}

function accessProblem(
  facts: RequestFacts,
  asked: Asked & { kind: 'access' },
  grant: Grant | undefined,
): Refusal | undefined {
  if (asked.cohort !== undefined) return classProblem(facts, asked);
  if (grant) return refusal('has-access', `this account has access until ${grant.until}: renew it`);
  return ageProblem(facts);
}

function ageProblem({ now, accountSince }: RequestFacts): Refusal | undefined {
  return now - accountSince < YOUNG_DAYS * DAY_MS
    ? refusal(
        'young-account',
        `this account is younger than ${YOUNG_DAYS} days: write /recheck when it is older`,
      )
    : undefined;
}

function classProblem(facts: RequestFacts, asked: Asked): Refusal | undefined {
  const cohort = cohortOf(facts.platform, asked);
  if (!cohort) return refusal('no-class', 'there is no such class: look at the link again');
  const { members, capacity } = cohort.data;
  return members.length < capacity
    ? undefined
    : refusal('capacity', `the class is full: it has ${capacity} places`);
}

function invalid({ pull }: RequestFacts, refused: Refusal): Decision {
  const why = 'The request does not ask for this any more.';
  const effect = pull
    ? ({ kind: 'withdraw', why, ends: false } as const)
    : ({ kind: 'none' } as const);
  return { ...NOTHING, state: 'invalid', refused, effect };
}
