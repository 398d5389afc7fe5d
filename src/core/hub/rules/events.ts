import { pointer } from '../../json.ts';
import { CONCURRENT_SPAWN_LIMIT } from '../../model/limits.ts';
import { imageNames, offersImage } from '../../model/offers.ts';
import { poolOf, userPool } from '../../model/pools.ts';
import { instant, seconds } from '../../model/quantities.ts';
import type { Rule } from '../../rule.ts';
import { defaultSize } from '../../model/sizes.ts';

const eventPath = (index: number, key: string): string => pointer('capacity', 'events', index, key);

export const eventTime: Rule = {
  id: 'time-order',
  severity: 'error',
  title: 'Spans of time begin before they end, on days that exist.',
  why: 'A class that ends before it begins is never prepared for.',
  on: 'platform',
  *check(platform) {
    for (const hub of platform.environments.values()) {
      for (const [index, { from, until }] of hub.data.capacity.events.entries()) {
        if (Number.isNaN(instant(from))) {
          yield {
            at: hub.at(eventPath(index, 'from')),
            message: `${from} does not exist`,
            hint: 'look at a calendar',
          };
        } else if (!(instant(until) > instant(from))) {
          yield {
            at: hub.at(eventPath(index, 'until')),
            message: 'it ends before it begins',
            hint: 'swap the two, or correct the year',
          };
        }
      }
    }
    for (const doc of [...platform.cohorts.values(), ...platform.members.values()]) {
      const { from, until } = doc.data;
      if (Number.isNaN(instant(until))) {
        yield {
          at: doc.at('/until'),
          message: `${until} does not exist`,
          hint: 'look at a calendar',
        };
      } else if (from !== undefined && !(instant(until) >= instant(from))) {
        yield {
          at: doc.at('/until'),
          message: 'it ends before it begins',
          hint: 'swap the two, or correct the year',
        };
      }
    }
  },
};

export const eventUsers: Rule = {
  id: 'event-users',
  severity: 'error',
  title: 'A class fits into its hub.',
  why: 'The hub refuses servers above its limit: the last students stand outside.',
  on: 'hub',
  *check({ hub }) {
    for (const [index, { users }] of hub.data.capacity.events.entries()) {
      if (users > hub.data.capacity.maxServers) {
        yield {
          at: hub.at(eventPath(index, 'users')),
          message: `${users} people, and the hub allows ${hub.data.capacity.maxServers} servers`,
          hint: 'raise capacity.maxServers',
        };
      }
    }
  },
};

export const eventSpawnRate: Rule = {
  id: 'event-spawn-rate',
  severity: 'warning',
  title: 'A class can start at once.',
  why: `JupyterHub starts ${CONCURRENT_SPAWN_LIMIT} servers at a time and answers everybody else with an error: 270 students met it on 2025-08-29 (UC Merced).`,
  on: 'hub',
  *check({ hub, cluster }) {
    const size = hub.data.sizes[defaultSize(hub.data.sizes)];
    const { startTime } = poolOf(cluster.data, size?.nodes ?? '') ?? userPool(cluster.data);
    const { events, placeholders } = hub.data.capacity;
    for (const [index, { users }] of events.entries()) {
      if (users > CONCURRENT_SPAWN_LIMIT) {
        yield {
          at: hub.at(eventPath(index, 'users')),
          message: `${users} people come at once, and ${CONCURRENT_SPAWN_LIMIT} servers start at a time`,
          hint: 'let people come in groups, or tell them to try again',
        };
      } else if (seconds(startTime) >= 120 && placeholders < users / 4) {
        yield {
          at: hub.at(eventPath(index, 'users')),
          message: `a new node takes ${startTime}, and ${placeholders} seats are kept warm`,
          hint: `raise capacity.placeholders to about ${Math.ceil(users / 4)} for the class`,
        };
      }
    }
  },
};

export const eventOverlap: Rule = {
  id: 'event-overlap',
  severity: 'warning',
  title: 'Classes at the same time fit together.',
  why: 'Two classes that are planned for apart meet in one hub.',
  on: 'hub',
  *check({ hub }) {
    const { events, maxServers } = hub.data.capacity;
    for (const [index, event] of events.entries()) {
      for (const other of events.slice(0, index)) {
        const together =
          instant(event.from) < instant(other.until) && instant(other.from) < instant(event.until);
        const users = event.users + other.users;
        if (together && users > maxServers) {
          yield {
            at: hub.at(eventPath(index, 'name')),
            message: `together with "${other.name}" these are ${users} people for ${maxServers} servers`,
            hint: 'raise capacity.maxServers, or move one of them',
          };
        }
      }
    }
  },
};

export const eventPast: Rule = {
  id: 'event-past',
  severity: 'warning',
  title: 'Classes that are over are removed.',
  why: 'Old entries hide the next one.',
  on: 'hub',
  *check({ hub, now }) {
    for (const [index, { until }] of hub.data.capacity.events.entries()) {
      if (instant(until) < now) {
        yield {
          at: hub.at(eventPath(index, 'until')),
          message: 'it is over',
          hint: 'remove the entry',
        };
      }
    }
  },
};

export const eventImage: Rule = {
  id: 'event-image',
  severity: 'error',
  title: 'A class uses an image of its hub.',
  why: 'Another image would be kept on the nodes, and students would wait for theirs.',
  on: 'hub',
  *check({ hub }) {
    for (const [index, { image }] of hub.data.capacity.events.entries()) {
      if (image !== undefined && !offersImage(hub.data, image)) {
        yield {
          at: hub.at(eventPath(index, 'image')),
          message: `the hub does not offer ${image}`,
          hint: `choose ${imageNames(hub.data).join(', ')}`,
        };
      }
    }
  },
};
