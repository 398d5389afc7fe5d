import { describe, expect, test } from '@jest/globals';
import { isSettled } from '../../../../src/core/access/request/brought.ts';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import type { Author, RequestFacts } from '../../../../src/core/access/request/facts.ts';
import { accessBody, renewBody } from '../../../support/request-body.ts';
import {
  APPROVER,
  COURSE,
  LEAD,
  MEMBER,
  comment,
  issue,
  requestFacts,
} from '../../../support/request-facts.ts';
import type { Written } from '../../../support/written.ts';

/* Whoever asks may edit and close the issue: that must not keep them in. */
const person = (until = '2027-01-31', request = 12): Written => ({
  [MEMBER]: { id: 7, tier: 'researcher', until, request },
});
const PERSON = person();
const cohort = (members: number[], leads = [2], until = '2026-12-20') => ({
  title: 'Course',
  leads,
  tier: 'student',
  from: '2026-11-01',
  until,
  capacity: 9,
  members,
});
const inClass: Written = { [COURSE]: cohort([5, 7]) };
const OTHER = 'access/cohorts/other.yaml';
const EDITED = {
  'no request at all': 'Thank you!',
  'a heading too few': '### Kind of access\n\nresearcher',
  'a kind that is not offered': accessBody({ tier: 'guest' }),
  'a class that they are not in': accessBody({ tier: 'student', cohort: 'other' }),
};
const decide = (body: string, more: Partial<RequestFacts>, people: Written) =>
  decideRequest(
    requestFacts(
      { issue: issue({ body }), said: 'active', comment: undefined, ...more },
      { [OTHER]: cohort([5], [9]), ...people },
    ),
  );
const revoke = (author: Author, body: string, people: Written, more: Partial<RequestFacts> = {}) =>
  decide(body, { comment: comment('/revoke left', { author }), ...more }, people);

describe.each(Object.entries(EDITED))('an issue that was edited to %s', (_what, body) => {
  test('still is the one that brought access', () => {
    expect(decide(body, {}, PERSON)).toMatchObject({
      state: 'active',
      refused: {
        code: 'edited',
        reason: 'it was edited after it had brought access: open a new request for anything else',
      },
      effect: { kind: 'none' },
    });
    expect(decide(body, {}, inClass)).toMatchObject({ state: 'active', effect: { kind: 'none' } });
  });

  test('keeps nobody in: the file of their own goes', () => {
    const change = { path: MEMBER, text: null };
    expect(revoke(APPROVER, body, PERSON)).toMatchObject({
      state: 'revoked',
      refused: undefined,
      effect: { kind: 'merge', change, by: 1, ends: true },
    });
    // Whatever was said last: the file names the issue.
    for (const said of ['invalid', undefined] as const)
      expect(revoke(APPROVER, body, PERSON, { said })).toMatchObject({ state: 'revoked' });
  });

  test('keeps nobody in a class: its lead takes them out', () => {
    const { state, effect } = revoke(LEAD, body, inClass);
    expect([state, effect.kind]).toEqual(['revoked', 'merge']);
    if (effect.kind !== 'merge') throw new Error('nothing was merged');
    expect(effect.change.path).toBe(COURSE);
    expect(effect.change.text).toMatch(/members:\n\s+- 5\n$/u);
  });

  test('gives no right to the lead of another class, or over a file of their own', () => {
    const other = { ...LEAD, id: 9 };
    for (const people of [inClass, PERSON])
      expect(revoke(other, body, people)).toMatchObject({ refused: { code: 'not-approver' } });
    expect(revoke(LEAD, body, PERSON)).toMatchObject({ refused: { code: 'not-approver' } });
  });
});

describe('what an issue has not brought, it does not take away', () => {
  const body = 'Thank you!';
  const refused = { refused: { code: 'no-access' }, effect: { kind: 'none' } };
  test.each<[string, Written, Partial<RequestFacts>]>([
    ['a file that names another issue', person('2027-01-31', 11), {}],
    ['a file that is over', person('2026-11-23'), {}],
    ['a class by its own list', inClass, { said: 'invalid' }],
    ['a class that is over', { [COURSE]: cohort([7], [2], '2026-11-23') }, {}],
    ['one of two classes', { ...inClass, [OTHER]: cohort([7]) }, {}],
  ])('%s', (_what, people, more) => {
    expect(revoke(APPROVER, body, people, more)).toMatchObject(refused);
  });

  test('on their last day both go still', () => {
    expect(revoke(APPROVER, body, person('2026-11-24'))).toMatchObject({ state: 'revoked' });
    const last = { [COURSE]: cohort([7], [2], '2026-11-24') };
    expect(revoke(APPROVER, body, last)).toMatchObject({ state: 'revoked' });
  });
});

describe('an issue that its author has closed', () => {
  const closed = { issue: issue({ isOpen: false }) };
  const say = (text: string, author = APPROVER) =>
    decideRequest(
      requestFacts({ ...closed, said: 'active', comment: comment(text, { author }) }, PERSON),
    );
  test('keeps nobody in', () => {
    expect(say('/revoke left')).toMatchObject({
      state: 'revoked',
      effect: { kind: 'merge', change: { path: MEMBER, text: null }, ends: true },
    });
  });
  test('is closed for everything else', () => {
    expect(say('/approve').refused?.code).toBe('closed');
    expect(say('/revoke').refused?.code).toBe('closed');
    expect(say('/revoke left', LEAD).refused?.code).toBe('not-approver');
  });
});

describe('an issue is settled', () => {
  const joining = accessBody({ tier: 'student', cohort: 'course' });
  test.each<[string, string, Written, boolean]>([
    ['by the file that names it', accessBody(), PERSON, true],
    ['not by a file that names another', accessBody(), person('2027-01-31', 11), false],
    ['not by a file that is over', accessBody(), person('2026-11-23'), false],
    ['by the class that it is about', joining, inClass, true],
    ['not while it waits', joining, PERSON, false],
    ['not where it asks for more time', renewBody(), PERSON, false],
    ['not where it is no request', 'Thank you!', PERSON, false],
  ])('%s', (_how, body, people, expected) => {
    const facts = requestFacts({ issue: issue({ number: 99 }) }, people);
    expect(isSettled(facts, { number: 12, body })).toBe(expected);
  });
});
