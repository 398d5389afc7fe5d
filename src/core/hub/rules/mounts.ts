import { isWithin, pointer } from '../../json.ts';
import { PLACE } from '../values/data.ts';
import { DATA_CLAIM } from '../../data/volume.ts';
import { homeOf } from '../../model/home.ts';
import { memoryBytes, quantityBytes } from '../../model/quantities.ts';
import type { Mount } from '../../model/hub-types.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import type { Problem, Rule } from '../../rule.ts';
import { CODE_PLACES, SCRATCH, SHM } from '../values/servers.ts';

type Fault = Omit<Problem, 'at'>;

export const mountPlace: Rule = {
  id: 'mount',
  severity: 'error',
  title: 'A mount has a name and a place of its own, and a claim that is no home.',
  why: 'What lies over the home or over code of the platform hides it from everybody, and a claim of homes shows one person what is another’s.',
  on: 'hub',
  *check({ hub, platform }) {
    const places = ownPlaces(hub.data, platform.settings.data.user.name);
    const names = new Set<string>();
    for (const [index, mount] of hub.data.mounts.entries()) {
      const at = (key: string) => hub.at(pointer('mounts', index, key));
      const fault = placeFault(mount.at, places);
      if (fault) yield { at: at('at'), ...fault };
      places.taken.push(mount.at);
      if (names.has(mount.name))
        yield {
          at: at('name'),
          message: `a second mount is called ${mount.name}`,
          hint: 'give each a name of its own',
        };
      names.add(mount.name);
      const theirs = claimFault(mount, hub.data);
      if (theirs) yield { at: at('claim'), ...theirs };
      if (mount.path?.split('/').some((part) => part === '.' || part === '..') === true)
        yield {
          at: at('path'),
          message: 'the path leaves the claim',
          hint: 'write a path without . and ..',
        };
    }
  },
};

interface Places {
  home: string;
  taken: string[];
}

function ownPlaces({ scratch, shm, data }: EnvironmentFile, user: string): Places {
  return {
    home: `/home/${user}`,
    taken: [
      ...CODE_PLACES,
      ...(scratch ? [SCRATCH] : []),
      ...(shm ? [SHM] : []),
      ...(data.length > 0 ? [PLACE] : []),
    ],
  };
}

/** Folders without which no server starts. */
const SYSTEM = [
  '/bin',
  '/dev',
  '/etc',
  '/lib',
  '/lib64',
  '/proc',
  '/root',
  '/sbin',
  '/sys',
  '/usr',
];

function placeFault(path: string, { home, taken }: Places): Fault | undefined {
  const over = isWithin(home, path)
    ? home
    : taken.find((one) => isWithin(path, one) || isWithin(one, path));
  if (over !== undefined)
    return {
      message: `what is mounted at ${path} would lie over ${over}`,
      hint: 'choose another place',
    };
  const system = SYSTEM.find((one) => isWithin(path, one));
  return system === undefined
    ? undefined
    : {
        message: `what is mounted at ${path} would hide a part of the image in ${system}`,
        hint: 'choose another place, such as /data',
      };
}

/** Claims of the platform, and of homes as KubeSpawner calls them. */
const OURS = [DATA_CLAIM, 'hub-db-dir'];

function claimFault({ claim }: Mount, environment: EnvironmentFile): Fault | undefined {
  const home = homeOf(environment);
  const isHomes = home.kind === 'folder' ? claim === home.claim : claim.startsWith('claim-');
  if (isHomes)
    return {
      message: `${claim} holds homes: people would see what is another’s`,
      hint: 'name a claim that holds no home',
    };
  return OURS.includes(claim)
    ? { message: `${claim} is the platform’s own`, hint: 'name a claim that you have made' }
    : undefined;
}

export const shmSize: Rule = {
  id: 'shm-size',
  severity: 'error',
  title: 'Shared memory is a part of the smallest server’s memory.',
  why: 'What lies in /dev/shm counts as memory of the server: where it may be larger, a full one ends the server and all that runs in it.',
  on: 'hub',
  *check({ hub }) {
    const { shm, sizes } = hub.data;
    if (shm === undefined) return;
    const bytes = (text: string): number => memoryBytes(text) ?? 0;
    const smallest = Object.values(sizes).sort((a, b) => bytes(a.memory) - bytes(b.memory))[0];
    if (smallest === undefined || (quantityBytes(shm.size) ?? 0) <= bytes(smallest.memory)) return;
    yield {
      at: hub.at('/shm/size'),
      message: `${shm.size} of shared memory are more than the ${smallest.memory} of the smallest size`,
      hint: `write at most ${smallest.memory}i`,
    };
  },
};
