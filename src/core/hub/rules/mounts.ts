import { at, isWithin, pointer, textAt } from '../../json.ts';
import { PLACE } from '../values/data.ts';
import { homeOf } from '../../model/home.ts';
import { memoryBytes, quantityBytes } from '../../model/quantities.ts';
import type { Mount } from '../../model/hub-types.ts';
import type { EnvironmentFile } from '../../model/types.ts';
import { hasDots, plainPath } from '../../paths.ts';
import type { Problem, Rule } from '../../rule.ts';
import { PLACE as OF_IMAGES } from '../../images/template.ts';
import { CODE_PLACES, SCRATCH, SHM } from '../values/servers.ts';
import { entriesOf } from './places.ts';
import { ownClaim } from './pods.ts';

type Fault = Omit<Problem, 'at'>;

export const mountPlace: Rule = {
  id: 'mount',
  severity: 'error',
  title: 'A mount has a name and a place of its own, and a claim that is no home.',
  why: 'What lies over the home or over code of the platform hides it from everybody, and a claim of homes shows one person what is another’s.',
  on: 'hub',
  *check({ hub, platform }) {
    const places = ownPlaces(hub.data, platform.settings.data.user.name);
    const names = namesOfValues(hub.data);
    for (const [index, mount] of hub.data.mounts.entries()) {
      const place = (key: string) => hub.at(pointer('mounts', index, key));
      const fault = placeFault(mount.at, places);
      if (fault) yield { at: place('at'), ...fault };
      places.taken.push(mount.at);
      if (names.has(mount.name))
        yield {
          at: place('name'),
          message: `a second mount is called ${mount.name}`,
          hint: 'give each a name of its own',
        };
      names.add(mount.name);
      const theirs = claimFault(mount, hub.data);
      if (theirs) yield { at: place('claim'), ...theirs };
      if (hasDots(mount.path ?? ''))
        yield {
          at: place('path'),
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

function ownPlaces(environment: EnvironmentFile, user: string): Places {
  const { scratch, shm, data, images } = environment;
  return {
    home: `/home/${user}`,
    taken: [
      ...CODE_PLACES,
      ...(scratch ? [SCRATCH] : []),
      ...(shm ? [SHM] : []),
      ...(data.length > 0 ? [PLACE] : []),
      ...images.map(({ name }) => `/opt/${name}`),
      ...placesOfValues(environment),
    ],
  };
}

const STORAGE = '/singleuser/storage';

/** Kubernetes refuses a pod with two mounts at one place, or with two volumes of one name. */
function placesOfValues({ values }: EnvironmentFile): string[] {
  return [`${STORAGE}/extraVolumeMounts`, '/singleuser/extraFiles']
    .flatMap((list) => entriesOf(at(values, list)))
    .map(([, entry]) => plainPath(textAt(entry, '/mountPath')))
    .filter((path) => path !== '');
}

/** Names of mounts that are taken: the hub puts `mount-` before each. */
function namesOfValues({ values }: EnvironmentFile): Set<string> {
  const volumes = entriesOf(at(values, `${STORAGE}/extraVolumes`));
  const prefix = 'mount-';
  const names = volumes.map(([, entry]) => textAt(entry, '/name'));
  return new Set(
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length)),
  );
}

/** Folders without which no server starts, or programs of images are gone. */
const SYSTEM = [
  ...['/bin', '/dev', '/etc', '/lib', '/lib32', '/lib64', '/libx32', '/proc', '/root', '/run'],
  ...['/sbin', '/sys', '/tmp', '/usr', '/var'],
  ...['/opt/conda', '/opt/oggm', '/srv/conda', OF_IMAGES],
];

function placeFault(path: string, { home, taken }: Places): Fault | undefined {
  if (hasDots(path))
    return {
      message: `${path} is another place than it seems`,
      hint: 'write a place without . and ..',
    };
  const over = isWithin(home, path)
    ? home
    : taken.find((one) => isWithin(path, one) || isWithin(one, path));
  if (over !== undefined)
    return {
      message: `what is mounted at ${path} would lie over ${over}`,
      hint: 'choose another place',
    };
  const system = SYSTEM.find((one) => isWithin(path, one) || isWithin(one, path));
  return system === undefined
    ? undefined
    : {
        message: `what is mounted at ${path} would hide a part of the image in ${system}`,
        hint: 'choose another place, such as /data',
      };
}

function claimFault({ claim }: Mount, environment: EnvironmentFile): Fault | undefined {
  const home = homeOf(environment);
  return home.kind === 'folder' && claim === home.claim
    ? {
        message: `${claim} holds homes: people would see what is another’s`,
        hint: 'name a claim that holds no home',
      }
    : ownClaim(claim, environment.values);
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
