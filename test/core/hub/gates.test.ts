import { describe, expect, test } from '@jest/globals';
import { urgentReason, waveGate } from '../../../src/core/hub/gates.ts';
import type { Earlier, Gate, GateFacts, PublicRecord } from '../../../src/core/hub/gates.ts';
import type { Freeze, Wave } from '../../../src/core/model/types.ts';

const at = (text: string): number => Date.parse(text);
const wave = (more: Partial<Wave>): Wave => ({
  name: 'production',
  images: 'stable',
  soak: '30m',
  approval: false,
  timezone: 'UTC',
  freeze: [],
  ...more,
});
const before = (more: Partial<Earlier>): Earlier => ({
  name: 'hub-staging',
  wave: 'staging',
  cluster: 'here',
  how: 'healthy',
  since: at('2026-11-24T11:00Z'),
  ...more,
});
const failed = (name: string): Earlier => before({ name, how: 'failed', since: undefined });
const unfinished = (name: string): Earlier => before({ name, how: 'unfinished', since: undefined });
const facts = (more: Partial<GateFacts>): GateFacts => ({
  now: at('2026-11-24T12:00Z'), // a Tuesday
  earlier: [before({})],
  approved: false,
  doubt: undefined,
  record: { kind: 'branch' },
  hurried: false,
  ...more,
});
const OPEN: Gate = { open: true };
const closed = (
  code: Extract<Gate, { open: false }>['code'],
  reason: string,
  outcome: 'waiting' | 'blocked' = 'waiting',
): Gate => ({ open: false, outcome, code, reason });

describe('a wave', () => {
  test.each<[string, Partial<Wave>, Partial<GateFacts>, Gate]>([
    ['begins when the wave before has proven itself', {}, {}, OPEN],
    ['begins at once where there is none before', {}, { earlier: [] }, OPEN],
    [
      'begins where nobody knows since when the hubs before are healthy',
      {},
      { earlier: [before({ since: undefined })] },
      OPEN,
    ],
    [
      'is not begun after a failure, and not before anything else is looked at',
      { freeze: [{}], approval: true },
      { earlier: [unfinished('x'), before({}), failed('a'), failed('b')] },
      closed('earlier-failed', 'wave staging has a hub that failed: a, b', 'blocked'),
    ],
    [
      'waits for hubs that are not finished, three of them by name',
      {},
      { earlier: [before({}), ...['a', 'b', 'c'].map(unfinished)] },
      closed('earlier-unfinished', 'wave staging is not finished: a, b, c'),
    ],
    [
      'waits for hubs that are not finished, the fourth by number',
      {},
      { earlier: ['a', 'b', 'c', 'd'].map(unfinished) },
      closed('earlier-unfinished', 'wave staging is not finished: a, b, c and 1 more'),
    ],
    [
      'waits for hubs that are not finished, more of them by number',
      { freeze: [{}] },
      { earlier: ['a', 'b', 'c', 'd', 'e'].map(unfinished) },
      closed('earlier-unfinished', 'wave staging is not finished: a, b, c and 2 more'),
    ],
    [
      'names the wave of the first hub that failed',
      {},
      { earlier: [before({ wave: 'one' }), { ...failed('a'), wave: 'two' }] },
      closed('earlier-failed', 'wave two has a hub that failed: a', 'blocked'),
    ],
    [
      'names the wave of the first hub that is not finished',
      {},
      { earlier: [before({ wave: 'one' }), { ...unfinished('a'), wave: 'two' }] },
      closed('earlier-unfinished', 'wave two is not finished: a'),
    ],
    [
      'is frozen, and says why where somebody has said it',
      { freeze: [{ days: ['mon'] }, { reason: 'exams' }] },
      {},
      closed('frozen', 'wave production is frozen: exams'),
    ],
    [
      'is frozen without a reason, and that comes before the soak',
      { freeze: [{}] },
      { earlier: [before({ since: at('2026-11-24T12:00Z') })] },
      closed('frozen', 'wave production is frozen'),
    ],
    [
      'waits for the newest hub of the waves before',
      {},
      { earlier: [before({ since: at('2026-11-24T11:40Z') }), before({})] },
      closed(
        'soaking',
        'wave production waits 10 more minutes for the wave before to prove itself',
      ),
    ],
    [
      'does not ask for a person before the soak is over',
      { approval: true },
      { earlier: [before({ since: at('2026-11-24T11:40Z') })] },
      closed(
        'soaking',
        'wave production waits 10 more minutes for the wave before to prove itself',
      ),
    ],
    [
      'asks for a person',
      { approval: true },
      {},
      closed('needs-approval', 'wave production waits for a person’s approval'),
    ],
    [
      'says why an approval is not believed',
      { approval: true },
      { doubt: 'nobody was asked' },
      closed('needs-approval', 'wave production waits for a person’s approval: nobody was asked'),
    ],
    ['that asks for a person begins with one', { approval: true }, { approved: true }, OPEN],
    [
      'in a hurry passes freezes and soaks',
      { freeze: [{ days: ['tue'] }] },
      { hurried: true, earlier: [before({ since: at('2026-11-24T11:59Z') })] },
      OPEN,
    ],
    [
      'in a hurry does not pass a person',
      { approval: true },
      { hurried: true },
      closed('needs-approval', 'wave production waits for a person’s approval'),
    ],
    [
      'in a hurry does not pass a failure',
      {},
      { hurried: true, earlier: [failed('a')] },
      closed('earlier-failed', 'wave staging has a hub that failed: a', 'blocked'),
    ],
    [
      'in a hurry does not pass what is not finished',
      {},
      { hurried: true, earlier: [unfinished('a')] },
      closed('earlier-unfinished', 'wave staging is not finished: a'),
    ],
  ])('%s', (_what, more, given, expected) => {
    expect(waveGate(wave(more), facts(given))).toEqual(expected);
  });

  test.each([
    ['2026-11-24T11:29:59.999Z', 'open'],
    ['2026-11-24T11:30:00.000Z', 'open'],
    ['2026-11-24T11:30:00.001Z', 1],
    ['2026-11-24T11:31:00.000Z', 1],
    ['2026-11-24T11:31:00.001Z', 2],
    ['2026-11-24T12:00:00.000Z', 30],
  ])('with a hub before it that is healthy since %s', (since, minutes) => {
    const gate = waveGate(wave({}), facts({ earlier: [before({ since: at(since) })] }));
    const reason = `wave production waits ${minutes} more minutes for the wave before to prove itself`;
    expect(gate).toEqual(minutes === 'open' ? OPEN : closed('soaking', reason));
  });
});

describe('a freeze', () => {
  const frozenAt = (time: string, freeze: Freeze, timezone = 'UTC'): boolean =>
    !waveGate(wave({ freeze: [freeze], timezone }), facts({ now: at(time), earlier: [] })).open;

  test.each<[string, Freeze, boolean]>([
    ['2026-11-20T23:59:59Z', { days: ['sat', 'sun'] }, false],
    ['2026-11-21T00:00:00Z', { days: ['sat', 'sun'] }, true],
    ['2026-11-22T23:59:59Z', { days: ['sat', 'sun'] }, true],
    ['2026-11-23T00:00:00Z', { days: ['sat', 'sun'] }, false],
    ['2026-11-23T12:00:00Z', { days: ['mon'] }, true],
    ['2026-11-24T12:00:00Z', { days: ['tue'] }, true],
    ['2026-11-25T12:00:00Z', { days: ['wed'] }, true],
    ['2026-11-26T12:00:00Z', { days: ['thu'] }, true],
    ['2026-11-27T12:00:00Z', { days: ['fri'] }, true],
    ['2026-11-28T12:00:00Z', { days: ['fri'] }, false],
    ['2026-11-24T07:59:59Z', { hours: '08:00-18:00' }, false],
    ['2026-11-24T08:00:00Z', { hours: '08:00-18:00' }, true],
    ['2026-11-24T17:59:59Z', { hours: '08:00-18:00' }, true],
    ['2026-11-24T18:00:00Z', { hours: '08:00-18:00' }, false],
    ['2026-11-24T00:00:00Z', { hours: '00:00-06:00' }, true],
    ['2026-12-19T23:59:59Z', { from: '2026-12-20', until: '2026-12-31' }, false],
    ['2026-12-20T00:00:00Z', { from: '2026-12-20', until: '2026-12-31' }, true],
    ['2026-12-31T23:59:59.999Z', { from: '2026-12-20', until: '2026-12-31' }, true],
    ['2027-01-01T00:00:00Z', { from: '2026-12-20', until: '2026-12-31' }, false],
    ['2036-01-01T00:00:00Z', { from: '2026-12-20' }, true],
    ['2016-01-01T00:00:00Z', { until: '2026-12-31' }, true],
    ['2026-12-22T12:00:00Z', { from: '2026-12-20', days: ['tue'], hours: '08:00-18:00' }, true],
    ['2026-12-22T07:00:00Z', { from: '2026-12-20', days: ['tue'], hours: '08:00-18:00' }, false],
    ['2026-12-23T12:00:00Z', { from: '2026-12-20', days: ['tue'], hours: '08:00-18:00' }, false],
    ['2026-12-15T12:00:00Z', { from: '2026-12-20', days: ['tue'], hours: '08:00-18:00' }, false],
  ])('at %s with %j: %j', (time, freeze, frozen) => {
    expect(frozenAt(time, freeze)).toBe(frozen);
  });

  // In 2026 the clocks of Vienna went forward on 29 March at 01:00 UTC, and back on 25 October.
  test.each<[string, Freeze, boolean]>([
    ['2026-01-20T06:59Z', { hours: '08:00-18:00' }, false],
    ['2026-01-20T07:00Z', { hours: '08:00-18:00' }, true],
    ['2026-07-20T05:59Z', { hours: '08:00-18:00' }, false],
    ['2026-07-20T06:00Z', { hours: '08:00-18:00' }, true],
    ['2026-03-29T00:59Z', { hours: '01:30-02:00' }, true],
    ['2026-03-29T01:00Z', { hours: '02:00-03:00' }, false],
    ['2026-03-29T01:00Z', { hours: '03:00-04:00' }, true],
    ['2026-10-25T00:30Z', { hours: '02:00-03:00' }, true],
    ['2026-10-25T01:30Z', { hours: '02:00-03:00' }, true],
    ['2026-11-20T22:59Z', { days: ['sat'] }, false],
    ['2026-11-20T23:00Z', { days: ['sat'] }, true],
  ])('on the clocks of Vienna at %s with %j: %j', (time, freeze, frozen) => {
    expect(frozenAt(time, freeze, 'Europe/Vienna')).toBe(frozen);
  });
});

test.each([
  ['Merge pull request #7\n\nUrgent: the certificate ends today\n', 'the certificate ends today'],
  ['Urgent:no space is needed', 'no space is needed'],
  ['A change\n\nUrgent: first\nCo-authored-by: x\n', 'first'],
  ['A change\n\nCo-authored-by: x\nUrgent: second  \n\n', 'second'],
  ['A change\n \t\nUrgent: after a line of white space', 'after a line of white space'],
  [`Urgent: ${'x'.repeat(201)}`, 'x'.repeat(201)],
  [`Urgent: ${'x'.repeat(202)}`, undefined],
  ['Urgent: in the middle\n\nmore text\n', undefined],
  ['A change that is not Urgent: really\n', undefined],
  ['A change\n\nUrgent:\n', undefined],
  ['', undefined],
])('a merge is urgent by its last paragraph: %j', (message, expected) => {
  expect(urgentReason(message)).toBe(expected);
});

describe('where a wave before was never seen', () => {
  const unseen = (name: string, more: Partial<Earlier> = {}): Earlier =>
    before({ name, cluster: 'there', how: 'unseen', since: undefined, ...more });
  const COMMAND = '`glaciocloud deploy --cluster there --wave staging --record FOLDER`';

  test.each<[PublicRecord, string]>([
    [
      { kind: 'branch' },
      'its own job of the workflow `deploy` goes first: look there why it has not',
    ],
    [{ kind: 'folder' }, `begin there, with the same folder: ${COMMAND}`],
    [
      { kind: 'read-only' },
      `begin there, and name one folder for all clusters, because only GitHub Actions keeps the branch \`deployed\`: ${COMMAND}`,
    ],
  ])('a wave waits, whoever approves or hurries, and says where to begin: %j', (record, begin) => {
    const earlier = [
      unfinished('x'),
      unseen('a'),
      unseen('b', { cluster: 'elsewhere' }),
      unseen('c', { wave: 'second' }),
      unseen('d'),
    ];
    const passing = { hurried: true, approved: true };
    expect(waveGate(wave({ freeze: [{}] }), facts({ earlier, record, ...passing }))).toEqual(
      closed(
        'earlier-unfinished',
        `wave staging was never deployed on cluster there, as far as is known here: a, d; ${begin}`,
      ),
    );
  });

  test('a failure is said first', () => {
    expect(waveGate(wave({}), facts({ earlier: [unseen('a'), failed('f')] }))).toEqual(
      closed('earlier-failed', 'wave staging has a hub that failed: f', 'blocked'),
    );
  });
});

describe('where GitHub refused to keep a record', () => {
  const record: PublicRecord = { kind: 'refused', why: 'Sorry' };

  test('a later wave waits, whoever approves or hurries', () => {
    const given = facts({ record, hurried: true, approved: true });
    expect(waveGate(wave({}), given)).toEqual(
      closed(
        'earlier-unfinished',
        'there is no branch `deployed`, and GitHub refused to make it (Sorry): the job needs `permissions: {contents: write}`, and no rule of the repository in its way',
      ),
    );
  });

  test('a first wave begins', () => {
    expect(waveGate(wave({}), facts({ record, earlier: [] }))).toEqual(OPEN);
  });

  test('a failure is said first', () => {
    expect(waveGate(wave({}), facts({ record, earlier: [failed('f')] }))).toMatchObject({
      code: 'earlier-failed',
    });
  });
});
