import { IMAGES_MARKER, imagesComment } from '../core/images/build-comment.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { gatherBuilds } from '../flow/image-builds.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { BuildArtifacts } from '../ports/build-artifacts.ts';
import type { Upstream } from '../ports/upstream.ts';
import { postComment, stale } from './review.ts';
import type { Commented, ReviewInputs } from './review.ts';

export interface ReviewImagesInputs extends Pick<
  ReviewInputs,
  'root' | 'repository' | 'pull' | 'head'
> {
  /** The run that has built them, and its page. */
  run: { id: number; address: string };
}

/** Whether a review is asked for images, instead of the plan. */
export function isAboutImages(target: readonly string[]): boolean {
  if (target.length === 0) return false;
  if (target.length === 1 && target[0] === 'images') return true;
  throw new UsageError(`review takes no "${target.join(' ')}"`, 'write: review, or review images');
}

/** `review images`: what a pull request's run says of the images that it has built, as one comment. */
export async function reviewImages(
  inputs: ReviewImagesInputs,
  github: Commented & BuildArtifacts & Upstream,
  report: Report,
): Promise<Outcome> {
  const { root, repository, head, run } = inputs;
  const { platform } = await gatherPlatform(root);
  if (!platform) return nothing('the files have errors, which the check tells');
  const built = await gatherBuilds(run.id, { proposed: platform, main: repository }, github);
  if (built.length === 0) return nothing('the run has built no image');
  const body = imagesComment(built, { head, run: run.address });
  if (!(await postComment(inputs, { marker: IMAGES_MARKER, body }, github, report))) return stale();
  const names = built.map(({ image }) => image).join(', ');
  return outcome({ exit: 0, text: `images in the comment: ${names}\n`, summary: body });
}

function nothing(why: string): Outcome {
  return outcome({ exit: 0, text: `${why}: nothing to say\n` });
}
