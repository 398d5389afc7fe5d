import { atDigest } from '../core/images/build-plan.ts';
import { ImageFailure } from '../failure.ts';
import type { Registry } from '../ports/images.ts';

/** Where builds of an image are pushed. */
export interface PushPlace {
  registry: Registry;
  /** Registry and image, without a tag. */
  name: string;
}

/** The same bytes, under the hash of their content. */
export async function pushTested(
  { registry, name }: PushPlace,
  { from, hash, digest }: { from: string; hash: string; digest: string },
): Promise<void> {
  const to = `${name}:${hash}`;
  await registry.copy(from, to);
  const arrived = await registry.digest(to);
  if (arrived !== digest)
    throw new ImageFailure(`${to} is ${arrived ?? 'not there'}, and ${digest} was tested`, {
      hint: 'this registry changes what it gets: use another one',
    });
}

/** `candidate` is the newest that was tested. */
export async function moveCandidate({ registry, name }: PushPlace, digest: string): Promise<void> {
  if ((await registry.digest(`${name}:candidate`)) === digest) return;
  await registry.copy(`${name}@${digest}`, `${name}:candidate`);
}

/** The first push to some registries, GitHub's among them, makes what only its owner sees: as the end of a sentence. */
export async function hiddenText({ registry, name }: PushPlace, hash: string): Promise<string> {
  if (await registry.isPublic(`${name}:${hash}`)) return '';
  return `; ${name} can be pulled with a login only: make it public in its settings, or no hub starts it`;
}

/** What makes the list of an image's content, by digest; undefined where it cannot be had. */
export async function scannerAt(registry: Registry, scanner: string): Promise<string | undefined> {
  const digest = await registry.digest(scanner).catch((error: unknown) => {
    if (error instanceof ImageFailure) return undefined;
    throw error;
  });
  return digest === undefined ? undefined : atDigest(scanner, digest);
}
