import { describe, expect, test } from '@jest/globals';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import { NOTHING } from '../../../../src/core/access/request/decision.ts';
import type { Author, RequestFacts } from '../../../../src/core/access/request/facts.ts';
import { accessBody, renewBody } from '../../../support/request-body.ts';
import {
  APPROVER,
  ASKER,
  COURSE,
  LEAD,
  MEMBER,
  MEMBER_TEXT,
  NOON,
  STRANGER,
  TEAMMATE,
  comment,
  issue,
  pull,
  requestFacts,
} from '../../../support/request-facts.ts';
import type { Written } from '../../../support/written.ts';

const decide = (body: string, more: Partial<RequestFacts> = {}, people: Written = {}) =>
  decideRequest(requestFacts({ comment: comment(body), pull: pull(), ...more }, people));
const by = (author: Author, body: string, more: Partial<RequestFacts> = {}, people: Written = {}) =>
  decide(body, { ...more, comment: comment(body, { author }) }, people);
const code = (decision: ReturnType<typeof decide>) => decision.refused?.code;

const member = (until: string, request = 12): Written => ({
  [MEMBER]: { id: 7, tier: 'researcher', until, request },
});
const textUntil = (until: string) => `id: 7\ntier: "researcher"\nuntil: "${until}"\nrequest: 12\n`;
const course = requestFacts().platform.cohorts.get('course')?.data;
const inClass = { issue: issue({ body: accessBody({ tier: 'student', cohort: 'course' }) }) };
const COMMANDS = [
  '/approve',
  '/hold',
  '/deny no',
  '/extend 2027-01-31',
  '/revoke left',
  '/withdraw',
  '/renew',
  '/recheck',
];

describe('who may write what', () => {
  const refusals = (author: Author, more: Partial<RequestFacts> = {}, people: Written = {}) =>
    Object.fromEntries(
      COMMANDS.map((body): [string, string | undefined] => [
        body.split(' ')[0] ?? '',
        code(by(author, body, more, people)),
      ]),
    );
  const notApprover = {
    '/approve': 'not-approver',
    '/hold': 'not-approver',
    '/deny': 'not-approver',
    '/extend': 'not-approver',
    '/revoke': 'not-approver',
    '/withdraw': 'not-requester',
    '/renew': 'not-requester',
    '/recheck': 'not-approver',
  };
  const allowed = {
    '/approve': undefined,
    '/hold': undefined,
    '/deny': undefined,
    '/extend': 'no-access',
    '/revoke': 'no-access',
    '/withdraw': 'not-requester',
    '/renew': 'not-requester',
    '/recheck': undefined,
  };
  const asker = {
    '/approve': 'own-request',
    '/hold': 'own-request',
    '/deny': 'own-request',
    '/extend': 'own-request',
    '/revoke': 'own-request',
    '/withdraw': undefined,
    '/renew': 'no-access',
    '/recheck': undefined,
  };

  test.each<[string, Author, Record<string, string | undefined>]>([
    ['an approver of the file', APPROVER, allowed],
    ['an approver of the team', TEAMMATE, allowed],
    ['the lead of another request’s class', LEAD, notApprover],
    ['a stranger', STRANGER, notApprover],
    ['who asks', ASKER, asker],
  ])('%s', (_who, author, expected) => {
    expect(refusals(author)).toEqual(expected);
  });

  test('an approver who asks decides nothing about it', () => {
    expect(refusals(APPROVER, { issue: issue({ author: APPROVER }) })).toMatchObject({
      '/approve': 'own-request',
      '/revoke': 'own-request',
    });
  });

  test('the lead of its own class, up to the capacity, and never its time', () => {
    const shown = { ...inClass, pull: pull({ [COURSE]: 'members: [7]\n' }) };
    expect(refusals(LEAD, shown)).toEqual({ ...allowed, '/extend': 'not-approver' });
    const full = { [COURSE]: { ...course, members: [5, 6] } };
    expect(code(by(LEAD, '/approve', shown, full))).toBe('capacity');
    const others = { [COURSE]: { ...course, leads: [8] } };
    expect(code(by(LEAD, '/approve', shown, others))).toBe('not-approver');
  });

  test('a team that is not known in full approves nothing', () => {
    const teams: RequestFacts['teams'] = new Map([
      ['team:oggm/approvers', { kind: 'unknown', why: 'cut off' }],
    ]);
    expect(code(by(TEAMMATE, '/approve', { teams }))).toBe('not-approver');
    expect(code(by(APPROVER, '/approve', { teams }))).toBeUndefined();
  });

  test('without approvers.yaml nobody decides', () => {
    const facts = { platform: { ...requestFacts().platform, approvers: undefined } };
    expect(code(by(APPROVER, '/approve', facts))).toBe('not-approver');
  });

  test.each([
    ['/withdraw', 'not-requester', 'only who asks may write /withdraw'],
    ['/recheck', 'not-approver', 'only who asks, or an approver, may write /recheck'],
    ['/approve', 'not-approver', 'only an approver may write /approve'],
  ])('%s is answered', (body, refused, reason) => {
    expect(by(STRANGER, body).refused).toEqual({ code: refused, reason });
  });

  test('a refusal leaves the state as it is', () => {
    expect(by(STRANGER, '/approve', { said: 'on-hold' })).toMatchObject({
      state: 'on-hold',
      command: 'approve',
      effect: { kind: 'none' },
    });
    expect(by(STRANGER, '/approve').state).toBe('needs-review');
    expect(by(ASKER, '/approve').refused?.reason).toBe('nobody decides about their own request');
  });
});

describe('a command counts', () => {
  test('never from a comment that was edited', () => {
    const edited = comment('/approve', { updatedAt: NOON });
    expect(decide('', { comment: edited, said: 'needs-review' })).toEqual({
      ...NOTHING,
      state: 'needs-review',
      command: 'approve',
      refused: {
        code: 'edited-comment',
        reason: 'a comment that was edited does nothing: write a new one',
      },
    });
  });

  test('never on a closed issue', () => {
    const closed = decide('/approve', { issue: issue({ isOpen: false }), said: 'denied' });
    expect(closed).toEqual({
      ...NOTHING,
      state: 'denied',
      command: 'approve',
      refused: { code: 'closed', reason: 'this request is closed: open a new one' },
    });
  });

  test('only where it is written as it should be', () => {
    expect(decide('/extend soon').refused).toEqual({
      code: 'grammar',
      reason: 'write `/extend 2027-02-28`, as the first line',
    });
    expect(decide('/extend soon').command).toBe('extend');
  });
});

describe('/approve', () => {
  const merge = (text: string | null, more = {}) => ({
    kind: 'merge',
    change: { path: MEMBER, text },
    by: 1,
    ends: false,
    ...more,
  });

  test('merges exactly what was shown', () => {
    expect(decide('/approve')).toEqual({
      ...NOTHING,
      state: 'active',
      command: 'approve',
      effect: merge(MEMBER_TEXT),
      until: '2027-02-21',
    });
  });

  test.each<[string, Partial<RequestFacts>]>([
    ['the issue was edited', { issue: issue({ body: accessBody({ time: '1 month' }) }) }],
    ['the pull request holds other bytes', { pull: pull({ [MEMBER]: `${MEMBER_TEXT}\n` }) }],
    ['it holds a file more', { pull: pull({ [MEMBER]: MEMBER_TEXT, other: '' }) }],
    ['it changed after the comment', { pull: { ...pull(), headAt: NOON - 59_999 } }],
    ['it changed in the same moment', { pull: { ...pull(), headAt: NOON - 60_000 } }],
  ])('is refused where %s, and it is proposed anew', (_why, more) => {
    expect(decide('/approve', more)).toMatchObject({
      state: 'needs-review',
      refused: { code: 'changed', reason: 'it has changed since: look at it again' },
      effect: { kind: 'propose', change: { path: MEMBER } },
    });
  });

  test('counts where the comment is younger than the pull request', () => {
    const decision = decide('/approve', { pull: { ...pull(), headAt: NOON - 60_001 } });
    expect(decision.effect.kind).toBe('merge');
  });

  test('needs something to decide', () => {
    expect(decide('/approve', { pull: undefined })).toMatchObject({
      refused: { code: 'no-pull', reason: 'there is nothing to decide' },
      effect: { kind: 'none' },
    });
    expect(decide('/approve', { older: 3 })).toMatchObject({
      state: 'invalid',
      refused: { code: 'open-request' },
      effect: { kind: 'withdraw', ends: false },
    });
  });

  test('of what is merged makes it true once more: a run was cut off', () => {
    expect(decide('/approve', { pull: undefined }, member('2027-02-21'))).toEqual({
      ...NOTHING,
      state: 'active',
      command: 'approve',
      effect: { kind: 'apply', ends: false },
      until: '2027-02-21',
    });
    const renewal = { issue: issue({ body: renewBody() }), pull: undefined };
    expect(decide('/approve', renewal, member('2026-12-23')).effect).toEqual({
      kind: 'apply',
      ends: true,
    });
  });

  test('of a class counts though somebody else has come into it meanwhile', () => {
    const shown = (files: Record<string, string>) =>
      decide('/approve', { ...inClass, pull: pull(files) });
    expect(shown({ [COURSE]: 'members: [7]\n' }).effect).toMatchObject({ kind: 'merge' });
    expect(code(shown({ 'access/cohorts/other.yaml': 'members: [7]\n' }))).toBe('changed');
    expect(code(shown({ [COURSE]: '', [MEMBER]: '' }))).toBe('changed');
  });

  test('gives more time to access that there is, as the pull request shows it', () => {
    const shown = (until: string) =>
      decide('/approve', { pull: pull({ [MEMBER]: textUntil(until) }) }, member('2026-12-01'));
    expect(shown('2027-02-22')).toMatchObject({
      state: 'active',
      effect: merge(textUntil('2027-02-22')),
      until: '2027-02-22',
    });
    expect(code(shown('2027-02-23'))).toBe('no-pull');
  });

  test('of more time closes the issue that asks for it only', () => {
    const renewal = {
      issue: issue({ body: renewBody() }),
      pull: pull({ [MEMBER]: textUntil('2026-12-23') }),
    };
    expect(decide('/approve', renewal, member('2026-12-01')).effect).toEqual(
      merge(textUntil('2026-12-23'), { ends: true }),
    );
  });
});

describe('/deny, /withdraw and /hold', () => {
  const withdraw = (why: string, ends: boolean) => ({ kind: 'withdraw', why, ends });

  test('end a request', () => {
    expect(decide('/deny not @all')).toEqual({
      ...NOTHING,
      state: 'denied',
      command: 'deny',
      effect: withdraw('Denied: not @all', true),
    });
    expect(by(ASKER, '/withdraw')).toMatchObject({
      state: 'withdrawn',
      effect: withdraw('Withdrawn by who asked.', true),
    });
    const broken = { issue: issue({ body: accessBody({ reason: '' }) }) };
    expect(by(ASKER, '/withdraw', broken).state).toBe('withdrawn');
  });

  test('end only what is asked for beyond access that there is', () => {
    expect(decide('/deny no', {}, member('2027-01-31'))).toMatchObject({
      state: 'active',
      effect: withdraw('Denied: no', false),
      until: '2027-01-31',
    });
    const nothing = by(ASKER, '/withdraw', { pull: undefined }, member('2027-01-31'));
    expect(nothing.refused).toEqual({
      code: 'active',
      reason: 'access has begun: an approver can end it with /revoke',
    });
    expect(code(decide('/deny no', { pull: undefined }, member('2027-01-31')))).toBe('active');
  });

  test('hold it', () => {
    expect(decide('/hold')).toEqual({
      ...NOTHING,
      state: 'on-hold',
      command: 'hold',
      until: '2027-02-21',
    });
    expect(code(decide('/hold', { pull: undefined }))).toBe('no-pull');
    expect(code(decide('/hold', {}, member('2027-01-31')))).toBe('no-pull');
    expect(code(decide('/hold', { older: 1 }))).toBe('no-pull');
  });
});

describe('/renew', () => {
  test('asks for as much time again, from the day of the comment', () => {
    expect(by(ASKER, '/renew', { pull: undefined }, member('2026-12-01'))).toEqual({
      ...NOTHING,
      state: 'active',
      command: 'renew',
      effect: { kind: 'propose', change: { path: MEMBER, text: textUntil('2027-02-22') } },
      until: '2026-12-01',
    });
  });

  test('needs access that ends sooner', () => {
    expect(by(ASKER, '/renew').refused?.reason).toBe('there is no access that could be renewed');
    expect(code(by(ASKER, '/renew', {}, member('2026-11-23')))).toBe('no-access');
    expect(by(ASKER, '/renew', {}, member('2027-02-22')).refused).toEqual({
      code: 'no-later',
      reason: 'access lasts until 2027-02-22 already',
    });
    expect(code(by(ASKER, '/renew', {}, member('2027-02-21')))).toBeUndefined();
    const cohort = { [COURSE]: { ...course, members: [7] } };
    expect(code(by(ASKER, '/renew', inClass, cohort))).toBe('no-access');
    const broken = { issue: issue({ body: accessBody({ reason: '' }) }) };
    expect(code(by(ASKER, '/renew', broken, member('2026-12-01')))).toBe('no-access');
  });
});

describe('/extend', () => {
  const extend = (until: string, people = member('2026-12-01')) =>
    decide(`/extend ${until}`, { pull: undefined }, people);

  test('gives another last day at once', () => {
    expect(extend('2027-01-31')).toMatchObject({
      state: 'active',
      until: '2027-01-31',
      effect: {
        kind: 'merge',
        change: { path: MEMBER, text: textUntil('2027-01-31') },
        by: 1,
        ends: false,
      },
    });
  });

  test('from today to the end of the tier', () => {
    expect(code(extend('2026-11-24'))).toBeUndefined();
    expect(code(extend('2027-05-23'))).toBeUndefined();
    const wrong = { code: 'no-later', reason: 'the last day may be any until 2027-05-23' };
    expect(extend('2026-11-23').refused).toEqual(wrong);
    expect(extend('2027-05-24').refused).toEqual(wrong);
  });

  test('needs access', () => {
    expect(extend('2027-01-31', {}).refused).toEqual({
      code: 'no-access',
      reason: 'there is no access that could be extended',
    });
  });
});

describe('a file with a first day', () => {
  const since = (from: string): Written => ({
    [MEMBER]: { id: 7, tier: 'researcher', from, until: '2026-12-01', request: 12 },
  });
  const textOf = ({ effect }: ReturnType<typeof decide>) =>
    'change' in effect ? effect.change.text : undefined;

  // The longest time of a tier counts from the first day: with one that has passed the file would be a mistake.
  test.each(['2026-06-01', '2026-11-24'])(
    'that has come, %s, loses it with a later end',
    (from) => {
      expect(textOf(by(ASKER, '/renew', { pull: undefined }, since(from)))).toBe(
        textUntil('2027-02-22'),
      );
      expect(textOf(decide('/extend 2027-01-31', { pull: undefined }, since(from)))).toBe(
        textUntil('2027-01-31'),
      );
    },
  );

  test('that is yet to come keeps it, and never ends before it', () => {
    const people = since('2026-11-30');
    const extend = (until: string) => decide(`/extend ${until}`, { pull: undefined }, people);
    expect(textOf(extend('2026-11-30'))).toContain('from: "2026-11-30"\nuntil: "2026-11-30"\n');
    expect(extend('2026-11-29').refused).toEqual({
      code: 'no-later',
      reason: 'the last day may be any until 2027-05-23, and not before 2026-11-30',
    });
  });
});

describe('/revoke', () => {
  test('takes the file away, and closes the issue', () => {
    expect(decide('/revoke left', {}, member('2027-01-31'))).toEqual({
      ...NOTHING,
      state: 'revoked',
      command: 'revoke',
      effect: { kind: 'merge', change: { path: MEMBER, text: null }, by: 1, ends: true },
    });
  });

  test('takes a member out of a class', () => {
    const cohort = { [COURSE]: { ...course, members: [5, 7] } };
    const { effect } = by(LEAD, '/revoke left', inClass, cohort);
    expect(effect).toMatchObject({ kind: 'merge', change: { path: COURSE }, by: 2, ends: true });
    expect(effect.kind === 'merge' ? effect.change.text : '').toMatch(/\nmembers:\n {2}- 5\n$/u);
  });

  test('that was cut off is finished', () => {
    const done = decide('/revoke left', { said: 'revoked' });
    expect(done).toMatchObject({ state: 'revoked', effect: { kind: 'apply', ends: true } });
    const again = decide('/revoke left', { said: 'revoked' }, member('2027-01-31'));
    expect(again).toMatchObject({ state: 'revoked', effect: { kind: 'merge', ends: true } });
  });

  test('needs access', () => {
    expect(decide('/revoke left').refused).toEqual({
      code: 'no-access',
      reason: 'there is no access that could be revoked',
    });
  });
});

test('/recheck is as if the issue had been opened again', () => {
  const now = decideRequest(requestFacts());
  expect(by(ASKER, '/recheck', { pull: undefined })).toEqual({ ...now, command: 'recheck' });
});
