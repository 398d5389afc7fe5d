import { TITLES } from '../core/issues.ts';
import {
  branchOf,
  imageLabels,
  keepsStable,
  probeLabels,
  reachedHubs,
  titleMark,
} from '../core/images/asked.ts';
import type { Asking } from '../core/images/asked.ts';
import { failureText, shownImage } from '../core/images/change-text.ts';
import type { FlowResult } from '../core/images/flow-result.ts';
import { oggmRange } from '../core/images/oggm-commits.ts';
import type { OggmCommits } from '../core/images/oggm-commits.ts';
import { packageChanges } from '../core/images/package-diff.ts';
import type { PackageChange } from '../core/images/package-diff.ts';
import { hasErrors } from '../core/finding.ts';
import { trialHubs } from '../core/images/trials.ts';
import { inMarkdown } from '../core/escape.ts';
import { packagesPath, readPackages } from '../core/model/package-list.ts';
import type { Package } from '../core/model/package-list.ts';
import type { Doc, ImageFile, ImageLockFile, ImageName, Platform } from '../core/model/types.ts';
import { folderInRepository, headCommit } from '../edges/git.ts';
import { Failure, UsageError } from '../failure.ts';
import { gatherLockFiles } from '../gather/lock-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import type { Forge } from '../ports.ts';
import type { OwnPulls } from '../ports/own-pulls.ts';
import type { Upstream } from '../ports/upstream.ts';
import type { WorkflowStarts } from '../ports/workflow-starts.ts';
import { allFindings } from './findings.ts';
import { oggmCommits } from './oggm-commits.ts';
import { startForMerge, startForPull } from './workflow-starts.ts';

type ImageForge = OwnPulls &
  WorkflowStarts &
  Upstream &
  Pick<Forge, 'openIssue' | 'closeIssue' | 'issueTexts'>;

export interface PullPlace {
  github: ImageForge;
  root: string;
  /** The platform before anything was changed. */
  platform: Platform;
  /** The commit that is checked out. */
  base: string;
  /** The platform's folder in its repository: empty at the top, else with a slash at its end. */
  folder: string;
  /** Page of this run. */
  run: string | undefined;
  now: number;
  /** What stood in the working tree before images were changed: lock and package lists of each. */
  before: ReadonlyMap<ImageName, Files>;
}

type Files = ReadonlyMap<string, string>;

/** Where pull requests of this run go; undefined where nobody asked for them. */
export type Asked = Pick<PullPlace, 'github' | 'run'> | undefined;

/** To be called before images are changed. Fails outside a clone: a pull request is made upon a commit. */
export async function pullPlace(
  asked: NonNullable<Asked>,
  place: Pick<PullPlace, 'root' | 'platform' | 'now'>,
  images: readonly Doc<ImageFile>[],
): Promise<PullPlace> {
  const base = await headCommit(place.root);
  if (base === undefined)
    throw new UsageError(
      '--pull-request needs a clone',
      'run it where the platform is checked out',
    );
  const before = new Map<ImageName, Files>();
  for (const { name } of images) before.set(name, await gatherLockFiles(place.root, name));
  const folder = await folderInRepository(place.root);
  return { ...asked, ...place, base, folder, before };
}

/** Sentences about open issues that speak against an image: its own, and those of the probes of hubs that try it. */
export async function troublesOf(
  { github, platform }: Pick<PullPlace, 'github' | 'platform'>,
  image: ImageName,
): Promise<string[]> {
  const troubles: string[] = [];
  if ((await github.issueTexts(imageLabels(image))).length > 0)
    troubles.push('an issue of the image is open');
  for (const hub of trialHubs(platform, image))
    if ((await github.issueTexts(probeLabels(hub))).length > 0)
      troubles.push(`the probe of ${hub} has an open issue`);
  return troubles;
}

/** Pull requests and issues for what became of images. What GitHub refuses for one keeps no other back. */
export async function tellImages(
  place: PullPlace,
  asking: Asking,
  results: readonly FlowResult[],
): Promise<FlowResult[]> {
  const told: FlowResult[] = [];
  for (const result of results) {
    try {
      told.push(await tellImage(place, asking, result));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const reason = `${result.reason}; ${error.message}; ${error.hint}`;
      told.push({ ...result, outcome: 'failed', reason });
    }
  }
  return told;
}

async function tellImage(
  place: PullPlace,
  asking: Asking,
  result: FlowResult,
): Promise<FlowResult> {
  const { github, root } = place;
  const { image, outcome } = result;
  const branch = branchOf(asking, image, result.build);
  const before = place.before.get(image) ?? new Map<string, string>();
  if (asking === 'refresh') await tellIssue(place, result);
  const after = await gatherLockFiles(root, image);
  const files = new Map([...after].filter(([path, text]) => before.get(path) !== text));
  if (files.size === 0) {
    if (outcome === 'unchanged') await github.withdraw(branch, 'There is nothing new any more.');
    return result;
  }
  const change = await changeOf(place, result, before, after);
  const { number, head } = await github.propose({
    branch,
    base: place.base,
    mark: titleMark(image),
    title: titleMark(image) + titleOf(asking, result, change),
    body: bodyOf(asking, place.platform, result, change),
    files: new Map([...files].map(([path, text]) => [place.folder + path, text])),
  });
  const unstarted = await startForPull(github, branch);
  const merged = asking === 'refresh' ? await mergedBySelf(place, change, number, head) : '';
  return { ...result, pull_request: number, reason: result.reason + unstarted + merged };
}

/** One issue for each image: opened by a failure, closed by the next build that passes. */
async function tellIssue(
  { github, platform, run }: PullPlace,
  { image, outcome, reason, tests }: FlowResult,
): Promise<void> {
  const labels = imageLabels(image);
  if (outcome === 'failed') {
    const last = platform.locks.get(image)?.data.channels.candidate;
    const body = failureText({ image, reason, tests }, last, run);
    await github.openIssue(labels, `Image ${image} ${TITLES.image}`, body.text);
  } else if (outcome === 'built' || outcome === 'unchanged')
    await github.closeIssue(labels, inMarkdown`${image} is well again: ${reason}.`.text);
}

interface Change {
  before: ImageLockFile | undefined;
  after: ImageLockFile | undefined;
  packages: PackageChange[] | undefined;
  commits: OggmCommits | undefined;
  /** Whether the files have no mistakes with it. */
  isSound: boolean;
}

async function changeOf(
  { github, root, platform, now: time }: PullPlace,
  { image }: FlowResult,
  before: Files,
  after: Files,
): Promise<Change> {
  const fresh = await gatherPlatform(root);
  const locks = {
    before: platform.locks.get(image)?.data,
    after: fresh.platform?.locks.get(image)?.data,
  };
  const oggm = platform.images.get(image)?.data.oggm;
  const range = oggmRange(oggm, candidateCommit(locks.before), candidateCommit(locks.after));
  const old = candidateList(image, locks.before, before);
  const now = candidateList(image, locks.after, after);
  return {
    ...locks,
    packages: now && packageChanges(old ?? [], now),
    commits: await oggmCommits(github, range),
    isSound: !hasErrors(await allFindings(fresh, undefined, time)),
  };
}

/** What is in the candidate of a lock; undefined where no list says it. */
export function candidateList(
  image: ImageName,
  lock: ImageLockFile | undefined,
  files: Files,
): Package[] | undefined {
  const path = packagesPath(image, lock?.channels.candidate ?? '');
  const text = files.get(path);
  return text === undefined ? undefined : readPackages(path, text).packages;
}

/** Commit of OGGM in the candidate of a lock. */
export function candidateCommit(lock: ImageLockFile | undefined): string | undefined {
  return lock?.builds[lock.channels.candidate ?? '']?.oggm?.commit;
}

function titleOf(asking: Asking, { build }: FlowResult, { after }: Change): string {
  const { candidate, stable } = after?.channels ?? {};
  switch (asking) {
    case 'refresh':
      return `candidate ${candidate ?? 'names no build'}`;
    case 'promote':
      return `stable ${stable ?? 'names no build'}`;
    case 'yank':
      return `${build ?? 'a build'} is withdrawn`;
  }
}

function bodyOf(asking: Asking, platform: Platform, result: FlowResult, change: Change): string {
  const { image, reason, hubs } = result;
  if (asking !== 'refresh') {
    const running = hubs.map((hub) => inMarkdown`- ${hub} runs it\n`);
    return inMarkdown`${image} ${result.outcome}: ${reason}\n\n${running}`.text;
  }
  return shownImage({
    image,
    ok: true,
    reason,
    sizeBytes: result.size_bytes ?? undefined,
    seconds: result.seconds,
    tests: result.tests,
    packages: change.packages,
    commits: change.commits,
    hubs: reachedHubs(platform, image),
  }).text;
}

/** What became of the merge, to be said after the reason; nothing where a person merges. */
async function mergedBySelf(
  { github, platform }: PullPlace,
  { before, after, isSound }: Change,
  pull: number,
  head: string,
): Promise<string> {
  const isWished = platform.settings.data.automerge === 'candidate';
  if (!isWished || !isSound || !keepsStable(before, after)) return '';
  const refused = await github.merge(pull, head);
  if (refused !== undefined) return `, not merged: ${refused}`;
  return `, merged${await startForMerge(github)}`;
}
