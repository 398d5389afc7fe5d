import type { ImageLockFile } from '../model/types.ts';

/** What is wanted: hashes of image.yaml with its files, and of the resolved folder with what builds it. */
export interface WantedImage {
  recipe: string;
  content: string;
}

/** What the registry says of an image: digests by tag, and every digest that it was asked for and has. */
export interface RegistryFacts {
  tags: ReadonlyMap<string, string>;
  digests: ReadonlySet<string>;
}

/** Why an image is built. */
export type BuildReason =
  /** It never was. */
  | { kind: 'first' }
  /** image.yaml or a file that it names is another one. */
  | { kind: 'recipe'; from: string; to: string }
  /** What it is made of is newer: base, commit or packages. */
  | { kind: 'content' }
  /** The build did not pass. */
  | { kind: 'untested'; build: string }
  /** The registry has it no longer, or has something else under its tag. */
  | { kind: 'gone'; build: string; digest: string }
  | { kind: 'moved'; build: string; from: string; to: string };

/** Why an image is not built. */
export type UnchangedReason =
  | { kind: 'present'; build: string }
  /** A run ended between push and lock: the lock is all that is missing. */
  | { kind: 'unrecorded' }
  /** The same again would be withdrawn again. */
  | { kind: 'yanked'; build: string; why: string };

export type ImageDecision =
  | { kind: 'build'; reasons: BuildReason[] }
  | { kind: 'unchanged'; digest: string; reason: UnchangedReason };

type Build = ImageLockFile['builds'][string] & { name: string };

/** Whether an image has to be built. Present under its content hash and tested: it has not. */
export function decideImage(
  wanted: WantedImage,
  lock: Pick<ImageLockFile, 'recipe' | 'builds'> | undefined,
  registry: RegistryFacts,
): ImageDecision {
  const tagged = registry.tags.get(wanted.content);
  const same = Object.entries(lock?.builds ?? {})
    .map(([name, build]): Build => ({ ...build, name }))
    .filter(({ content }) => content === wanted.content);
  for (const { name, digest, yanked } of same)
    if (yanked !== undefined)
      return { kind: 'unchanged', digest, reason: { kind: 'yanked', build: name, why: yanked } };
  const reasons: BuildReason[] = [];
  for (const build of same) {
    const fault = faultOf(build, tagged, registry);
    if (fault) reasons.push(fault);
    else {
      const reason: UnchangedReason = { kind: 'present', build: build.name };
      return { kind: 'unchanged', digest: build.digest, reason };
    }
  }
  if (reasons.length > 0) return { kind: 'build', reasons };
  // Tags are given last, after the tests: what bears this one has passed them.
  if (tagged !== undefined)
    return { kind: 'unchanged', digest: tagged, reason: { kind: 'unrecorded' } };
  return { kind: 'build', reasons: [changed(wanted, lock)] };
}

/** Why a build of the same content will not do. */
function faultOf(
  { name, digest, tests }: Build,
  tagged: string | undefined,
  { digests }: RegistryFacts,
): BuildReason | undefined {
  if (!isTested(tests)) return { kind: 'untested', build: name };
  if (tagged === digest) return undefined;
  if (tagged !== undefined) return { kind: 'moved', build: name, from: digest, to: tagged };
  return digests.has(digest) ? undefined : { kind: 'gone', build: name, digest };
}

function changed(
  wanted: WantedImage,
  lock: Pick<ImageLockFile, 'recipe'> | undefined,
): BuildReason {
  if (!lock) return { kind: 'first' };
  return lock.recipe === wanted.recipe
    ? { kind: 'content' }
    : { kind: 'recipe', from: lock.recipe, to: wanted.recipe };
}

/** Something was tested, and nothing failed. */
export function isTested(tests: Readonly<Record<string, string>> | undefined): boolean {
  const outcomes = Object.values(tests ?? {});
  return outcomes.includes('passed') && !outcomes.includes('failed');
}

/** In words, for progress, JSON and comments. */
export function reasonText(reason: BuildReason | UnchangedReason): string {
  switch (reason.kind) {
    case 'first':
      return 'it was never built';
    case 'recipe':
      return `image.yaml or a file that it names changed (${reason.from.slice(0, 6)} → ${reason.to.slice(0, 6)})`;
    case 'content':
      return 'its base, OGGM or packages are newer';
    case 'yanked':
      return `it would be ${reason.build} again, which was withdrawn: ${reason.why}`;
    case 'present':
      return `it is ${reason.build}`;
    case 'unrecorded':
      return 'the registry has it, and the lock does not know it yet';
    case 'untested':
      return `${reason.build} did not pass its tests`;
    case 'gone':
      return `the registry no longer has ${reason.build}`;
    case 'moved':
      return `the registry has another image under the tag of ${reason.build}`;
  }
}
