import { offersImage } from '../model/offers.ts';
import { seconds } from '../model/quantities.ts';
import type { HubName, ImageName, Platform } from '../model/types.ts';
import type { PresentRelease } from '../unit.ts';
import { channelOf } from './resolve.ts';

/** Hubs of candidate waves that offer an image, by name. */
export function trialHubs(platform: Platform, image: ImageName): HubName[] {
  return [...platform.environments.values()]
    .filter(({ data }) => offersImage(data, image))
    .filter(({ data }) => channelOf(platform, data.wave) === 'candidate')
    .map(({ name }) => name)
    .sort();
}

/** Seconds that a candidate is tried before stable may get it: the first stable wave says it. */
export function soakSeconds({ settings }: Platform): number {
  const first = settings.data.waves.find(({ images }) => images === 'stable');
  return first ? seconds(first.soak) : 0;
}

/** Whether a hub offers exactly these bytes. */
export function runsDigest({ release }: Pick<PresentRelease, 'release'>, digest: string): boolean {
  return release.images.some(({ reference }) => reference.endsWith(`@${digest}`));
}

/** Since when, in milliseconds since 1970, of releases in a row, newest first; undefined where none says when. */
export function runningSince(releases: readonly PresentRelease[]): number | undefined {
  const times = releases.flatMap(({ status }) => (status ? [Date.parse(status.at)] : []));
  return times.at(-1);
}
