import { describe, expect, test } from '@jest/globals';
import type { Entry } from '../../../src/core/access/entry.ts';
import type { Affiliation } from '../../../src/core/access/people.ts';
import type { TeamList } from '../../../src/core/access/teams.ts';
import { mentionsOf, unknownTeams, wantedIn } from '../../../src/core/access/wanted.ts';
import type { HubWish } from '../../../src/core/access/wanted.ts';
import { entry, of, people, team, wish } from '../../support/access-facts.ts';

const TODAY = '2026-11-24';
const RESEARCH = wish('science', { allow: ['tier:researcher'], admins: ['team:OGGM/admins'] });

function wanted(
  hub: HubWish,
  belongs: Affiliation[],
  { admins = team(), present = {} }: { admins?: TeamList; present?: Record<string, Entry> } = {},
) {
  return wantedIn(hub, {
    people: people({ '7': belongs }),
    teams: new Map([['team:oggm/admins', admins]]),
    present: new Map(Object.entries(present)),
    today: TODAY,
  });
}

describe('who enters', () => {
  test.each<[string, Affiliation[], object | undefined]>([
    ['nobody whom the hub does not name', [of('tier:student')], undefined],
    [
      'a researcher, to the last day',
      [of('tier:researcher', { from: '2026-11-01', until: TODAY })],
      { from: '2026-11-01', until: TODAY, admin: false, groups: ['tier:researcher'] },
    ],
    ['nobody whose time is over', [of('tier:researcher', { until: '2026-11-23' })], undefined],
    [
      'a class that begins later',
      [of('tier:researcher', { from: '2026-12-01' }), of('cohort:class', { from: '2026-12-01' })],
      {
        from: '2026-12-01',
        until: undefined,
        admin: false,
        groups: ['cohort:class', 'tier:researcher'],
      },
    ],
    [
      'groups of today only',
      [of('tier:researcher'), of('cohort:class', { from: '2026-11-25' }), of('tier:other')],
      { from: undefined, until: undefined, admin: false, groups: ['tier:researcher'] },
    ],
  ])('%s', (_what, belongs, expected) => {
    expect(wanted(RESEARCH, belongs).get('7')).toEqual(
      expected && { ...expected, why: expect.any(Array) },
    );
  });

  test('an administrator enters, and is one while the team says so', () => {
    const admins = team('7');
    const found = wanted(RESEARCH, [], { admins });
    expect([...found]).toEqual([
      [
        '7',
        {
          admin: true,
          groups: ['team:OGGM/admins'],
          from: undefined,
          until: undefined,
          why: ['team:OGGM/admins'],
        },
      ],
    ]);
  });

  test('why names each file and team once, and only what holds today', () => {
    const belongs = [
      of('tier:researcher', { why: 'a.yaml' }),
      of('tier:researcher', { why: 'a.yaml', until: '2027-01-01' }),
      of('tier:researcher', { why: 'b.yaml', from: '2026-11-25' }),
    ];
    const found = wanted(RESEARCH, belongs, { admins: team('7') });
    expect(found.get('7')?.why).toEqual(['a.yaml', 'team:OGGM/admins']);
  });

  test('somebody whom the hub’s own file names by id', () => {
    const hub = wish('science', { allow: ['user:9'] });
    expect([...wanted(hub, [])]).toEqual([
      [
        '9',
        {
          admin: false,
          groups: ['user:9'],
          from: undefined,
          until: undefined,
          why: ['environments/science.yaml'],
        },
      ],
    ]);
  });

  test('groups are as the hub’s file writes them', () => {
    const sizes = {
      large: { cpu: 1, memory: '1G', default: false, for: ['team:oggm/ADMINS'], nodes: 'user' },
    };
    const hub = { ...RESEARCH, data: { ...RESEARCH.data, sizes } };
    expect(mentionsOf(hub.data)).toEqual([
      'tier:researcher',
      'team:OGGM/admins',
      'team:oggm/ADMINS',
    ]);
    expect(wanted(hub, [], { admins: team('7') }).get('7')?.groups).toEqual([
      'team:OGGM/admins',
      'team:oggm/ADMINS',
    ]);
  });

  test('whoever may only choose a size does not enter', () => {
    const sizes = {
      large: { cpu: 1, memory: '1G', default: false, for: ['tier:student'], nodes: 'user' },
    };
    const hub = { ...RESEARCH, data: { ...RESEARCH.data, sizes } };
    expect(wanted(hub, [of('tier:student')]).size).toBe(0);
    expect(wanted(hub, [of('tier:student'), of('tier:researcher')]).get('7')?.groups).toEqual([
      'tier:researcher',
      'tier:student',
    ]);
  });
});

describe('a team that is not known in full', () => {
  const admins = { kind: 'unknown', why: 'a page is missing' } as const;

  test('keeps whom the hub has by it, whatever the letters', () => {
    const present = {
      '8': entry('a', { groups: ['team:oggm/Admins'] }),
      '9': entry('b', { groups: ['tier:researcher'] }),
    };
    const found = wanted(RESEARCH, [], { admins, present });
    expect([...found.keys()]).toEqual(['8']);
    expect(found.get('8')?.admin).toBe(true);
  });

  test('is named', () => {
    expect(unknownTeams(RESEARCH, new Map([['team:oggm/admins', admins]]))).toEqual([
      'team:OGGM/admins',
    ]);
    expect(unknownTeams(RESEARCH, new Map())).toEqual(['team:OGGM/admins']);
    expect(unknownTeams(RESEARCH, new Map([['team:oggm/admins', team()]]))).toEqual([]);
  });
});
