import { describe, expect, test } from '@jest/globals';
import { accessFamily } from '../../../src/core/access/family.ts';
import type { ShownStep } from '../../../src/core/plan/family.ts';
import { HUB, NOW, platformWith } from '../../support/written.ts';
import type { Written } from '../../support/written.ts';

const ACCESS = {
  allow: ['tier:researcher', 'team:example/users'],
  admins: ['team:example/admins'],
};
const member = (id: number, until = '2027-01-31') => ({ id, tier: 'researcher', until });
const MEMBERS = { 'access/members/7.yaml': member(7), 'access/members/8.yaml': member(8) };
const before = { [HUB]: { access: ACCESS }, ...MEMBERS };

function shown(from: Written | undefined, to: Written): ShownStep[] {
  const { changes, unchanged, orphans } = accessFamily.decide({
    platform: platformWith(to),
    before: from && platformWith(from),
    now: NOW,
  });
  expect([unchanged, orphans]).toEqual([[], []]);
  return changes.map((change) => {
    const step = accessFamily.show(accessFamily.explain(change, undefined));
    expect(accessFamily.idOf(change)).toBe(step.id);
    return step;
  });
}

const texts = (steps: readonly ShownStep[]) =>
  steps.map(({ reasons, effects }) => [
    reasons.map(({ text }) => text),
    effects.map(({ text, risk }) => `${text} ${risk}`),
  ]);

describe('a change of who enters', () => {
  test.each<[string, Written, string[], string[]]>([
    [
      'a team comes',
      { [HUB]: { access: { ...ACCESS, allow: [...ACCESS.allow, 'team:example/more'] } } },
      ['+ team:example/more'],
      ['a group gets access 1'],
    ],
    [
      'a team goes',
      { [HUB]: { access: { ...ACCESS, allow: ['tier:researcher'] } } },
      ['− team:example/users'],
      ['a group loses access, or a part of it 5'],
    ],
    [
      'administrators come',
      { [HUB]: { access: { ...ACCESS, admins: [...ACCESS.admins, 'team:example/b'] } } },
      ['+ team:example/b (administrators)'],
      ['more administrators, who can read every home 6'],
    ],
    [
      'leads begin to open servers',
      { [HUB]: { access: { ...ACCESS, leads: { servers: true } } } },
      ['+ leads'],
      ['leads of a class can read the homes of its members 6'],
    ],
    [
      'administrators go',
      { [HUB]: { access: { ...ACCESS, admins: [] } } },
      ['− team:example/admins (administrators)'],
      ['a group loses access, or a part of it 5'],
    ],
    [
      'a person comes, unnamed',
      { [HUB]: { access: { ...ACCESS, allow: [...ACCESS.allow, 'user:99'] } } },
      ['+ a person', 'people’s files'],
      ['access begins for 1 person 1', 'a group gets access 1'],
    ],
    [
      'people come',
      { 'access/members/9.yaml': member(9), 'access/members/10.yaml': member(10) },
      ['people’s files'],
      ['access begins for 2 people 1'],
    ],
    [
      'an end changes',
      { 'access/members/8.yaml': member(8, '2027-02-28') },
      ['people’s files'],
      ['access changes for 1 person 1'],
    ],
    [
      'somebody goes',
      { 'access/members/8.yaml': member(8, '2026-11-23') },
      ['people’s files'],
      ['access ends for 1 person 6'],
    ],
  ])('%s', (_what, to, reasons, effects) => {
    expect(texts(shown(before, { ...before, ...to }))).toEqual([[reasons, effects]]);
  });

  test('is a step of its own, with numbers only', () => {
    const [step] = shown(before, { ...before, 'access/members/987654.yaml': member(987_654) });
    expect(step).toMatchObject({
      family: 'access',
      marker: '~',
      id: 'access/hub',
      title: 'access to hub',
      noun: 'access list',
      wave: '',
      order: 8,
      risk: 1,
      summary: 'people’s files',
      detail: 'changes',
      reviewed: undefined,
      identity: ['access', 'hub', [], { come: 1, go: 0, change: 0 }],
      json: {
        kind: 'access',
        unit: { kind: 'access', name: 'hub' },
        restartsHub: false,
        people: { come: 1, go: 0, change: 0 },
        why: ['people’s files'],
        effects: ['access begins for 1 person'],
      },
    });
    expect(JSON.stringify(step)).not.toContain('987654');
  });
});

describe('no step', () => {
  test('where nothing changes', () => {
    expect(shown(before, before)).toEqual([]);
  });

  test('where nobody knows what was before', () => {
    expect(shown(undefined, before)).toEqual([]);
  });

  test('for people whom the hub does not let in', () => {
    const access = { allow: ['team:example/users'], admins: [] };
    const closed = { [HUB]: { access } };
    expect(shown(closed, { ...closed, ...MEMBERS })).toEqual([]);
  });

  test('for a hub that is new', () => {
    const platform = platformWith(before);
    const main = { ...platform, environments: new Map() };
    expect(accessFamily.decide({ platform, before: main, now: NOW }).changes).toEqual([]);
  });
});

test('leads that open no servers any more, and leads that never did', () => {
  const withLeads = (servers: boolean): Written => ({
    ...before,
    [HUB]: { access: { ...ACCESS, leads: { servers } } },
  });
  expect(texts(shown(withLeads(true), before))).toEqual([
    [['− leads'], ['leads of a class open no servers any more 1']],
  ]);
  expect(texts(shown(withLeads(false), before))).toEqual([]);
  const [begins, ceases] = [
    shown(withLeads(false), withLeads(true)),
    shown(withLeads(true), withLeads(false)),
  ];
  expect(begins[0]?.identity).not.toEqual(ceases[0]?.identity);
});

test('staff that begin and cease to open servers are named, and a change of them is both', () => {
  const withStaff = (over: string[]): Written => ({
    ...before,
    [HUB]: { access: { ...ACCESS, staff: { course: { who: ['user:9'], over } } } },
  });
  const both = 'staff can read the homes of those whom they look after 6';
  const student = '+ staff course: a person over tier:student';
  expect(texts(shown(before, withStaff(['tier:student'])))).toEqual([[[student], [both]]]);
  expect(texts(shown(withStaff(['tier:student']), before))).toEqual([
    [
      ['− staff course: a person over tier:student'],
      ['staff open no servers of others any more 1'],
    ],
  ]);
  const [changed] = texts(
    shown(withStaff(['tier:researcher']), withStaff(['tier:student', 'tier:researcher'])),
  );
  expect(changed).toEqual([
    [
      '− staff course: a person over tier:researcher',
      '+ staff course: a person over tier:researcher, tier:student',
    ],
    [both],
  ]);
});
