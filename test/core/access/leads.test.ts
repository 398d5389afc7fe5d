import { describe, expect, test } from '@jest/globals';
import { isLeadGroup } from '../../../src/core/access/leads.ts';
import type { Affiliation, People } from '../../../src/core/access/people.ts';
import { wantedIn } from '../../../src/core/access/wanted.ts';
import { entry, of, people, team, wish } from '../../support/access-facts.ts';

const TODAY = '2026-11-24';
const FILE = 'access/cohorts/ice.yaml';
const SPAN = { from: '2026-11-01', until: '2026-12-20', why: FILE };
const STUDENT = [of('tier:student', SPAN), of('cohort:ice', SPAN)];
const TEACHER = [...STUDENT, of('leads:ice', SPAN)];
const RESEARCHER = of('tier:researcher', { why: 'access/members/7.yaml' });

interface Given {
  belongs: Affiliation[];
  leads?: { servers: boolean } | 'unsaid';
  staff?: ReturnType<typeof team> | undefined;
  before?: string[];
  unreadable?: Partial<People['unreadable']>;
}

/** Groups of the account 7 by which leads open servers. */
function groups({
  belongs,
  leads = { servers: true },
  before = [],
  unreadable,
  staff = team(),
}: Given) {
  const hub = wish('classroom', {
    allow: ['tier:student', 'tier:researcher', 'team:OGGM/staff'],
    admins: ['team:OGGM/admins'],
    ...(leads === 'unsaid' ? {} : { leads }),
  });
  const none = { ids: new Set<string>(), cohorts: new Set<string>(), limits: false };
  const found = wantedIn(hub, {
    people: people({ '7': belongs }, { unreadable: { ...none, ...unreadable } }),
    teams: new Map([
      ['team:oggm/staff', staff],
      ['team:oggm/admins', team('8')],
    ]),
    present: new Map([['7', entry('ada', { groups: before })]]),
    today: TODAY,
  });
  return found.get('7')?.groups.filter(isLeadGroup);
}

describe('whose server the leads of a class may open', () => {
  test.each<[string, Given, string[]]>([
    ['somebody who is in the hub by the class alone', { belongs: STUDENT }, ['led:ice']],
    ['nobody where the hub does not say so', { belongs: STUDENT, leads: 'unsaid' }, []],
    ['nobody where it says no', { belongs: STUDENT, leads: { servers: false } }, []],
    ['no lead of it', { belongs: TEACHER }, ['leads:ice']],
    ['no lead where the hub does not say so', { belongs: TEACHER, leads: { servers: false } }, []],
    ['no researcher', { belongs: [...STUDENT, RESEARCHER] }, []],
    [
      'nobody who becomes a researcher',
      { belongs: [...STUDENT, { ...RESEARCHER, from: '2027-01-01' }] },
      [],
    ],
    [
      'somebody who was a researcher',
      { belongs: [...STUDENT, { ...RESEARCHER, until: '2026-11-23' }] },
      ['led:ice'],
    ],
    [
      'nobody who has a file that opens another hub',
      { belongs: [...STUDENT, of('tier:other')] },
      [],
    ],
    ['no staff', { belongs: STUDENT, staff: team('7') }, []],
    [
      'nobody who is in two classes',
      { belongs: [...STUDENT, of('cohort:snow', { why: 'access/cohorts/snow.yaml' })] },
      [],
    ],
    [
      'no lead of another class, who leads that one',
      { belongs: [...STUDENT, of('leads:snow', { why: 'access/cohorts/snow.yaml' })] },
      ['leads:snow'],
    ],
    [
      'a lead of two classes leads both',
      { belongs: [...TEACHER, of('leads:snow', { why: 'access/cohorts/snow.yaml' })] },
      ['leads:ice', 'leads:snow'],
    ],
    [
      'of a class that is over there is no lead',
      { belongs: [RESEARCHER, of('leads:snow', { until: '2026-11-23' })] },
      [],
    ],
    [
      'nor of one that has yet to begin',
      { belongs: [RESEARCHER, of('leads:snow', { from: '2026-11-25' })] },
      [],
    ],
    ['a researcher leads a class', { belongs: [RESEARCHER, ...TEACHER] }, ['leads:ice']],
    ['nobody without a class', { belongs: [RESEARCHER] }, []],
    ['nobody by the class’s tier alone', { belongs: [of('tier:student', SPAN)] }, []],
  ])('%s', (_name, given, expected) => {
    expect(groups(given)).toEqual(expected);
  });

  const unknown = { kind: 'unknown', why: 'a page failed' } as const;
  test.each<[string, Partial<Given>]>([
    ['a team is not known in full', { staff: unknown }],
    ['a file about them has a mistake', { unreadable: { ids: new Set(['7']) } }],
    ['a file of a class has a mistake', { unreadable: { cohorts: new Set(['snow']) } }],
  ])('nobody anew where %s, and who was led still is', (_name, more) => {
    const asked = { belongs: STUDENT, ...more };
    expect(groups(asked)).toEqual([]);
    expect(groups({ ...asked, before: ['led:ice'] })).toEqual(['led:ice']);
    expect(groups({ ...asked, before: ['led:snow'] })).toEqual([]);
  });

  test('a file with a mistake about somebody else makes no difference', () => {
    expect(groups({ belongs: STUDENT, unreadable: { ids: new Set(['8']) } })).toEqual(['led:ice']);
  });

  test('an administrator is neither led nor leads', () => {
    const hub = wish('classroom', {
      allow: ['tier:student'],
      admins: ['user:7'],
      leads: { servers: true },
    });
    const sources = { teams: new Map(), present: new Map(), today: TODAY };
    for (const belongs of [STUDENT, TEACHER]) {
      const found = wantedIn(hub, { ...sources, people: people({ '7': belongs }) }).get('7');
      expect([found?.admin, found?.groups]).toEqual([
        true,
        ['cohort:ice', 'tier:student', 'user:7'],
      ]);
    }
  });
});

test('groups about leads are known by their beginning', () => {
  const all = ['led:ice', 'leads:ice', 'cohort:led', 'tier:leads', 'team:led/leads'];
  expect(all.filter(isLeadGroup)).toEqual(['led:ice', 'leads:ice']);
});

describe('whose server staff may open', () => {
  const STUDENTS = { who: ['team:OGGM/staff'], over: ['cohort:ice', 'team:OGGM/guests'] };
  const RESEARCHERS = { who: ['user:9'], over: ['tier:researcher'] };
  interface About {
    belongs?: Affiliation[];
    helpers?: string[];
    guests?: string[];
    admins?: string[];
  }
  const helped = ({ belongs = [], helpers = [], guests = [], admins = [] }: About): unknown => {
    const hub = wish('classroom', {
      allow: ['tier:student', 'tier:researcher', 'team:OGGM/staff', 'team:OGGM/guests'],
      admins: ['team:OGGM/admins'],
      staff: { students: STUDENTS, researchers: RESEARCHERS },
    });
    const found = wantedIn(hub, {
      people: people({ '7': belongs }),
      teams: new Map([
        ['team:oggm/staff', team(...helpers)],
        ['team:oggm/guests', team(...guests)],
        ['team:oggm/admins', team(...admins)],
      ]),
      present: new Map(),
      today: TODAY,
    });
    return found.get('7')?.groups.filter(isLeadGroup);
  };

  test.each<[string, About, string[]]>([
    ['of a class that they look after', { belongs: STUDENT }, ['led:students']],
    ['of a team', { guests: ['7'] }, ['led:students']],
    ['of both', { belongs: STUDENT, guests: ['7'] }, ['led:students']],
    ['of a tier', { belongs: [RESEARCHER] }, ['led:researchers']],
    ['of nobody who is there by something else too', { belongs: [...STUDENT, RESEARCHER] }, []],
    ['of nobody who is staff', { belongs: STUDENT, helpers: ['7'] }, ['leads:students']],
    ['of nobody who leads a class', { belongs: TEACHER }, []],
    ['of no administrator', { belongs: STUDENT, admins: ['7'] }, []],
    ['of nobody else', { belongs: [of('tier:student')] }, []],
  ])('%s', (_name, about, expected) => {
    expect(helped(about)).toEqual(expected);
  });

  test.each<[string, Affiliation[], string[]]>([
    ['who leads a class of their name leads nobody by it', TEACHER, []],
    ['whom the class alone lets in is led by nobody by it', STUDENT, []],
    ['staff lead whom they look after', [of('tier:researcher')], ['leads:ice']],
  ])('%s', (_name, belongs, expected) => {
    // Classes are named by whoever asks for one, and may be in a repository that the hub's file does not see.
    const hub = wish('classroom', {
      allow: ['tier:student', 'tier:researcher'],
      leads: { servers: true },
      staff: { ice: { who: ['tier:researcher'], over: ['team:OGGM/guests'] } },
    });
    const found = wantedIn(hub, {
      people: people({ '7': belongs }),
      teams: new Map([['team:oggm/guests', team()]]),
      present: new Map(),
      today: TODAY,
    });
    expect(found.get('7')?.groups.filter(isLeadGroup)).toEqual(expected);
  });
});
