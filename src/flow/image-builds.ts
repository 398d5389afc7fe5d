import { reachedHubs } from '../core/images/asked.ts';
import { BUILD_FILE, buildArtifact, readBuild } from '../core/images/build-artifact.ts';
import type { BuiltImage } from '../core/images/build-comment.ts';
import type { Package } from '../core/model/package-list.ts';
import type { ImageName, Platform } from '../core/model/types.ts';
import { gatherLockFiles } from '../gather/lock-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { BuildArtifacts } from '../ports/build-artifacts.ts';
import { candidateList } from './image-pulls.ts';

const UNREAD = 'there is none, or it is larger than a result can be';

/** Images of a pull request's platform that its run has built, each beside what the default branch has. */
export async function gatherBuilds(
  run: number,
  { proposed, main }: { proposed: Platform; main: string },
  github: BuildArtifacts,
): Promise<BuiltImage[]> {
  const images = [...proposed.images.keys()].sort();
  const files = await github.filesOfRun(run, images.map(buildArtifact), BUILD_FILE);
  const { platform } = await gatherPlatform(main);
  const built: BuiltImage[] = [];
  for (const image of images) {
    const name = buildArtifact(image);
    if (!files.has(name)) continue;
    const text = files.get(name);
    built.push({
      image,
      claim: text === undefined ? { kind: 'unreadable', reason: UNREAD } : readBuild(text, image),
      before: await packagesBefore(main, platform, image),
      hubs: reachedHubs(proposed, image),
    });
  }
  return built;
}

/** What the candidate of the default branch holds; none where it names no build, or no list says it. */
async function packagesBefore(
  main: string,
  platform: Platform | undefined,
  image: ImageName,
): Promise<readonly Package[]> {
  const lock = platform?.locks.get(image)?.data;
  return candidateList(image, lock, await gatherLockFiles(main, image)) ?? [];
}
