import { describe, expect, test } from '@jest/globals';
import { peopleOf, tierEnd } from '../../../src/core/access/people.ts';
import type { People } from '../../../src/core/access/people.ts';
import { runRules } from '../../../src/core/check/run.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { NOW, textsWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const TODAY = '2026-11-24';
const cohort = {
  title: 'Class',
  leads: [1],
  tier: 'researcher',
  from: '2026-12-01',
  until: '2026-12-05',
  capacity: 9,
  members: [2, 1],
};

function peopleWith(changes: Written, raw: Record<string, string> = {}): People {
  const texts = new Map([...textsWith(changes), ...Object.entries(raw)]);
  const files = [...texts].map(([path, text]) => [path, { kind: 'text', text }] as const);
  const { platform, findings } = readPlatform(new Map(files));
  if (!platform) throw new Error(JSON.stringify(findings));
  const ruled = runRules({ platform, now: NOW, defaults: undefined });
  return peopleOf(platform, [...findings, ...ruled], TODAY);
}

test.each([
  [{ from: undefined, until: '2030-01-01' }, '180d', '2027-05-23'],
  [{ from: '2026-12-01', until: '2030-01-01' }, '180d', '2027-05-30'],
  [{ from: undefined, until: '2030-01-01' }, '47h', '2026-11-25'],
  [{ from: undefined, until: '2030-01-01' }, '48h', '2026-11-26'],
])('a tier ends %j of %s on %s', (span, tier, expected) => {
  expect(tierEnd(span, tier, TODAY)).toBe(expected);
});

describe('people', () => {
  test('of a member’s file, with its login for a name', () => {
    const member = { id: 7, login: 'Ada', tier: 'researcher', until: '2027-01-31' };
    const { affiliations, logins } = peopleWith({ 'access/members/7.yaml': member });
    expect([...affiliations]).toEqual([
      [
        '7',
        [
          {
            who: 'tier:researcher',
            why: 'access/members/7.yaml',
            from: undefined,
            until: '2027-01-31',
          },
        ],
      ],
    ]);
    expect([...logins]).toEqual([['7', 'Ada']]);
  });

  test('of a class are its leads and members, each once', () => {
    const { affiliations } = peopleWith({ 'access/cohorts/class.yaml': cohort });
    const span = { from: '2026-12-01', until: '2026-12-05', why: 'access/cohorts/class.yaml' };
    const both = [
      { who: 'tier:researcher', ...span },
      { who: 'cohort:class', ...span },
    ];
    expect([...affiliations]).toEqual([
      ['1', [...both, { who: 'leads:class', ...span }]],
      ['2', both],
    ]);
  });

  test('in several files belong to all of them', () => {
    const member = { id: 2, tier: 'researcher', until: '2027-01-31' };
    const { affiliations } = peopleWith({
      'access/cohorts/class.yaml': cohort,
      'access/members/2.yaml': member,
    });
    expect(affiliations.get('2')?.map(({ why }) => why)).toEqual([
      'access/members/2.yaml',
      'access/cohorts/class.yaml',
      'access/cohorts/class.yaml',
    ]);
  });
});

describe('a file with a mistake', () => {
  test.each<[string, string]>([
    ['no YAML', 'id: ['],
    ['no end', 'id: 7\ntier: researcher\n'],
    ['no tier of the platform', 'id: 7\ntier: guest\nuntil: "2027-01-31"\n'],
    ['a day that does not exist', 'id: 7\ntier: researcher\nuntil: "2027-02-30"\n'],
    ['too long', 'id: 7\ntier: researcher\nuntil: "2099-01-31"\n'],
  ])('about a person: %s', (_what, text) => {
    const { affiliations, unreadable } = peopleWith({}, { 'access/members/7.yaml': text });
    expect(affiliations.size).toBe(0);
    expect(unreadable).toEqual({ ids: new Set(['7']), cohorts: new Set(), limits: false });
  });

  test('that bears another id is about both', () => {
    const member = { id: 8, tier: 'researcher', until: '2027-01-31' };
    const { unreadable } = peopleWith({ 'access/members/7.yaml': member });
    expect([...unreadable.ids]).toEqual(['7', '8']);
  });

  test.each<[string, Written, Record<string, string>]>([
    ['no YAML', {}, { 'access/cohorts/class.yaml': '[' }],
    ['too many', { 'access/cohorts/class.yaml': { ...cohort, capacity: 1 } }, {}],
  ])('about a class: %s', (_what, changes, raw) => {
    const { affiliations, unreadable } = peopleWith(changes, raw);
    expect([affiliations.size, [...unreadable.cohorts]]).toEqual([0, ['class']]);
  });

  test('a warning is none', () => {
    const { affiliations } = peopleWith({
      'access/cohorts/class.yaml': cohort,
      'platform.yaml': { tiers: { researcher: { until: '180d' } } },
    });
    expect(affiliations.size).toBe(2);
  });
});

describe('limits', () => {
  test('say what is meant, and who is protected', () => {
    const removals = [{ from: 'team:OGGM/users', count: 9, reason: 'moved' }];
    const found = peopleWith({ 'access/removals.yaml': { removals, protected: [5] } });
    expect(found.removals).toEqual(removals);
    expect([...found.protected]).toEqual(['5']);
    expect(found.unreadable.limits).toBe(false);
  });

  test('that cannot be read are not guessed', () => {
    const found = peopleWith({}, { 'access/removals.yaml': 'protected: 5\n' });
    expect([found.removals, found.protected.size, found.unreadable.limits]).toEqual([[], 0, true]);
  });

  test('need not be there', () => {
    const found = peopleWith({});
    expect([found.removals, found.unreadable.limits]).toEqual([[], false]);
  });
});
