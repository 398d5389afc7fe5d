import { pointer } from '../json.ts';
import type { ImageBuild } from '../model/types.ts';
import type { Rule } from '../rule.ts';
import { isTested } from './decide.ts';

const RESTORE = 'locks are written by the platform: restore the file';

export const lockChannel: Rule = {
  id: 'lock-channel',
  severity: 'error',
  title:
    'Channels of a lock name builds that it holds, that passed their tests and were not withdrawn.',
  why: 'What a channel names reaches users: a bad image must not.',
  on: 'platform',
  *check(platform) {
    for (const lock of platform.locks.values()) {
      const builds = new Map(Object.entries(lock.data.builds));
      for (const [channel, name] of Object.entries(lock.data.channels)) {
        const fault = channelFault(name, builds.get(name));
        if (fault) yield { at: lock.at(pointer('channels', channel)), ...fault };
      }
    }
  },
};

function channelFault(
  name: string,
  build: ImageBuild | undefined,
): { message: string; hint: string } | undefined {
  if (!build) return { message: `there is no build "${name}"`, hint: RESTORE };
  if (build.yanked !== undefined)
    return {
      message: `${name} was withdrawn: ${build.yanked}`,
      hint: 'name a build that was not, or remove the channel',
    };
  if (!isTested(build.tests))
    return {
      message: `${name} did not pass its tests`,
      hint: 'name a build that did, or remove the channel',
    };
  return undefined;
}

export const lockRegistry: Rule = {
  id: 'lock-registry',
  severity: 'error',
  title: 'Builds that hubs get are in the platform’s registry.',
  why: 'A digest names an image in the registry that it was pushed to. In another one nothing bears it, and no server starts.',
  on: 'platform',
  *check(platform) {
    const { registry } = platform.settings.data;
    for (const lock of platform.locks.values()) {
      for (const [channel, name] of Object.entries(lock.data.channels)) {
        const where = lock.data.builds[name]?.registry;
        if (where !== undefined && where !== registry)
          yield {
            at: lock.at(pointer('channels', channel)),
            message: `${name} is in ${where}, and platform.yaml says ${registry}`,
            hint: `build ${lock.name} for the new registry, or write "registry: ${where}" in platform.yaml`,
          };
      }
    }
  },
};
