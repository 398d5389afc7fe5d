import { expect, test } from '@jest/globals';
import { decideRequest } from '../../../../src/core/access/request/decide.ts';
import { STATES } from '../../../../src/core/access/request/facts.ts';
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
  comment,
  issue,
  pull,
  requestFacts,
} from '../../../support/request-facts.ts';
import type { Written } from '../../../support/written.ts';
import { fc } from '../../../support/property.ts';

/* What holds of every command, whoever writes it, whatever became of the issue, its pull request and the files. */
const OTHER = 'access/cohorts/other.yaml';
const OTHER_LEAD = { ...LEAD, id: 9 };
const OWN: Readonly<Record<number, string>> = { [LEAD.id]: COURSE, [OTHER_LEAD.id]: OTHER };
const NOBODY = { ...STRANGER, id: 10 };

const cohort = (members: number[], leads: number[]) => ({
  title: 'Course',
  leads,
  tier: 'student',
  from: '2026-11-01',
  until: '2026-12-20',
  capacity: 9,
  members,
});
const given = fc.record({
  body: fc.constantFrom(
    accessBody(),
    accessBody({ time: '6 months' }),
    accessBody({ tier: 'student', cohort: 'course' }),
    accessBody({ tier: 'student', cohort: 'other' }),
    renewBody(),
    'Thank you!',
  ),
  command: fc.constantFrom(
    '/approve',
    '/hold',
    '/deny no',
    '/extend 2027-01-31',
    '/revoke left',
    '/withdraw',
    '/renew',
    '/recheck',
  ),
  shown: fc.constantFrom(
    undefined,
    pull(),
    pull({ [COURSE]: 'x' }),
    pull({ [MEMBER]: null }),
    pull({ [MEMBER]: MEMBER_TEXT, 'access/approvers.yaml': 'x' }),
    { ...pull(), headAt: NOON },
  ),
  said: fc.constantFrom(undefined, ...STATES),
  author: fc.constantFrom(ASKER, NOBODY, LEAD, OTHER_LEAD, APPROVER),
  member: fc.constantFrom(
    undefined,
    { until: '2026-12-01', request: 12 },
    { until: '2026-12-01', request: 3 },
    { until: '2026-11-23', request: 12 },
  ),
  course: fc.boolean(),
  other: fc.boolean(),
  isOpen: fc.boolean(),
  older: fc.constantFrom(undefined, 3),
});
type Given = typeof given extends fc.Arbitrary<infer One> ? One : never;

function decided(one: Given): ReturnType<typeof decideRequest> {
  const { body, command, shown, said, author, member, isOpen, older } = one;
  const people: Written = {
    [COURSE]: cohort(one.course ? [5, 7] : [5], [LEAD.id]),
    [OTHER]: cohort(one.other ? [6, 7] : [6], [OTHER_LEAD.id]),
    ...(member ? { [MEMBER]: { id: 7, tier: 'researcher', ...member } } : {}),
  };
  return decideRequest(
    requestFacts(
      {
        issue: issue({ body, isOpen }),
        comment: comment(command, { author }),
        pull: shown,
        said,
        older,
      },
      people,
    ),
  );
}

type Check = (one: Given, decision: ReturnType<typeof decideRequest>) => void;

function always(check: Check, again: { seed?: number; path?: string } = {}): void {
  fc.assert(
    fc.property(given, (one) => check(one, decided(one))),
    { numRuns: 400, ...again },
  );
}

const bySomebodyWhoMay: Check = ({ author }, { effect }) => {
  if (effect.kind !== 'merge') return;
  expect([LEAD.id, OTHER_LEAD.id, APPROVER.id]).toContain(author.id);
  expect(effect.by).toBe(author.id);
  const own = OWN[author.id];
  if (own !== undefined) expect(effect.change.path).toBe(own);
};

test('an approver or a lead merges, nobody for themselves, and a lead only the own class', () => {
  always(bySomebodyWhoMay);
});

test('a lead gives nobody more time beside the class', () => {
  always(bySomebodyWhoMay, { seed: 39807613, path: '296:2:6:6' });
});

test('what is approved was shown before', () => {
  always(({ command, shown, isOpen }, { effect }) => {
    if (effect.kind !== 'merge' || command !== '/approve') return;
    expect(isOpen).toBe(true);
    expect(shown?.files.size).toBe(1);
    expect(shown?.headAt).toBeLessThan(NOON - 60_000);
    expect([...(shown?.files.keys() ?? [])]).toEqual([effect.change.path]);
  });
});

test('nobody else’s access is touched', () => {
  always((_one, { effect }) => {
    if (!('change' in effect)) return;
    const { path, text } = effect.change;
    expect([MEMBER, COURSE, OTHER]).toContain(path);
    if (path !== MEMBER) expect(text).toContain(path === COURSE ? '- 5\n' : '- 6\n');
  });
});

test('an approver ends access that the issue has brought, whatever became of the issue', () => {
  always((one, { state, effect }) => {
    const { author, command, member } = one;
    const isApprover = author.id === APPROVER.id && command === '/revoke left';
    if (!isApprover || member?.request !== 12 || member.until < '2026-11-24') return;
    expect([state, effect.kind]).toEqual(['revoked', 'merge']);
  });
});
