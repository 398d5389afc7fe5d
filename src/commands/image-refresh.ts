import type { Doc, ImageFile, ImageName, Platform } from '../core/model/types.ts';
import type { Report } from '../edges/report.ts';
import { followAllTags } from '../flow/image-channels.ts';
import { pullPlace, tellImages, troublesOf } from '../flow/image-pulls.ts';
import type { Asked, PullPlace } from '../flow/image-pulls.ts';
import { refreshImages } from '../flow/image-refresh.ts';
import { buildImages } from '../flow/images.ts';
import { refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { buildJob, readyToBuild } from './image-build.ts';
import { flowOutcome } from './image-flow.ts';
import { imagesNamed } from './image-names.ts';

export interface RefreshInputs {
  root: string;
  chartsFrom: string | undefined;
  /** None: every image. */
  names: readonly string[];
  now: number;
}

/** `image refresh`: what is due is resolved again, and where anything is newer built, tested and pushed. */
export async function refresh(
  { root, chartsFrom, names, now }: RefreshInputs,
  ports: ImagePorts,
  report: Report,
  asked: Asked,
): Promise<Outcome> {
  const images = names.length > 0 ? names : 'all';
  const ready = await readyToBuild({ root, chartsFrom, images }, ports, report);
  if (ready.kind === 'refused') return refused(ready.findings);
  const { platform, findings } = ready;
  const job = await buildJob(
    ready,
    { root, push: true, registry: undefined, locked: undefined, occasion: 'refresh' },
    ports,
    report,
  );
  const chosen = imagesOf(platform, names);
  const pulls = asked && (await pullPlace(asked, { root, platform, now }, chosen));
  // First of all: an image may be built on what was withdrawn since, by its tag.
  const faults = pulls && (await followAllTags(ports.registry, platform, platform.images.values()));
  for (const [name, fault] of faults ?? []) report.progress(`${name}: ${fault}`);
  const built = await refreshImages({
    platform,
    images: chosen,
    named: names.length > 0,
    now,
    troubled: pulls ? await troubledImages(pulls, chosen) : new Set(),
    build: (round) => buildImages(job, round),
  });
  const results = pulls ? await tellImages(pulls, 'refresh', built) : built;
  return flowOutcome(results, findings);
}

async function troubledImages(
  pulls: PullPlace,
  images: readonly Doc<ImageFile>[],
): Promise<Set<ImageName>> {
  const troubled = new Set<ImageName>();
  for (const { name } of images) if ((await troublesOf(pulls, name)).length > 0) troubled.add(name);
  return troubled;
}

/** Those that are named, or every one. */
function imagesOf(platform: Platform, names: readonly string[]): readonly Doc<ImageFile>[] {
  return names.length > 0 ? imagesNamed(platform, names) : [...platform.images.values()];
}
