import { describe, expect, test } from '@jest/globals';
import { lockText } from '../../../src/core/images/lock.ts';
import { lockAgain, lockFiles } from '../../../src/core/images/new-build.ts';
import type { NewBuild } from '../../../src/core/images/new-build.ts';
import { packagesHash } from '../../../src/core/model/package-list.ts';
import type { Package } from '../../../src/core/model/package-list.ts';
import type { ImageLockFile } from '../../../src/core/model/types.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const base = `sha256:${'b'.repeat(64)}`;
const commit = 'c'.repeat(40);
const old = '2026-11-14-3f2a1c';
const name = '2026-11-21-9c1b77';
const before: ImageLockFile = {
  checksum: '9'.repeat(40),
  recipe: '1'.repeat(40),
  builds: { [old]: { digest: base, keep: 'a paper' } },
  channels: { candidate: old, stable: old },
};
const oggm: Package = { manager: 'pip', name: 'OGGM', version: '1.6.3', source: 'sha256:00' };
const build: NewBuild = {
  image: 'science',
  recipe: '2'.repeat(40),
  isCandidate: true,
  name,
  digest,
  content: '3'.repeat(40),
  registry: 'registry.example.org/hubs',
  base: `registry.example.org/base@${base}`,
  size: 1_000_000_001,
  tests: [
    { name: 'server', ok: true, seconds: 1, memory_mb: 1, detail: '' },
    { name: 'oggm', ok: false, seconds: 1, memory_mb: 1, detail: '' },
  ],
  packages: [oggm],
};
const list = 'pip OGGM 1.6.3 sha256:00\n';
const entry = {
  digest,
  content: '3'.repeat(40),
  registry: 'registry.example.org/hubs',
  base,
  oggm: { version: '1.6.3' },
  size: '1001M',
  tests: { server: 'passed', oggm: 'failed' },
  packages: packagesHash(list),
} as const;
const PATH = 'images/science/image.lock.yaml';

describe('a new build', () => {
  test('comes to those before it, and is the candidate; stable stays', () => {
    expect([...lockFiles(before, build)]).toEqual([
      [`images/science/packages/${name}.txt`, list],
      [
        PATH,
        lockText({
          recipe: '2'.repeat(40),
          builds: { [old]: { digest: base, keep: 'a paper' }, [name]: entry },
          channels: { candidate: name, stable: old },
        }),
      ],
    ]);
  });

  test('is the first', () => {
    expect(lockFiles(undefined, build).get(PATH)).toBe(
      lockText({ recipe: build.recipe, builds: { [name]: entry }, channels: { candidate: name } }),
    );
  });

  test('that is an old one, built again, is no candidate, and the recipe stays', () => {
    const builds = { ...before.builds, [name]: entry };
    expect(lockFiles(before, { ...build, isCandidate: false }).get(PATH)).toBe(
      lockText({ recipe: before.recipe, builds, channels: before.channels }),
    );
  });

  const wrote = (more: Partial<NewBuild>): string =>
    lockFiles(undefined, { ...build, ...more }).get(PATH) ?? '';

  test.each<[string, Partial<NewBuild>, string]>([
    [
      'OGGM from a commit',
      { packages: [{ ...oggm, source: `git+https://github.com/OGGM/oggm@${commit}` }] },
      `oggm: {"commit":"${commit}","version":"1.6.3"}, size`,
    ],
    [
      'OGGM from a folder of a commit',
      {
        packages: [{ ...oggm, source: `found-git+https://example.org/x@${commit}#subdirectory=y` }],
      },
      `oggm: {"commit":"${commit}","version":"1.6.3"}, size`,
    ],
    [
      'an address that is no commit',
      { packages: [{ ...oggm, source: `https://example.org/x@${commit}` }] },
      'oggm: {"version":"1.6.3"}, size',
    ],
    ['another package', { packages: [{ ...oggm, name: 'oggm-x' }] }, `base: "${base}", size`],
    ['no base', { base: undefined }, 'hubs", oggm:'],
    ['whole megabytes', { size: 5_000_000 }, 'size: "5M"'],
  ])('with %s', (_, more, expected) => {
    expect(wrote(more)).toContain(expected);
  });
});

describe('a build that is the newest again', () => {
  const again = (recipe: string, candidate: string) =>
    lockAgain(
      { ...before, channels: { candidate, stable: old } },
      { image: 'science', recipe, name },
    );

  test('is nothing to write where the lock says so', () => {
    expect(again(before.recipe, name)).toBeUndefined();
  });

  test.each([
    ['the recipe is another one', build.recipe, name],
    ['the candidate is another one', before.recipe, old],
  ])('is the candidate where %s', (_, recipe, candidate) => {
    expect([...(again(recipe, candidate) ?? [])]).toEqual([
      [
        PATH,
        lockText({ recipe, builds: before.builds, channels: { candidate: name, stable: old } }),
      ],
    ]);
  });
});
