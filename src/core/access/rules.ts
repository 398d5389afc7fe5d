import { pointer } from '../json.ts';
import { greatest } from '../lists.ts';
import { quoted } from '../model/formats.ts';
import { didYouMean } from '../model/nearest.ts';
import { isNamed } from '../model/platform.ts';
import type { Doc, EnvironmentFile, Platform, Who } from '../model/types.ts';
import type { Problem, Rule } from '../rule.ts';
import { dayOf, isDay } from './days.ts';
import type { Day } from './days.ts';
import { tierEnd } from './people.ts';

interface Mention {
  who: Who;
  path: string;
}

/** Everybody whom a hub's file names, and where. */
function mentions({ access, sizes, images, mounts }: EnvironmentFile): Mention[] {
  const lists: { list: Who[]; path: string }[] = [
    { list: access.allow, path: '/access/allow' },
    { list: access.admins, path: '/access/admins' },
    ...Object.entries(access.staff).flatMap(([name, { who, over }]) => [
      { list: who, path: pointer('access', 'staff', name, 'who') },
      { list: over, path: pointer('access', 'staff', name, 'over') },
    ]),
    ...Object.entries(sizes).map(([name, size]) => ({
      list: size.for,
      path: pointer('sizes', name, 'for'),
    })),
    ...images.map((image, index) => ({ list: image.for, path: pointer('images', index, 'for') })),
    ...mounts.map((mount, index) => ({ list: mount.for, path: pointer('mounts', index, 'for') })),
  ];
  return lists.flatMap(({ list, path }) =>
    list.map((who, index) => ({ who, path: `${path}/${index}` })),
  );
}

function missing(platform: Platform, who: Who): string | undefined {
  const [kind, name = ''] = who.split(':');
  const { tiers, access } = platform.settings.data;
  if (kind === 'tier' && !Object.hasOwn(tiers, name)) {
    return `platform.yaml has no tier "${name}"`;
  }
  // Cohort files may live in a private repository that is not at hand here.
  const cohortsAtHand = access === undefined;
  if (kind === 'cohort' && cohortsAtHand && !isNamed(platform, 'cohort', name)) {
    return `there is no access/cohorts/${name}.yaml`;
  }
  return undefined;
}

function groupHint(platform: Platform, who: Who): string {
  const [kind, name = ''] = who.split(':');
  const known =
    kind === 'tier'
      ? Object.keys(platform.settings.data.tiers)
      : [...(platform.names.get('cohort') ?? [])];
  const others =
    known.length > 0 ? `there are: ${known.join(', ')}` : 'correct the name, or add it';
  return didYouMean(name, known, others);
}

export const unknownGroup: Rule = {
  id: 'unknown-group',
  severity: 'error',
  title: 'Tiers and cohorts that are named exist.',
  why: 'A misspelt tier lets nobody in, and nobody is told why.',
  on: 'platform',
  *check(platform) {
    for (const hub of platform.environments.values()) {
      for (const { who, path } of mentions(hub.data)) {
        const message = missing(platform, who);
        if (message !== undefined) {
          yield { at: hub.at(path), message, hint: groupHint(platform, who) };
        }
      }
    }
    for (const doc of [...platform.members.values(), ...platform.cohorts.values()]) {
      const message = missing(platform, `tier:${doc.data.tier}`);
      if (message !== undefined) {
        yield {
          at: doc.at('/tier'),
          message,
          hint: groupHint(platform, `tier:${doc.data.tier}`),
        };
      }
    }
  },
};

export const openToAll: Rule = {
  id: 'open-to-all',
  severity: 'error',
  title: 'A hub names who may enter; nobody is an administrator by default.',
  why: 'A hub that anybody with a GitHub account can enter is found by miners within hours, and one administrator too many can read every home.',
  on: 'hub',
  *check({ hub }) {
    for (const list of ['allow', 'admins'] as const) {
      const index = hub.data.access[list].indexOf('all');
      if (index >= 0) {
        yield {
          at: hub.at(pointer('access', list, index)),
          message: `"all" ${list === 'allow' ? 'lets anybody in' : 'makes everybody an administrator'}`,
          hint: 'name a team, tier or cohort',
        };
      }
    }
    for (const { who, path } of mentions(hub.data))
      if (who === 'all' && path.startsWith('/access/staff/'))
        yield {
          at: hub.at(path),
          message: '"all" would open everybody’s home to everybody, or to this staff',
          hint: 'name a team, tier or cohort',
        };
  },
};

export const staffName: Rule = {
  id: 'staff-name',
  severity: 'error',
  title: 'Staff have a name that no class has.',
  why: 'A class and staff of one name would be one role: who leads the class could open servers of people whom the staff look after.',
  on: 'platform',
  *check(platform) {
    for (const hub of platform.environments.values())
      for (const name of Object.keys(hub.data.access.staff))
        if (isNamed(platform, 'cohort', name))
          yield {
            at: hub.keyAt(pointer('access', 'staff', name)),
            message: `there is a class "${name}": access/cohorts/${name}.yaml`,
            hint: `choose another name, such as ${name}-staff`,
          };
  },
};

export const noAdmins: Rule = {
  id: 'no-admins',
  severity: 'warning',
  title: 'A hub has somebody who can help its users.',
  why: 'Without administrators nobody can stop a stuck server from the hub’s own pages.',
  on: 'hub',
  *check({ hub }) {
    if (hub.data.access.admins.length === 0) {
      yield {
        at: hub.keyAt('/access'),
        message: 'the hub has no administrators',
        hint: 'add "admins:" with a small team',
      };
    }
  },
};

export const memberFile: Rule = {
  id: 'member-file',
  severity: 'error',
  title: 'A member’s file bears the GitHub id that it holds.',
  why: 'The id is the key: logins can be renamed and registered again by somebody else, who would inherit the home.',
  on: 'platform',
  *check(platform) {
    for (const member of platform.members.values()) {
      if (member.name !== String(member.data.id)) {
        yield {
          at: member.at('/id'),
          message: `the file is called ${member.name}.yaml and holds id ${member.data.id}`,
          hint: `rename it to ${member.data.id}.yaml`,
        };
      }
    }
  },
};

export const cohortSize: Rule = {
  id: 'cohort-size',
  severity: 'error',
  title: 'A cohort has no more members than its capacity.',
  why: 'The capacity is what was approved.',
  on: 'platform',
  *check(platform) {
    for (const cohort of platform.cohorts.values()) {
      const { members, capacity } = cohort.data;
      if (members.length > capacity) {
        yield {
          at: cohort.at('/capacity'),
          message: `${members.length} members, and a capacity of ${capacity}`,
          hint: 'raise the capacity, or make a second cohort',
        };
      }
    }
  },
};

export const classServers: Rule = {
  id: 'class-servers',
  severity: 'warning',
  title: 'A hub that lets in a class has servers for all of it.',
  why: 'In the first hour of a class everybody starts a server, and who comes last is told that the hub is full.',
  on: 'platform',
  *check(platform, now) {
    for (const cohort of platform.cohorts.values()) {
      const { capacity, tier, until } = cohort.data;
      const who = [`tier:${tier}`, `cohort:${cohort.name}`];
      const most = [...platform.environments.values()]
        .filter(({ data }) => data.access.allow.some((one) => who.includes(one)))
        .map(({ data }) => data.capacity.maxServers);
      if (until >= dayOf(now) && most.length > 0 && capacity > greatest(most)) {
        yield {
          at: cohort.at('/capacity'),
          message: `${capacity} places, and no hub that lets the class in allows more than ${greatest(most)} servers at once`,
          hint: 'raise capacity.maxServers of the hub that the class uses',
        };
      }
    }
  },
};

type Dated = Doc<{ tier: string; from?: Day; until: Day }>;

function datedFiles({ members, cohorts }: Platform): Dated[] {
  return [...members.values(), ...cohorts.values()];
}

export const accessDays: Rule = {
  id: 'access-days',
  severity: 'error',
  title: 'Access begins and ends on days of the calendar, in this order.',
  why: 'A hub refuses an entry that ends before it begins, and nobody is told.',
  on: 'platform',
  *check(platform) {
    for (const doc of datedFiles(platform)) {
      const { from, until } = doc.data;
      const wrong = [from, until].find((day) => day !== undefined && !isDay(day));
      if (wrong !== undefined)
        yield {
          at: doc.at(wrong === until ? '/until' : '/from'),
          message: `${quoted(wrong)} is not a day of the calendar`,
          hint: 'write a day that exists, such as 2027-02-28',
        };
      else if (from !== undefined && from > until)
        yield {
          at: doc.at('/until'),
          message: `access ends on ${until}, before it begins on ${from}`,
          hint: 'change from or until',
        };
    }
  },
};

export const tierTime: Rule = {
  id: 'tier-time',
  severity: 'error',
  title: 'Access lasts no longer than its tier allows.',
  why: 'Each tier has a longest time, after which somebody looks again; access ends then, whatever a file says.',
  on: 'platform',
  *check(platform, now) {
    for (const doc of datedFiles(platform)) yield* beyondTier(doc, platform, dayOf(now));
  },
};

function* beyondTier(doc: Dated, platform: Platform, today: Day): Generator<Problem> {
  const { tier, from, until } = doc.data;
  const longest = platform.settings.data.tiers[tier]?.until;
  if (longest === undefined || [from ?? until, until].some((day) => !isDay(day))) return;
  const end = tierEnd({ from, until }, longest, today);
  if (until > end)
    yield {
      at: doc.at('/until'),
      message: `${until} is later than the tier "${tier}" allows, which is ${longest}`,
      hint: `write ${end} or sooner`,
    };
}
