import { describe, expect, test } from '@jest/globals';
import { runRules } from '../../../src/core/check/run.ts';
import { lockChecksum } from '../../../src/core/images/lock.ts';
import { packagesHash } from '../../../src/core/model/package-list.ts';
import type { ImageBuild } from '../../../src/core/model/types.ts';
import { NOW, platformOf, said, textsWith } from '../../support/written.ts';

const LOCK = 'images/science/image.lock.yaml';
const RESTORE = 'locks are written by the platform: restore the file';
const build = '2026-11-01-aaaaaa';
const other = '2026-11-02-bbbbbb';
const good: ImageBuild = {
  digest: `sha256:${'a'.repeat(64)}`,
  registry: 'registry.example.org/hubs',
  tests: { oggm: 'passed' },
};

const lockOf = (channels: object = { stable: build }, more: Partial<ImageBuild> = {}) => ({
  recipe: 'b'.repeat(40),
  builds: { [build]: { ...good, ...more } },
  channels,
});
const sealed = (lock: ReturnType<typeof lockOf>) => ({ checksum: lockChecksum(lock), ...lock });

describe('lock-edited', () => {
  const edited = (lock: object, more = {}) => said('lock-edited', { [LOCK]: { ...lock }, ...more });

  test('as it was written', () => {
    expect(edited(sealed(lockOf()))).toEqual([]);
  });

  test('without its checksum, or with that of another', () => {
    expect(edited(lockOf()).map(([, ...rest]) => rest)).toEqual([
      ['the lock has no checksum', RESTORE],
    ]);
    const changed = { ...sealed(lockOf()), channels: { candidate: build } };
    expect(edited(changed)).toEqual([
      [`${LOCK} ${changed.checksum}`, 'the lock was changed by hand', RESTORE],
    ]);
  });

  test('a build whose package list is the one that it had, or another', () => {
    const path = `images/science/packages/${build}.txt`;
    const listed = (text: string): string[] => {
      const lock = sealed(
        lockOf({ stable: build }, { packages: packagesHash('apt git 3 md5:0\n') }),
      );
      const texts = textsWith({ [LOCK]: lock }).set(path, text);
      const found = runRules({ platform: platformOf(texts), now: NOW, defaults: undefined });
      return found.filter(({ rule }) => rule === 'lock-edited').map(({ message }) => message);
    };
    expect(listed('apt git 3 md5:0\n')).toEqual([]);
    expect(listed('apt git 4 md5:0\n')).toEqual([`${path} was changed by hand`]);
  });

  test('a reason to keep a build, which people write', () => {
    const lock = sealed(lockOf());
    expect(edited({ ...lock, builds: { [build]: { ...good, keep: 'doi:10/x' } } })).toEqual([]);
  });

  test('a build whose package list is gone', () => {
    const lock = sealed(lockOf({ stable: build }, { packages: 'c'.repeat(40) }));
    const path = `images/science/packages/${build}.txt`;
    expect(edited(lock)).toEqual([
      [
        `${LOCK} ${build}:`,
        `there is no ${path}`,
        'package lists are written by the platform: restore the file',
      ],
    ]);
  });
});

describe('lock-channel', () => {
  const channel = (name: string, more: Partial<ImageBuild> = {}) =>
    said('lock-channel', { [LOCK]: lockOf({ stable: name }, more) });

  test('a build that passed', () => {
    expect(channel(build)).toEqual([]);
  });

  test.each<[string, string, Partial<ImageBuild>, string, string]>([
    ['that is not there', other, {}, `there is no build "${other}"`, RESTORE],
    [
      'withdrawn',
      build,
      { yanked: 'numpy crashes' },
      `${build} was withdrawn: numpy crashes`,
      'name a build that was not, or remove the channel',
    ],
    [
      'untested',
      build,
      { tests: {} },
      `${build} did not pass its tests`,
      'name a build that did, or remove the channel',
    ],
  ])('a build %s', (_what, name, more, message, hint) => {
    expect(channel(name, more)).toEqual([[`${LOCK} ${name}`, message, hint]]);
  });
});

describe('lock-registry', () => {
  const registry = (where: string | undefined, channels: object = { stable: build }) =>
    said('lock-registry', {
      'platform.yaml': { registry: 'registry.example.org/hubs' },
      [LOCK]: {
        ...lockOf(channels),
        builds: {
          [build]: where === undefined ? { digest: good.digest } : { ...good, registry: where },
        },
      },
    });

  test('the platform’s, or one that nobody knows', () => {
    expect(registry('registry.example.org/hubs')).toEqual([]);
    expect(registry(undefined)).toEqual([]);
  });

  test('another one, where a channel names the build', () => {
    expect(registry('ghcr.io/example')).toEqual([
      [
        `${LOCK} ${build}`,
        `${build} is in ghcr.io/example, and platform.yaml says registry.example.org/hubs`,
        'build science for the new registry, or write "registry: ghcr.io/example" in platform.yaml',
      ],
    ]);
    expect(registry('ghcr.io/example', {})).toEqual([]);
  });
});
