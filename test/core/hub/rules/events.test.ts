import { describe, expect, test } from '@jest/globals';
import { HUB, NOW, said, saidOfHub } from '../../../support/written.ts';

interface Event {
  name: string;
  from: string;
  until: string;
  users: number;
  image?: string;
}

const course: Event = {
  name: 'course',
  from: '2026-12-01T08:00Z',
  until: '2026-12-01T12:00Z',
  users: 20,
};
const capacity = (events: Partial<Event>[], more: object = {}) => ({
  capacity: { maxServers: 40, ...more, events: events.map((event) => ({ ...course, ...event })) },
});
const MEMBER = 'access/members/7.yaml';
const COHORT = 'access/cohorts/class.yaml';

describe('time-order', () => {
  const event = (from: string, until: string) =>
    saidOfHub('time-order', capacity([{ from, until }]));
  const CALENDAR = 'look at a calendar';
  const SWAP = 'swap the two, or correct the year';
  const BACKWARDS = 'it ends before it begins';

  test.each([
    ['2026-12-01T08:00Z', '2026-12-01T08:01Z'],
    ['2026-12-31T23:00Z', '2027-01-01T01:00Z'],
  ])('a class from %s until %s', (from, until) => {
    expect(event(from, until)).toEqual([]);
  });

  test.each([
    ['2026-12-01T08:00Z', '2026-12-01T08:00Z'],
    ['2026-12-01T08:01Z', '2026-12-01T08:00Z'],
    ['2026-12-01T08:00Z', '2026-02-30T08:00Z'],
  ])('a class from %s until %s', (from, until) => {
    expect(event(from, until)).toEqual([[until, BACKWARDS, SWAP]]);
  });

  test('a class on a day that does not exist', () => {
    expect(event('2026-02-30T08:00Z', '2026-12-01T08:00Z')).toEqual([
      ['2026-02-30T08:00Z', '2026-02-30T08:00Z does not exist', CALENDAR],
    ]);
  });

  test('the second class of a hub', () => {
    expect(
      saidOfHub('time-order', capacity([{}, { from: '2027-01-02T08:00Z' }])).map(
        ([, what]) => what,
      ),
    ).toEqual([BACKWARDS]);
  });

  const member = (span: object) =>
    said('time-order', { [MEMBER]: { id: 7, tier: 'researcher', ...span } });
  const cohort = (span: object) =>
    said('time-order', {
      [COHORT]: {
        title: 'Class',
        leads: [1],
        tier: 'researcher',
        capacity: 3,
        members: [],
        ...span,
      },
    });

  test('a member: the last day may be the first', () => {
    expect(member({ until: '2026-12-01' })).toEqual([]);
    expect(member({ from: '2026-12-01', until: '2026-12-01' })).toEqual([]);
    expect(member({ from: '2026-12-02', until: '2026-12-01' })).toEqual([
      [`${MEMBER} 2026-12-01`, BACKWARDS, SWAP],
    ]);
    expect(member({ until: '2026-11-31' })).toEqual([
      [`${MEMBER} 2026-11-31`, '2026-11-31 does not exist', CALENDAR],
    ]);
  });

  test('a cohort', () => {
    expect(cohort({ from: '2026-12-01', until: '2026-12-01' })).toEqual([]);
    expect(cohort({ from: '2026-12-02', until: '2026-12-01' })).toEqual([
      [`${COHORT} 2026-12-01`, BACKWARDS, SWAP],
    ]);
    expect(cohort({ from: '2026-02-31', until: '2026-12-01' })).toEqual([
      [`${COHORT} 2026-12-01`, BACKWARDS, SWAP],
    ]);
  });
});

test('event-users: as many people as servers, and no more', () => {
  expect(saidOfHub('event-users', capacity([{ users: 40 }]))).toEqual([]);
  expect(saidOfHub('event-users', capacity([{ users: 39 }, { users: 41 }]))).toEqual([
    ['41', '41 people, and the hub allows 40 servers', 'raise capacity.maxServers'],
  ]);
});

describe('event-spawn-rate', () => {
  const starts = (startTime: string, users: number, placeholders: number) =>
    said('event-spawn-rate', {
      'clusters/main.yaml': { nodes: { user: { cpu: 8, memory: '64Gi', max: 40, startTime } } },
      [HUB]: capacity([{ users }], { maxServers: 400, placeholders }),
    });
  const warm = (startTime: string, users: number, placeholders: number, wanted: number) => [
    [
      String(users),
      `a new node takes ${startTime}, and ${placeholders} seats are kept warm`,
      `raise capacity.placeholders to about ${wanted} for the class`,
    ],
  ];

  test('64 servers start at a time', () => {
    expect(starts('60s', 64, 0)).toEqual([]);
    expect(starts('240s', 65, 100)).toEqual([
      [
        '65',
        '65 people come at once, and 64 servers start at a time',
        'let people come in groups, or tell them to try again',
      ],
    ]);
  });

  test('a quarter of the seats is warm where nodes take two minutes', () => {
    expect(starts('119s', 40, 9)).toEqual([]);
    expect(starts('120s', 40, 10)).toEqual([]);
    expect(starts('120s', 40, 9)).toEqual(warm('120s', 40, 9, 10));
    expect(starts('2m', 41, 10)).toEqual(warm('2m', 41, 10, 11));
    expect(starts('240s', 1, 0)).toEqual(warm('240s', 1, 0, 1));
  });
});

describe('event-overlap', () => {
  const both = (first: Partial<Event>, second: Partial<Event>) =>
    saidOfHub('event-overlap', capacity([{ ...first }, { name: 'other', ...second }]));
  const together = (users: number) => [
    [
      'other',
      `together with "course" these are ${users} people for 40 servers`,
      'raise capacity.maxServers, or move one of them',
    ],
  ];

  test('at the same time, up to the limit', () => {
    expect(both({}, { users: 20 })).toEqual([]);
    expect(both({}, { users: 21 })).toEqual(together(41));
  });

  test.each<[string, string]>([
    ['2026-12-01T11:59Z', '2026-12-01T13:00Z'],
    ['2026-12-01T07:00Z', '2026-12-01T08:01Z'],
    ['2026-12-01T07:00Z', '2026-12-01T13:00Z'],
    ['2026-12-01T09:00Z', '2026-12-01T10:00Z'],
  ])('from %s until %s they meet', (from, until) => {
    expect(both({}, { from, until, users: 30 })).toEqual(together(50));
  });

  test.each<[string, string]>([
    ['2026-12-01T12:00Z', '2026-12-01T13:00Z'],
    ['2026-12-01T07:00Z', '2026-12-01T08:00Z'],
    ['2026-12-02T08:00Z', '2026-12-02T12:00Z'],
    ['2026-11-30T08:00Z', '2026-11-30T12:00Z'],
  ])('from %s until %s they do not', (from, until) => {
    expect(both({}, { from, until, users: 30 })).toEqual([]);
  });

  test('each pair once, at the later entry', () => {
    const three = capacity([{ name: 'a' }, { name: 'b', users: 25 }, { name: 'c', users: 15 }]);
    expect(saidOfHub('event-overlap', three).map(([place, message]) => [place, message])).toEqual([
      ['b', 'together with "a" these are 45 people for 40 servers'],
    ]);
    const four = capacity([{ name: 'a' }, { name: 'b' }, { name: 'c', users: 21 }]);
    expect(saidOfHub('event-overlap', four).map(([place, message]) => [place, message])).toEqual([
      ['c', 'together with "a" these are 41 people for 40 servers'],
      ['c', 'together with "b" these are 41 people for 40 servers'],
    ]);
  });
});

test('event-past: over when its end lies before now', () => {
  const until = '2026-11-24T00:00Z';
  const past = (now: number) =>
    saidOfHub('event-past', capacity([{ from: '2026-11-23T08:00Z', until }]), { now });
  expect(past(NOW)).toEqual([]);
  expect(past(NOW - 1)).toEqual([]);
  expect(past(NOW + 1)).toEqual([[until, 'it is over', 'remove the entry']]);
});

test('event-image: one of the hub’s, or none', () => {
  const image = 'images/other/image.yaml';
  const from = { image: 'registry.example.org/other', tag: '1.0' };
  const offered = (name: string | undefined) =>
    said('event-image', {
      [image]: { title: 'Other', from },
      'images/third/image.yaml': { title: 'Third', from },
      [HUB]: {
        images: ['science', 'other'],
        ...capacity([name === undefined ? {} : { image: name }]),
      },
    });
  expect(offered(undefined)).toEqual([]);
  expect(offered('other')).toEqual([]);
  expect(offered('third')).toEqual([
    ['third', 'the hub does not offer third', 'choose science, other'],
  ]);
});
