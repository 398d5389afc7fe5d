import { reachedHubs } from '../core/images/asked.ts';
import { BUILD_FILE, buildArtifact, readBuild } from '../core/images/build-artifact.ts';
import type { BuildClaim } from '../core/images/build-artifact.ts';
import type { BuiltImage } from '../core/images/build-comment.ts';
import { oggmRange } from '../core/images/oggm-commits.ts';
import type { CommitRange } from '../core/images/oggm-commits.ts';
import type { Package } from '../core/model/package-list.ts';
import type { ImageName, Platform } from '../core/model/types.ts';
import type { Reading } from '../core/shape.ts';
import { gatherLockFiles } from '../gather/lock-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { BuildArtifacts } from '../ports/build-artifacts.ts';
import type { Upstream } from '../ports/upstream.ts';
import { candidateCommit, candidateList } from './image-pulls.ts';
import { oggmCommits } from './oggm-commits.ts';

const NO_RESULT = {
  kind: 'unreadable',
  reason: 'there is none, or it is larger than a result can be',
} as const;

/** Images of a pull request's platform that its run has built, each beside what the default branch has. */
export async function gatherBuilds(
  run: number,
  { proposed, main }: { proposed: Platform; main: string },
  github: BuildArtifacts & Upstream,
): Promise<BuiltImage[]> {
  const images = [...proposed.images.keys()].sort();
  const files = await github.filesOfRun(run, images.map(buildArtifact), BUILD_FILE);
  const { platform } = await gatherPlatform(main);
  const built: BuiltImage[] = [];
  for (const image of images) {
    const name = buildArtifact(image);
    if (!files.has(name)) continue;
    const text = files.get(name);
    const claim = text === undefined ? NO_RESULT : readBuild(text, image);
    const range = rangeOf({ proposed, main: platform }, image, claim);
    built.push({
      image,
      claim,
      commits: await oggmCommits(github, range),
      before: await packagesBefore(main, platform, image),
      hubs: reachedHubs(proposed, image),
    });
  }
  return built;
}

/** Only the repository that the default branch names is asked: a pull request may name any, a private one too. */
function rangeOf(
  { proposed, main }: { proposed: Platform; main: Platform | undefined },
  image: ImageName,
  claim: Reading<BuildClaim>,
): CommitRange | undefined {
  const oggm = main?.images.get(image)?.data.oggm;
  if (claim.kind !== 'read' || oggm?.git !== proposed.images.get(image)?.data.oggm?.git)
    return undefined;
  return oggmRange(oggm, candidateCommit(main?.locks.get(image)?.data), claim.value.oggmCommit);
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
