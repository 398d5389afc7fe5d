import { dayOf } from '../days.ts';
import type { Day } from '../days.ts';
import type { Asked } from './body.ts';
import type { Command } from './command.ts';
import { classOf, revocation } from './brought.ts';
import { NOTHING, refusal } from './decision.ts';
import type { Decision, Refusal, RefusalCode } from './decision.ts';
import type { RequestComment, RequestFacts } from './facts.ts';
import { endingOn, grantOf, isMeant, lastDay, renewal, shownEnd, wishOf } from './grant.ts';
import type { Grant, Wish } from './grant.ts';
import { rightOf } from './rights.ts';
import type { Right } from './rights.ts';

/** A command, whole and in time, on an open request. */
export interface CommandFacts {
  facts: RequestFacts;
  comment: RequestComment;
  /** Undefined where the issue is no proper request now. */
  asked: Asked | undefined;
  /** What the issue is without the command. */
  now: Decision;
}

/** More days than any tier has. */
const ANY_DAYS = 100_000;

export function decideCommand(given: CommandFacts, command: Command): Decision {
  const wrong = rightProblem(given, command);
  if (wrong) return stays(given, wrong);
  switch (command.name) {
    case 'recheck':
      return given.now;
    case 'withdraw':
      return ended(given, 'withdrawn', 'Withdrawn by who asked.');
    case 'deny':
      return ended(given, 'denied', `Denied: ${command.why}`);
    case 'hold':
      return held(given);
    case 'approve':
      return approved(given);
    case 'renew':
      return renewed(given);
    case 'extend':
      return extended(given, command.until);
    case 'revoke':
      return revoked(given);
  }
}

/** Who may write which command; a maintainer of the repository is none of them by that alone. */
function rightProblem(given: CommandFacts, { name }: Command): Refusal | undefined {
  const { facts, comment } = given;
  const isRequester = comment.author.id === facts.issue.author.id;
  const right = rightHere(given);
  switch (name) {
    case 'withdraw':
    case 'renew':
      return isRequester ? undefined : refusal('not-requester', `only who asks may write /${name}`);
    case 'recheck':
      return isRequester || right !== 'none'
        ? undefined
        : refusal('not-approver', 'only who asks, or an approver, may write /recheck');
    case 'approve':
    case 'deny':
    case 'hold':
    case 'extend':
    case 'revoke':
      if (isRequester) return refusal('own-request', 'nobody decides about their own request');
      return right === 'approver' || (right === 'lead' && name !== 'extend')
        ? undefined
        : refusal('not-approver', `only an approver may write /${name}`);
  }
}

function rightHere({ facts, comment, asked }: CommandFacts): Right {
  return rightOf(facts, comment.author.id, classOf(facts, asked));
}

function stays({ now }: CommandFacts, refused: Refusal): Decision {
  return { ...NOTHING, state: now.state, refused, until: now.until };
}

function refuse(given: CommandFacts, code: RefusalCode, reason: string): Decision {
  return stays(given, refusal(code, reason));
}

/** Access that there is stays: only what is asked for beyond it ends. */
function ended(given: CommandFacts, state: 'denied' | 'withdrawn', why: string): Decision {
  const { now, facts } = given;
  const isActive = now.state === 'active';
  if (isActive && !facts.pull)
    return refuse(given, 'active', 'access has begun: an approver can end it with /revoke');
  return {
    ...NOTHING,
    state: isActive ? 'active' : state,
    effect: { kind: 'withdraw', why, ends: !isActive },
    until: isActive ? now.until : undefined,
  };
}

function held(given: CommandFacts): Decision {
  const { facts, now } = given;
  if (!facts.pull || now.state === 'active' || now.state === 'invalid')
    return refuse(given, 'no-pull', 'there is nothing to decide');
  return { ...now, state: 'on-hold' };
}

function approved(given: CommandFacts): Decision {
  const { facts, comment, now, asked } = given;
  const { pull } = facts;
  if (now.state === 'invalid') return now;
  if (now.state === 'active' && !pull)
    return { ...now, effect: { kind: 'apply', ends: isRenewal(given) } };
  const wish = awaited(given);
  if (!pull || !wish || !asked) return refuse(given, 'no-pull', 'there is nothing to decide');
  if (!isMeant(pull, wish.change, asked) || pull.headAt >= comment.createdAt) {
    const changed = refusal('changed', 'it has changed since: look at it again');
    return { ...now, refused: changed, effect: { kind: 'propose', change: wish.change } };
  }
  return merged(given, wish);
}

/** What the open pull request should hold: the request, or more time for access that there is. */
function awaited({ facts, asked, now }: CommandFacts): Wish | undefined {
  if (!asked) return undefined;
  if (now.state !== 'active') return wishOf(facts, asked);
  // Nobody gets more time by a class: its lead decides about the class alone.
  if (asked.kind === 'class' || classOf(facts, asked)) return undefined;
  const end = facts.pull && shownEnd(facts.pull);
  const latest = renewal(facts, dayOf(facts.now), asked.days);
  if (end === undefined || !latest || end > latest.until) return undefined;
  return endingOn(facts, end, dayOf(facts.now));
}

/** A request for more time is done with that; the issue of the access itself stays open while it lasts. */
function merged(given: CommandFacts, { change, until }: Wish): Decision {
  const by = given.comment.author.id;
  const effect = { kind: 'merge', change, by, ends: isRenewal(given) } as const;
  return { ...NOTHING, state: 'active', effect, until };
}

function isRenewal({ asked }: CommandFacts): boolean {
  return asked?.kind === 'renew';
}

function renewed(given: CommandFacts): Decision {
  const { facts, comment, asked } = given;
  const grant = memberGrant(given);
  if (!asked || asked.kind === 'class' || !grant)
    return refuse(given, 'no-access', 'there is no access that could be renewed');
  const wish = renewal(facts, dayOf(comment.createdAt), asked.days);
  if (!wish || wish.until <= grant.until)
    return refuse(given, 'no-later', `access lasts until ${grant.until} already`);
  return {
    ...NOTHING,
    state: 'active',
    effect: { kind: 'propose', change: wish.change },
    until: grant.until,
  };
}

function extended(given: CommandFacts, until: Day): Decision {
  const { facts } = given;
  const today = dayOf(facts.now);
  const wish = memberGrant(given) && endingOn(facts, until, today);
  if (!wish) return refuse(given, 'no-access', 'there is no access that could be extended');
  const { tier = '', from = today } =
    facts.platform.members.get(String(facts.issue.author.id))?.data ?? {};
  const latest = lastDay(facts.platform, tier, today, ANY_DAYS);
  if (until < from && from > today)
    return refuse(
      given,
      'no-later',
      `the last day may be any until ${latest}, and not before ${from}`,
    );
  if (until < today || until > latest)
    return refuse(given, 'no-later', `the last day may be any until ${latest}`);
  return merged(given, wish);
}

function memberGrant({ facts, asked }: CommandFacts): Grant | undefined {
  const grant = asked && grantOf(facts, asked);
  return grant?.kind === 'member' ? grant : undefined;
}

function revoked(given: CommandFacts): Decision {
  const { facts, comment, asked } = given;
  const change = revocation(facts, asked);
  if (!change && facts.said === 'revoked') return given.now;
  if (!change) return refuse(given, 'no-access', 'there is no access that could be revoked');
  const effect = { kind: 'merge', change, by: comment.author.id, ends: true } as const;
  return { ...NOTHING, state: 'revoked', effect };
}
