import { describe, expect, test } from '@jest/globals';
import { decideAccess } from '../../../src/core/access/decide.ts';
import type { AccessPlan } from '../../../src/core/access/decide.ts';
import { hasEnded } from '../../../src/core/access/entry.ts';
import { peopleOf } from '../../../src/core/access/people.ts';
import type { PresentHub } from '../../../src/core/access/plan.ts';
import { dayOf } from '../../../src/core/access/days.ts';
import { entry, presentHub, wish } from '../../support/access-facts.ts';
import { platformWith } from '../../support/written.ts';

const SIXTY = Array.from({ length: 60 }, (_, index) => 1000 + index);
const LEAD = 7;
const COHORT = {
  title: 'Ice',
  leads: [LEAD],
  tier: 'student',
  from: '2026-12-01',
  until: '2026-12-20',
  capacity: 60,
};
const STAFF = presentHub({ '3': entry('staff', { groups: ['user:3'] }) });

function plan(members: number[], present: PresentHub, day: string, files = {}): AccessPlan {
  const platform = platformWith({
    'platform.yaml': { tiers: { student: { until: '120d' } } },
    'access/cohorts/ice.yaml': { ...COHORT, members },
    ...files,
  });
  const now = Date.parse(`${day}T12:00Z`);
  const leads = { servers: true };
  return decideAccess({
    wishes: [wish('classroom', { allow: ['tier:student', 'user:3'], leads })],
    people: peopleOf(platform, [], dayOf(now)),
    teams: new Map(),
    present: new Map([['classroom', present]]),
    book: new Map(),
    unnamed: new Set(),
    now,
  });
}

/** The hub as it is once a plan is made true: one text of one file, whoever it is about. */
function after(made: AccessPlan): PresentHub {
  const entries = made.hubs[0]?.entries ?? new Map();
  const users = [...entries.values()].map(({ name }) => ({ name, servers: [''], tokens: 1 }));
  return { entries, users };
}

const counts = ({ hubs, held }: AccessPlan) => {
  const kinds = (hubs[0]?.steps ?? []).map(({ kind }) => kind);
  const of = (kind: string): number => kinds.filter((one) => one === kind).length;
  return [of('grant'), of('change'), of('expire'), of('revoke'), held.length];
};

describe('a class of sixty', () => {
  const begun = plan(SIXTY, STAFF, '2026-11-24');

  test('comes in by one plan, days before it begins', () => {
    expect(counts(begun)).toEqual([61, 0, 0, 0, 0]);
    expect(begun.hubs).toHaveLength(1);
    const one = begun.hubs[0]?.entries.get('1000');
    expect(one).toEqual({
      name: 'user-1000',
      admin: false,
      groups: ['cohort:ice', 'led:ice', 'tier:student'],
      from: '2026-12-01',
      until: '2026-12-20',
    });
    expect(begun.hubs[0]?.entries.get(String(LEAD))?.groups).toEqual([
      'cohort:ice',
      'leads:ice',
      'tier:student',
    ]);
  });

  test('is as it should be on its first and on its last day', () => {
    for (const day of ['2026-12-01', '2026-12-20'])
      expect(counts(plan(SIXTY, after(begun), day))).toEqual([0, 0, 0, 0, 0]);
  });

  test('ten who come late are ten more, and nobody else’s matter', () => {
    const ten = Array.from({ length: 10 }, (_, index) => 2000 + index);
    expect(counts(plan([...SIXTY, ...ten], after(begun), '2026-12-02'))).toEqual([10, 0, 0, 0, 0]);
  });

  test('is out after its last day, whole, without a word in removals.yaml; others stay', () => {
    const ended = plan(SIXTY, after(begun), '2026-12-21');
    expect(counts(ended)).toEqual([0, 0, 61, 0, 0]);
    expect([...(ended.hubs[0]?.entries.keys() ?? [])]).toEqual(['3']);
  });

  test('the hub’s own clock ends it too, where no plan is made', () => {
    const one = begun.hubs[0]?.entries.get('1000') ?? entry('nobody');
    expect(hasEnded(one, Date.parse('2026-12-20T23:59:59Z'))).toBe(false);
    expect(hasEnded(one, Date.parse('2026-12-21T00:00:00Z'))).toBe(true);
  });

  test('taken out before its end it is held: that is no end', () => {
    const early = plan([], after(begun), '2026-12-02');
    expect(counts(early)).toEqual([0, 0, 0, 0, 60]);
    expect(early.held[0]?.reason).toBe('too-many');
  });

  test('who of them becomes a researcher is led by nobody from then on, and stays', () => {
    const member = { id: 1000, tier: 'student', until: '2027-01-31' };
    const files = { 'access/members/1000.yaml': member };
    const changed = plan(SIXTY, after(begun), '2026-12-02', files);
    expect(counts(changed)).toEqual([0, 1, 0, 0, 0]);
    expect(changed.hubs[0]?.steps[0]?.why).toMatch(/− led:ice/u);
    const ended = plan(SIXTY, after(changed), '2026-12-21', files);
    expect(ended.hubs[0]?.entries.get('1000')?.until).toBe('2027-01-31');
  });
});
