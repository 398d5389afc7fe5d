import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { HUB, said, saidOfHub, textsWith } from '../../support/written.ts';
import type { Said, Written } from '../../support/written.ts';

const MEMBER = 'access/members/7.yaml';
const COHORT = 'access/cohorts/class.yaml';
const member = { id: 7, tier: 'researcher', until: '2027-01-31' };
const cohort = {
  title: 'Class',
  leads: [1],
  tier: 'researcher',
  from: '2026-12-01',
  until: '2026-12-05',
  capacity: 2,
  members: [2, 3],
};

describe('unknown-group', () => {
  const ADD = 'correct the name, or add it';
  const NO_TIER = 'platform.yaml has no tier "guest"';
  const size = { cpu: 2, memory: '4G' };

  test.each<[string, Record<string, unknown>]>([
    ['allow', { access: { allow: ['all', 'tier:guest'], admins: [] } }],
    ['admins', { access: { allow: ['all'], admins: ['user:1', 'tier:guest'] } }],
    ['for', { sizes: { a: size, b: { ...size, for: ['tier:researcher', 'tier:guest'] } } }],
  ])('a tier that does not exist in %s', (_where, keys) => {
    expect(saidOfHub('unknown-group', keys)).toEqual([
      ['tier:guest', NO_TIER, 'there are: researcher'],
    ]);
  });

  test('a cohort without its file', () => {
    const keys = { access: { allow: ['cohort:class'], admins: [] } };
    expect(saidOfHub('unknown-group', keys)).toEqual([
      ['cohort:class', 'there is no access/cohorts/class.yaml', ADD],
    ]);
    expect(said('unknown-group', { [HUB]: keys, [COHORT]: cohort })).toEqual([]);
  });

  test('cohorts may lie in a private repository', () => {
    const elsewhere = { access: { repository: 'example/access', ref: 'main' } };
    const allow = (who: string) =>
      said('unknown-group', {
        'platform.yaml': elsewhere,
        [HUB]: { access: { allow: [who], admins: [] } },
      });
    expect(allow('cohort:class')).toEqual([]);
    expect(allow('tier:guest')).toEqual([['tier:guest', NO_TIER, 'there are: researcher']]);
  });

  test('what is known, and what only GitHub knows', () => {
    const allow = ['tier:researcher', 'team:example/guest', 'user:1', 'all'];
    expect(saidOfHub('unknown-group', { access: { allow, admins: allow } })).toEqual([]);
  });

  test('tiers of members and cohorts', () => {
    const tiers = { researcher: { until: '180d' }, student: { until: '30d' } };
    const files = (tier: string) =>
      said('unknown-group', {
        'platform.yaml': { tiers },
        [MEMBER]: { ...member, tier },
        [COHORT]: { ...cohort, tier },
      });
    expect(files('student')).toEqual([]);
    expect(files('guest')).toEqual([
      [`${MEMBER} guest`, NO_TIER, 'there are: researcher, student'],
      [`${COHORT} guest`, NO_TIER, 'there are: researcher, student'],
    ]);
  });
});

describe('open-to-all', () => {
  const access = (allow: string[], admins: string[]) =>
    saidOfHub('open-to-all', { access: { allow, admins } });
  const hint = 'name a team, tier or cohort';

  test('nobody is everybody', () => {
    expect(access(['team:example/all'], ['user:1'])).toEqual([]);
    expect(access(['user:1', 'all'], ['user:1'])).toEqual([['all', '"all" lets anybody in', hint]]);
    expect(access(['user:1'], ['all'])).toEqual([
      ['all', '"all" makes everybody an administrator', hint],
    ]);
    expect(access(['all'], ['all']).map(([, message]) => message)).toEqual([
      '"all" lets anybody in',
      '"all" makes everybody an administrator',
    ]);
  });
});

test('no-admins: one is enough', () => {
  const admins = (list: string[]) =>
    saidOfHub('no-admins', { access: { allow: ['user:1'], admins: list } });
  expect(admins(['user:1'])).toEqual([]);
  expect(admins([])).toEqual([
    ['access:', 'the hub has no administrators', 'add "admins:" with a small team'],
  ]);
});

test('member-file: the file bears the id', () => {
  const id = (written: number) => said('member-file', { [MEMBER]: { ...member, id: written } });
  expect(id(7)).toEqual([]);
  expect(id(70)).toEqual([
    [`${MEMBER} 70`, 'the file is called 7.yaml and holds id 70', 'rename it to 70.yaml'],
  ]);
});

test('cohort-size: as many as were approved', () => {
  const members = (list: number[]) =>
    said('cohort-size', { [COHORT]: { ...cohort, members: list } });
  expect(members([])).toEqual([]);
  expect(members([2, 3])).toEqual([]);
  expect(members([2, 3, 4])).toEqual([
    [
      `${COHORT} 2`,
      '3 members, and a capacity of 2',
      'raise the capacity, or make a second cohort',
    ],
  ]);
});

describe('class-servers: one hub of a class has servers for all', () => {
  const HINT = 'raise capacity.maxServers of the hub that the class uses';
  const message = (places: number, most: number): string =>
    `${places} places, and no hub that lets the class in allows more than ${most} servers at once`;
  const hub = (allow: string[], maxServers: number, url = 'https://hub.example.org') => ({
    ...(load(textsWith({}).get(HUB) ?? '') as object),
    url,
    access: { allow, admins: [] },
    capacity: { maxServers },
  });
  const OTHER = 'environments/other.yaml';

  test.each<[string, Written, Said[]]>([
    ['as many servers', { [HUB]: hub(['tier:researcher'], 60) }, []],
    [
      'one server too few',
      { [HUB]: hub(['tier:researcher'], 59) },
      [[`${COHORT} 60`, message(60, 59), HINT]],
    ],
    [
      'a hub that names the class',
      { [HUB]: hub(['cohort:class'], 5) },
      [[`${COHORT} 60`, message(60, 5), HINT]],
    ],
    [
      'the larger of two hubs',
      {
        [HUB]: hub(['tier:researcher'], 5),
        [OTHER]: hub(['tier:researcher'], 9, 'https://b.example.org'),
      },
      [[`${COHORT} 60`, message(60, 9), HINT]],
    ],
    ['no hub that lets the class in', { [HUB]: hub(['user:7'], 5) }, []],
  ])('%s', (_name, written, expected) => {
    expect(said('class-servers', { [COHORT]: { ...cohort, capacity: 60 }, ...written })).toEqual(
      expected,
    );
  });

  test.each([
    ['2026-12-05T23:59Z', 1],
    ['2026-12-06T00:00Z', 0],
  ])('a class that is over needs none: at %s', (time, count) => {
    const written = {
      [COHORT]: { ...cohort, until: '2026-12-05', capacity: 60 },
      [HUB]: hub(['tier:researcher'], 5),
    };
    expect(said('class-servers', written, { now: Date.parse(time) })).toHaveLength(count);
  });
});

describe('access-days', () => {
  const HINT = 'write a day that exists, such as 2027-02-28';

  test.each<[object, Said[]]>([
    [{ until: '2026-12-05' }, []],
    [{ from: '2026-12-05', until: '2026-12-05' }, []],
    [
      { from: '2026-12-06', until: '2026-12-05' },
      [
        [
          `${MEMBER} 2026-12-05`,
          'access ends on 2026-12-05, before it begins on 2026-12-06',
          'change from or until',
        ],
      ],
    ],
    [
      { from: '2026-02-30', until: '2026-12-05' },
      [[`${MEMBER} 2026-02-30`, '"2026-02-30" is not a day of the calendar', HINT]],
    ],
    [
      { until: '2026-04-31' },
      [[`${MEMBER} 2026-04-31`, '"2026-04-31" is not a day of the calendar', HINT]],
    ],
  ])('%j', (days, expected) => {
    expect(said('access-days', { [MEMBER]: { ...member, ...days } })).toEqual(expected);
  });
});

describe('tier-time', () => {
  const late = (until: string, most: string): Said => [
    `${MEMBER} ${until}`,
    `${until} is later than the tier "researcher" allows, which is 180d`,
    `write ${most} or sooner`,
  ];

  test.each<[object, Said[]]>([
    [{ until: '2027-05-23' }, []],
    [{ until: '2027-05-24' }, [late('2027-05-24', '2027-05-23')]],
    [{ from: '2026-12-01', until: '2027-05-30' }, []],
    [{ from: '2026-12-01', until: '2027-05-31' }, [late('2027-05-31', '2027-05-30')]],
    [{ from: '2026-11-01', until: '2027-05-01' }, [late('2027-05-01', '2027-04-30')]],
    [{ tier: 'guest', until: '2099-01-01' }, []],
    [{ until: '2099-02-30' }, []],
    [{ from: '2026-02-30', until: '2099-01-01' }, []],
  ])('%j', (days, expected) => {
    expect(said('tier-time', { [MEMBER]: { ...member, ...days } })).toEqual(expected);
  });

  test('of a class', () => {
    const until = '2027-06-01';
    expect(said('tier-time', { [COHORT]: { ...cohort, until } })).toEqual([
      [
        `${COHORT} 2027-06-01`,
        '2027-06-01 is later than the tier "researcher" allows, which is 180d',
        'write 2027-05-30 or sooner',
      ],
    ]);
  });
});
