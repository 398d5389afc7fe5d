import { seconds } from '../model/quantities.ts';
import type { ImageFile } from '../model/types.ts';
import type { Rule } from '../rule.ts';
import { duration } from '../time.ts';
import { soakSeconds, trialHubs } from './trials.ts';

/** Seconds between two builds. */
const RHYTHM: Readonly<Record<ImageFile['rebuild'], number>> = {
  never: Number.POSITIVE_INFINITY,
  nightly: seconds('1d'),
  weekly: seconds('7d'),
};

export const imageRhythm: Rule = {
  id: 'image-rhythm',
  severity: 'warning',
  title: 'An image is not rebuilt more often than its candidates are tried.',
  why: 'A candidate is held until it is promoted, so that there is something to promote at all. With a soak longer than the time between two builds the next one waits, and security updates with it.',
  on: 'platform',
  *check(platform) {
    const soak = soakSeconds(platform);
    for (const image of platform.images.values()) {
      const { rebuild } = image.data;
      if (soak <= RHYTHM[rebuild] || trialHubs(platform, image.name).length === 0) continue;
      yield {
        at: image.at('/rebuild'),
        message: `it is rebuilt ${rebuild}, and a candidate is tried for ${duration(soak)}`,
        hint: 'write a shorter "soak:" of the first stable wave, or a slower "rebuild:"',
      };
    }
  },
};
