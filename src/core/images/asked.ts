import { ISSUES, hubIssue } from '../issues.ts';
import { offersImage } from '../model/offers.ts';
import type { HubName, ImageLockFile, ImageName, Platform } from '../model/types.ts';
import type { ReachedHubs } from './change-text.ts';
import { channelOf } from './resolve.ts';

/** What a pull request of ours asks for. */
export type Asking = 'refresh' | 'promote' | 'yank';

/**
 * Only the platform writes to these branches. What is asked anew takes the place of what was asked before; each build
 * that is withdrawn has a branch of its own, because the next one is no news of it.
 */
export function branchOf(asking: Asking, image: ImageName, build: string | null): string {
  const branch = `glaciocloud/${asking}-${image}`;
  return asking === 'yank' && build !== null ? `${branch}-${build}` : branch;
}

/** What the title of every pull request from such a branch begins with, and so its commit. */
export function titleMark(image: ImageName): string {
  return `Image ${image}: `;
}

/** Labels of the one issue of an image. Only who may triage can set them. */
export function imageLabels(image: ImageName): string[] {
  return [ISSUES.image, `image:${image}`];
}

/** Labels under which the probe of a hub opens its issues. */
export function probeLabels(hub: HubName): string[] {
  return hubIssue('probe', hub);
}

export function reachedHubs(platform: Platform, image: ImageName): ReachedHubs {
  const hubs = [...platform.environments.values()].filter(({ data }) => offersImage(data, image));
  const of = (channel: keyof ReachedHubs): string[] =>
    hubs
      .filter(({ data }) => channelOf(platform, data.wave) === channel)
      .map(({ name }) => name)
      .sort();
  return { candidate: of('candidate'), stable: of('stable') };
}

/** Whether nobody but hubs of candidate waves gets anything by a change of a lock. */
export function keepsStable(
  before: ImageLockFile | undefined,
  after: ImageLockFile | undefined,
): boolean {
  if (!after) return false;
  const name = after.channels.stable;
  if (name !== before?.channels.stable) return false;
  const digest = (lock: ImageLockFile | undefined): string | undefined =>
    name === undefined ? undefined : lock?.builds[name]?.digest;
  return digest(before) === digest(after);
}
