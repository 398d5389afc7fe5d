import { describe, expect, test } from '@jest/globals';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import { NOTHING } from '../../../../src/core/access/request/decision.ts';
import type { RequestFacts } from '../../../../src/core/access/request/facts.ts';
import { accessBody, renewBody } from '../../../support/request-body.ts';
import {
  ASKER,
  COURSE,
  DAY,
  MEMBER,
  MEMBER_TEXT,
  NOON,
  comment,
  issue,
  pull,
  requestFacts,
} from '../../../support/request-facts.ts';
import type { Written } from '../../../support/written.ts';

const decide = (more: Partial<RequestFacts> = {}, people: Written = {}) =>
  decideRequest(requestFacts(more, people));
const course = { tier: 'student', cohort: 'course' };
const invalid = (code: string, reason: string) => ({
  ...NOTHING,
  state: 'invalid',
  refused: { code, reason },
});
const member = (until: string, request = 12) => ({
  [MEMBER]: { id: 7, tier: 'researcher', until, request },
});

describe('an issue that was opened or edited', () => {
  test('is proposed as a file, with an end counted from its own day', () => {
    expect(decide()).toEqual({
      ...NOTHING,
      state: 'needs-review',
      effect: { kind: 'propose', change: { path: MEMBER, text: MEMBER_TEXT } },
      until: '2027-02-21',
    });
  });

  test('a tier ends sooner than what is asked for', () => {
    const body = accessBody({ tier: 'student', time: '6 months' });
    const decision = decide({ issue: issue({ body }) });
    expect(decision.until).toBe('2027-03-23');
  });

  test('the day is that of UTC', () => {
    const at = (createdAt: number) => decide({ issue: issue({ createdAt }) }).until;
    expect(at(Date.UTC(2026, 10, 23, 23, 59, 59))).toBe('2027-02-21');
    expect(at(Date.UTC(2026, 10, 24))).toBe('2027-02-22');
  });

  test('a login that is none is left out', () => {
    const author = { ...ASKER, login: 'a: b' };
    const { effect } = decide({ issue: issue({ author }) });
    expect(effect).toMatchObject({
      change: { text: expect.not.stringContaining('login') as unknown },
    });
  });

  test('a class gets one member more, and the rest of its file stays', () => {
    const decision = decide({ issue: issue({ body: accessBody(course) }) });
    expect(decision).toMatchObject({ state: 'needs-review', until: '2026-12-20' });
    expect(decision.effect).toMatchObject({ change: { path: COURSE } });
    const text = decision.effect.kind === 'propose' ? decision.effect.change.text : '';
    expect(text).toMatch(
      /^title: Course\nleads:\n[\s\S]*capacity: 2\nmembers:\n {2}- 5\n {2}- 7\n$/u,
    );
  });

  test.each<[string, Partial<RequestFacts>, Written, [string, string]]>([
    [
      'edited by hand',
      { issue: issue({ body: accessBody({ reason: '### Rules' }) }) },
      {},
      ['edited', 'it has not the shape that the form gives: it was edited by hand'],
    ],
    [
      'that is no request any more',
      { issue: issue({ body: 'nothing' }), said: 'needs-review' },
      {},
      ['edited', 'it is no longer a request: it was edited by hand'],
    ],
    [
      'for a class that is not there',
      { issue: issue({ body: accessBody({ cohort: 'none' }) }) },
      {},
      ['no-class', 'there is no such class: look at the link again'],
    ],
    [
      'for a full class',
      { issue: issue({ body: accessBody(course) }) },
      { [COURSE]: { ...requestFacts().platform.cohorts.get('course')?.data, members: [5, 6] } },
      ['capacity', 'the class is full: it has 2 places'],
    ],
    [
      'for a class that is over',
      { issue: issue({ body: accessBody(course) }), now: Date.UTC(2026, 11, 21) },
      {},
      ['over', 'the time that it asks for is over: open a new request'],
    ],
    [
      'that has waited too long',
      { now: Date.UTC(2027, 1, 22) },
      {},
      ['over', 'the time that it asks for is over: open a new request'],
    ],
    [
      'of somebody who has access already',
      {},
      member('2026-11-24', 3),
      ['has-access', 'this account has access until 2026-11-24: renew it'],
    ],
    [
      'of a new account',
      { accountSince: NOON - 7 * DAY + 1 },
      {},
      ['young-account', 'this account is younger than 7 days: write /recheck when it is older'],
    ],
    [
      'beside another',
      { older: 4 },
      {},
      ['open-request', 'another request of this account is open: #4'],
    ],
    [
      'for more time of nothing',
      { issue: issue({ body: renewBody() }) },
      {},
      ['no-access', 'this account has no access that could be renewed: ask for access'],
    ],
  ])('%s is invalid', (_name, more, people, [code, reason]) => {
    expect(decide(more, people)).toEqual(invalid(code, reason));
    expect(decide({ ...more, pull: pull() }, people)).toEqual({
      ...invalid(code, reason),
      effect: { kind: 'withdraw', why: 'The request does not ask for this any more.', ends: false },
    });
  });

  test('is fine on the other side of each limit', () => {
    expect(decide({ accountSince: NOON - 7 * DAY }).state).toBe('needs-review');
    expect(decide({ now: Date.UTC(2027, 1, 21, 23) }).state).toBe('needs-review');
    expect(decide({}, member('2026-11-23', 3)).state).toBe('needs-review');
    const young = { accountSince: NOON, issue: issue({ body: accessBody(course) }) };
    expect(decide(young).state).toBe('needs-review');
  });

  test('what is proposed already stays, with what an approver said of it', () => {
    const stays = { ...NOTHING, state: 'needs-review', until: '2027-02-21' };
    expect(decide({ pull: pull() })).toEqual(stays);
    expect(decide({ pull: pull(), said: 'on-hold' })).toEqual({ ...stays, state: 'on-hold' });
    expect(decide({ pull: pull(), said: 'approved' })).toEqual({ ...stays, state: 'approved' });
    expect(decide({ pull: pull(), said: 'invalid' })).toEqual(stays);
  });

  test.each([
    ['other bytes', { [MEMBER]: `${MEMBER_TEXT}# more\n` }],
    ['another file', { 'access/members/8.yaml': MEMBER_TEXT }],
    ['a file more', { [MEMBER]: MEMBER_TEXT, 'access/approvers.yaml': 'approvers: []' }],
    ['nothing', {}],
  ])('a pull request with %s is proposed anew, and what was said of it is over', (_name, files) => {
    const decision = decide({ pull: pull(files), said: 'approved' });
    expect(decision).toMatchObject({ state: 'needs-review', effect: { kind: 'propose' } });
  });

  test('what it asked for has come', () => {
    const active = (until: string) => ({ ...NOTHING, state: 'active', until });
    expect(decide({}, member('2027-02-21'))).toEqual(active('2027-02-21'));
    const body = accessBody({ tier: 'student', cohort: 'course' });
    const cohort = { ...requestFacts().platform.cohorts.get('course')?.data, members: [7] };
    expect(decide({ issue: issue({ body }) }, { [COURSE]: cohort })).toEqual(active('2026-12-20'));
  });

  test('more time', () => {
    const renew = { issue: issue({ body: renewBody() }) };
    expect(decide(renew, member('2026-12-01', 3))).toEqual({
      ...NOTHING,
      state: 'needs-review',
      effect: {
        kind: 'propose',
        change: {
          path: MEMBER,
          text: 'id: 7\ntier: "researcher"\nuntil: "2026-12-23"\nrequest: 3\n',
        },
      },
      until: '2026-12-23',
    });
    expect(decide(renew, member('2026-12-23', 3))).toMatchObject({ state: 'active' });
    expect(decide(renew, member('2026-12-22', 3))).toMatchObject({ state: 'needs-review' });
  });

  test.each<[string, Partial<RequestFacts>]>([
    ['a pull request', { issue: issue({ isPull: true }) }],
    ['of a bot', { issue: issue({ author: { ...ASKER, isBot: true } }) }],
    ['about something else', { issue: issue({ body: 'it does not start' }) }],
    ['a talk', { comment: comment('thanks') }],
    ['a bot’s comment', { comment: comment('/approve', { author: { ...ASKER, isBot: true } }) }],
  ])('%s is left alone', (_name, more) => {
    expect(decide({ pull: pull(), ...more })).toEqual(NOTHING);
  });

  test.each(['denied', 'withdrawn'] as const)('what was %s is closed', (said) => {
    expect(decide({ said })).toEqual({
      ...NOTHING,
      state: said,
      effect: { kind: 'withdraw', why: 'The request has ended.', ends: true },
    });
  });

  test('what was revoked is made true once more, and closed', () => {
    expect(decide({ said: 'revoked' })).toEqual({
      ...NOTHING,
      state: 'revoked',
      effect: { kind: 'apply', ends: true },
    });
  });

  test('what was to be revoked, and is not, stays open', () => {
    expect(decide({ said: 'revoked' }, member('2027-02-21')).state).toBe('active');
    const broken = { issue: issue({ body: accessBody({ reason: '' }) }), said: 'revoked' } as const;
    expect(decide(broken).state).toBe('invalid');
    expect(decide({ ...broken, said: 'denied' }).state).toBe('denied');
  });

  test('what is closed stays as it is', () => {
    const closed = { issue: issue({ isOpen: false }) };
    expect(decide({ ...closed, said: 'denied' })).toEqual({ ...NOTHING, state: 'denied' });
  });
});
