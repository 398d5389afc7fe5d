import { join } from 'node:path';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { flowResult } from '../core/images/flow-result.ts';
import type { FlowResult } from '../core/images/flow-result.ts';
import { lockText } from '../core/images/lock.ts';
import { decidePromotion, promotionText } from '../core/images/promote.ts';
import type { Trial } from '../core/images/promote.ts';
import { runningSince, runsDigest, soakSeconds, trialHubs } from '../core/images/trials.ts';
import { yankBuild } from '../core/images/yank.ts';
import type { ChannelMove, LockContent } from '../core/images/yank.ts';
import type { Doc, ImageFile, ImageLockFile, ImageName, Platform } from '../core/model/types.ts';
import { deployedFrom, deployedWhile } from '../edges/deployed.ts';
import { writeWhole } from '../edges/files.ts';
import { Failure, UsageError } from '../failure.ts';
import type { Registry } from '../ports/images.ts';

/** Where locks are, and where it stands what runs. */
export interface ChannelPlace {
  root: string;
  platform: Platform;
  /** A folder of the shape of the branch `deployed`, instead of the branch. */
  present: string | undefined;
  now: number;
}

export interface PromotionWish {
  image: Doc<ImageFile>;
  /** A person asked for this very image. */
  named: boolean;
  /** What speaks against it: a sentence each. */
  troubles: readonly string[];
}

/** Moves `stable` to what `candidate` names, in the working tree, once it is time. */
export async function promoteImage(place: ChannelPlace, wish: PromotionWish): Promise<FlowResult> {
  const { platform, root, now } = place;
  const { name } = wish.image;
  const lock = platform.locks.get(name);
  if (!lock) return flowResult({ image: name, outcome: 'unchanged', reason: NO_LOCK });
  const decision = decidePromotion(lock.data, {
    now,
    registry: platform.settings.data.registry,
    trials: await trialsOf(place, name, lock.data),
    soak: soakSeconds(platform),
    troubles: wish.troubles,
    named: wish.named,
  });
  if (decision.kind === 'unchanged')
    return flowResult({
      image: name,
      outcome: 'unchanged',
      reason: promotionText(decision.reason),
    });
  const { kind, build, digest } = decision;
  if (kind === 'waiting')
    return flowResult({
      image: name,
      outcome: kind,
      build,
      digest,
      reason: promotionText(decision.reason),
    });
  await writeLock(root, lock, decision.lock);
  return flowResult({ image: name, outcome: kind, build, digest, reason: 'stable names it now' });
}

const NO_LOCK = 'nothing of it was built yet';

/** Of each hub that tries the image: since when it runs the candidate. */
async function trialsOf(
  { root, platform, present }: Omit<ChannelPlace, 'now'>,
  image: string,
  { builds, channels }: ImageLockFile,
): Promise<Trial[]> {
  const digest = builds[channels.candidate ?? '']?.digest;
  if (digest === undefined || channels.candidate === channels.stable) return [];
  const recorded = present === undefined ? [] : (await deployedFrom(present, root)).releases;
  const trials: Trial[] = [];
  for (const hub of trialHubs(platform, image)) {
    const releases =
      present === undefined
        ? await deployedWhile(root, hub, (one) => runsDigest(one, digest))
        : recorded.filter((one) => one.unit.name === hub && runsDigest(one, digest));
    trials.push({ hub, since: runningSince(releases) });
  }
  return trials;
}

/** Withdraws a build in the working tree: no channel names it any more. */
export async function yankImage(
  place: Omit<ChannelPlace, 'now'>,
  lock: Doc<ImageLockFile>,
  build: string,
  reason: string,
): Promise<FlowResult> {
  const { platform, root } = place;
  const image = lock.name;
  const decision = yankBuild(lock.data, build, reason, platform.settings.data.registry);
  switch (decision.kind) {
    case 'unknown':
      throw new UsageError(
        `${image} has no build "${build}"`,
        `builds: ${Object.keys(lock.data.builds).sort().join(', ')}`,
      );
    case 'already':
      return flowResult({
        image,
        outcome: 'unchanged',
        build,
        digest: lock.data.builds[build]?.digest ?? null,
        reason: `it was withdrawn before: ${decision.why}`,
      });
    case 'yanked': {
      const { digest, moves } = decision;
      const { hubs, unknown } = await hubsThatRun(place, digest);
      await writeLock(root, lock, decision.lock);
      return flowResult({
        image,
        outcome: 'yanked',
        build,
        digest,
        reason: movesText(moves) + unknown,
        hubs,
      });
    }
  }
}

/** A bad build is withdrawn also where nobody can say who runs it. */
async function hubsThatRun(
  { root, present }: Pick<ChannelPlace, 'root' | 'present'>,
  digest: string,
): Promise<{ hubs: string[]; unknown: string }> {
  try {
    const { releases } = await deployedFrom(present, root);
    const running = releases.filter((one) => runsDigest(one, digest));
    return { hubs: running.map(({ unit }) => unit.name).sort(), unknown: '' };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { hubs: [], unknown: `; nobody knows which hubs run it: ${error.message}` };
  }
}

function movesText(moves: readonly ChannelMove[]): string {
  if (moves.length === 0) return 'no channel named it';
  return moves
    .map(({ channel, to }) =>
      to === undefined ? `${channel} names no build any more` : `${channel} is ${to} again`,
    )
    .join(', ');
}

/** What somebody wrote into a lock by hand is not made ours by writing it again. */
export function lockFaults(findings: readonly Finding[], lock: Doc<ImageLockFile>): Finding[] {
  const found = findings.filter(({ at }) => at.file === lock.file);
  return hasErrors(found) ? found : [];
}

async function writeLock(
  root: string,
  lock: Doc<ImageLockFile>,
  content: LockContent,
): Promise<void> {
  await writeWhole(join(root, lock.file), lockText(content));
}

/** Moving tags of some images follow their locks; what went wrong, by image: it keeps no other image back. */
export async function followAllTags(
  registry: Pick<Registry, 'digest' | 'copy'>,
  platform: Platform,
  images: Iterable<Doc<ImageFile>>,
): Promise<ReadonlyMap<ImageName, string>> {
  const faults = new Map<ImageName, string>();
  for (const { name } of images) {
    const lock = platform.locks.get(name);
    try {
      if (lock) await followTags(registry, platform, lock);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      faults.set(name, `its tags do not follow its lock: ${error.message}; ${error.hint}`);
    }
  }
  return faults;
}

/**
 * Moving tags follow what is merged: `stable` names what the lock's stable is, and `candidate` leaves what was
 * withdrawn. Where a channel names no build, its tag stays: people who use it are not cut off.
 */
export async function followTags(
  registry: Pick<Registry, 'digest' | 'copy'>,
  platform: Platform,
  { name, data }: Doc<ImageLockFile>,
): Promise<void> {
  const repository = `${platform.settings.data.registry}/${name}`;
  const { stable, candidate } = data.channels;
  const builds = new Map(Object.entries(data.builds));
  const wanted = builds.get(stable ?? '')?.digest;
  if (wanted !== undefined && (await registry.digest(`${repository}:stable`)) !== wanted)
    await registry.copy(`${repository}@${wanted}`, `${repository}:stable`);
  const good = builds.get(candidate ?? '')?.digest;
  const tagged = await registry.digest(`${repository}:candidate`);
  const isYanked = [...builds.values()].some(
    ({ digest, yanked }) => yanked !== undefined && digest === tagged,
  );
  if (good !== undefined && isYanked)
    await registry.copy(`${repository}@${good}`, `${repository}:candidate`);
}
