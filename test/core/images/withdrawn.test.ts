import { describe, expect, test } from '@jest/globals';
import { lockChecksum } from '../../../src/core/images/lock.ts';
import { withdrawnFor } from '../../../src/core/images/withdrawn.ts';
import type { ImageBuild, ImageLockFile } from '../../../src/core/model/types.ts';
import { HUB, platformWith } from '../../support/written.ts';

const [A, B, C] = ['2026-11-20-aaaaaa', '2026-11-25-bbbbbb', '2026-11-26-cccccc'];
const PROMOTED: Readonly<Record<string, string>> = {
  [A]: '2026-11-27T02:00:00Z',
  [B]: '2026-11-28T02:00:00Z',
};

/** What people of a hub are told: A and B were promoted, C was not. */
function told(
  wave: string,
  channels: ImageLockFile['channels'],
  yanked: Readonly<Record<string, string>>,
): object[] {
  const builds = [A, B, C].map((name): [string, ImageBuild] => [
    name,
    {
      digest: `sha256:${name.slice(-1).repeat(64)}`,
      tests: { oggm: 'passed' },
      ...(PROMOTED[name] !== undefined && { promoted: PROMOTED[name] }),
      ...(yanked[name] !== undefined && { yanked: yanked[name] }),
    },
  ]);
  const lock = { recipe: '1'.repeat(40), builds: Object.fromEntries(builds), channels };
  const platform = platformWith({
    [HUB]: { wave, images: ['science', 'nobody', 'tools'] },
    'images/science/image.lock.yaml': { ...lock, checksum: lockChecksum(lock) },
    'images/science/image.yaml': { title: 'Science' },
    'images/tools/image.yaml': { title: 'Tools' },
  });
  const hub = platform.environments.get('hub');
  if (!hub) throw new Error('the hub cannot be read');
  return withdrawnFor(platform, hub);
}

const is = (build: string, isOffered: boolean, why = 'numpy crashes'): object => ({
  title: 'Science',
  build,
  why,
  isOffered,
});
const crashes = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, 'numpy crashes']));

describe('a hub of a stable wave', () => {
  const stable = told.bind(undefined, 'production');
  test.each<[string, object[], object[]]>([
    ['nothing was withdrawn', stable({ candidate: C, stable: B }, {}), []],
    ['what it had', stable({ candidate: C, stable: A }, crashes(B)), [is(B, true)]],
    ['what it had, and nothing is left', stable({}, crashes(A, B, C)), [is(B, false)]],
    ['what it had before', stable({ candidate: C, stable: B }, crashes(A)), []],
    ['what only candidate hubs had', stable({ candidate: B, stable: B }, crashes(C)), []],
    ['the candidate, before the first promotion', stable({ candidate: A }, crashes(C)), []],
  ])('%s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('what it has now was withdrawn: that is a mistake of the lock, and no news', () => {
    expect(stable({ stable: B }, crashes(B))).toEqual([]);
  });
});

describe('a hub of a candidate wave', () => {
  const candidate = told.bind(undefined, 'staging');
  test.each<[string, object[], object[]]>([
    ['nothing was withdrawn', candidate({ candidate: C, stable: B }, {}), []],
    ['what it had', candidate({ candidate: B, stable: B }, crashes(C)), [is(C, true)]],
    ['an older one', candidate({ candidate: C, stable: A }, crashes(B)), []],
    ['two: the newer', candidate({ candidate: A }, { ...crashes(C), [B]: 'old' }), [is(C, true)]],
    ['it falls back to stable', candidate({ stable: B }, crashes(C)), [is(C, true)]],
    ['and stable is newer', candidate({ stable: B }, crashes(A)), []],
    ['nothing is left', candidate({}, crashes(C)), [is(C, false)]],
  ])('%s', (_what, found, expected) => {
    expect(found).toEqual(expected);
  });
});
