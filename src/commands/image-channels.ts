import { credentialIn } from '../core/credentials/shapes.ts';
import { hasErrors } from '../core/finding.ts';
import { flowResult } from '../core/images/flow-result.ts';
import type { FlowResult } from '../core/images/flow-result.ts';
import { UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { followAllTags, lockFaults, promoteImage, yankImage } from '../flow/image-channels.ts';
import { pullPlace, tellImages, troublesOf } from '../flow/image-pulls.ts';
import type { Asked } from '../flow/image-pulls.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { flowOutcome } from './image-flow.ts';
import { imagesNamed } from './image-names.ts';

export interface PromoteInputs {
  root: string;
  /** None: every image. */
  names: readonly string[];
  present: string | undefined;
  now: number;
}

/** `image promote`: what candidate hubs have tried long enough becomes stable, in the working tree. */
export async function promote(
  { root, names, present, now }: PromoteInputs,
  { registry }: Pick<ImagePorts, 'registry'>,
  asked: Asked,
): Promise<Outcome> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  const findings = await allFindings(reading, undefined, now);
  if (!platform || hasErrors(findings)) return refused(findings);
  const named = names.length > 0;
  const images = named ? imagesNamed(platform, names) : [...platform.images.values()];
  const pulls = asked && (await pullPlace(asked, { root, platform, now }, images));
  const results: FlowResult[] = [];
  const faults = pulls && (await followAllTags(registry, platform, images));
  for (const image of images) {
    const fault = faults?.get(image.name);
    if (fault !== undefined) {
      results.push(flowResult({ image: image.name, outcome: 'failed', reason: fault }));
      continue;
    }
    const troubles = pulls ? await troublesOf(pulls, image.name) : [];
    const wish = { image, named, troubles };
    results.push(await promoteImage({ root, platform, present, now }, wish));
  }
  return flowOutcome(pulls ? await tellImages(pulls, 'promote', results) : results);
}

export interface YankInputs {
  root: string;
  /** The image and its build. */
  names: readonly string[];
  reason: string | undefined;
  present: string | undefined;
  now: number;
}

const YANK = 'write: image yank IMAGE BUILD --reason TEXT';
/** As the lock's schema has it. */
const LONGEST_REASON = 200;

/** `image yank`: no hub starts this build again. Files that have nothing to do with it do not stand in its way. */
export async function yank(
  { root, names, reason, present, now }: YankInputs,
  asked: Asked,
): Promise<Outcome> {
  const [name, build, ...more] = names;
  if (name === undefined || build === undefined || more.length > 0)
    throw new UsageError('image yank needs an image and its build', YANK);
  const why = reasonOf(reason);
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  const findings = await allFindings(reading, undefined, now);
  if (!platform) return refused(findings);
  const images = imagesNamed(platform, [name]);
  const lock = platform.locks.get(name);
  if (!lock)
    throw new UsageError(
      `${name} has no lock`,
      'nothing of it was built, or its lock has mistakes',
    );
  const faults = lockFaults(findings, lock);
  if (faults.length > 0) return refused(faults);
  const pulls = asked && (await pullPlace(asked, { root, platform, now }, images));
  const results = [await yankImage({ root, platform, present }, lock, build, why)];
  return flowOutcome(pulls ? await tellImages(pulls, 'yank', results) : results);
}

function reasonOf(reason: string | undefined): string {
  if (reason === undefined || reason.trim() === '')
    throw new UsageError('image yank needs a reason', YANK);
  if (Array.from(reason).length > LONGEST_REASON || /[\u0000-\u001F\u007F]/u.test(reason))
    throw new UsageError(
      `a reason is one line of at most ${LONGEST_REASON} characters`,
      'say in short what is wrong with the build',
    );
  const credential = credentialIn(reason);
  if (credential !== undefined)
    throw new UsageError(
      `the reason holds ${credential}`,
      'everybody reads it, in the lock and on the hub: say it without, and revoke what you wrote',
    );
  return reason;
}
