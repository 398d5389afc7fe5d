import { packagesHash, packagesPath, packagesText } from '../model/package-list.ts';
import type { Package } from '../model/package-list.ts';
import type { ImageBuild, ImageLockFile } from '../model/types.ts';
import { lockText } from './lock.ts';
import { oggmIn } from './packages.ts';
import type { TestResult } from './test-report.ts';

/** A build that was tested and pushed. */
export interface NewBuild {
  image: string;
  /** Hash of image.yaml and what it names. */
  recipe: string;
  /** Whether hubs of candidate waves get it. */
  isCandidate: boolean;
  name: string;
  digest: string;
  content: string;
  registry: string;
  /** The image that it is built on, by digest. */
  base: string | undefined;
  /** Bytes of its layers, unpacked. */
  size: number;
  tests: readonly TestResult[];
  packages: readonly Package[];
}

/**
 * Lock and package list of an image that has a new build: texts by path. `candidate` is the newest, unless it is an old
 * one built again.
 */
export function lockFiles(
  before: ImageLockFile | undefined,
  build: NewBuild,
): ReadonlyMap<string, string> {
  const list = packagesText(build.packages);
  const entry = entryOf(build, packagesHash(list));
  const builds = { ...before?.builds, [build.name]: entry };
  const lock =
    before && !build.isCandidate
      ? { recipe: before.recipe, builds, channels: before.channels }
      : { recipe: build.recipe, builds, channels: { ...before?.channels, candidate: build.name } };
  // The list first: a lock names no list that is not there.
  return new Map([
    [packagesPath(build.image, build.name), list],
    [lockPath(build.image), lockText(lock)],
  ]);
}

/** The same where a build that was there before is the newest again; undefined where the lock says so already. */
export function lockAgain(
  before: ImageLockFile,
  { image, recipe, name }: Pick<NewBuild, 'image' | 'recipe' | 'name'>,
): ReadonlyMap<string, string> | undefined {
  if (before.recipe === recipe && before.channels.candidate === name) return undefined;
  const channels = { ...before.channels, candidate: name };
  const text = lockText({ recipe, builds: before.builds, channels });
  return new Map([[lockPath(image), text]]);
}

function lockPath(image: string): string {
  return `images/${image}/image.lock.yaml`;
}

function entryOf(build: NewBuild, packages: string): ImageBuild {
  const { digest, content, registry, size, tests } = build;
  const base = build.base?.split('@')[1];
  const oggm = oggmIn(build.packages);
  return {
    digest,
    content,
    registry,
    ...(base === undefined ? {} : { base }),
    ...(oggm && {
      oggm: {
        version: oggm.version,
        ...(oggm.commit === undefined ? {} : { commit: oggm.commit }),
      },
    }),
    size: `${Math.ceil(size / 1e6)}M`,
    tests: Object.fromEntries(tests.map(({ name, ok }) => [name, ok ? 'passed' : 'failed'])),
    packages,
  };
}
