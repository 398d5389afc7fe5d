import { flowResult } from '../core/images/flow-result.ts';
import type { FlowResult } from '../core/images/flow-result.ts';
import { buildRounds, decideRefresh, notDueText } from '../core/images/refresh.ts';
import type { ImageResult } from '../core/images/test-report.ts';
import { soakSeconds, trialHubs } from '../core/images/trials.ts';
import type { Doc, ImageFile, ImageName, Platform } from '../core/model/types.ts';

export interface RefreshJob {
  platform: Platform;
  images: readonly Doc<ImageFile>[];
  /** A person asked for these very images. */
  named: boolean;
  now: number;
  /** Images against whose candidates something speaks. */
  troubled: ReadonlySet<ImageName>;
  /** Builds, tests and pushes images side by side, and writes their locks. */
  build: (images: readonly Doc<ImageFile>[]) => Promise<readonly ImageResult[]>;
}

/** Builds what is due, each image after the one that it is built on. What fails leaves its lock as it was. */
export async function refreshImages(job: RefreshJob): Promise<FlowResult[]> {
  const { registry } = job.platform.settings.data;
  const results = new Map<ImageName, FlowResult>();
  const due: Doc<ImageFile>[] = [];
  for (const image of job.images) {
    const waits = notDue(job, image);
    if (waits) results.set(image.name, waits);
    else due.push(image);
  }
  for (const round of buildRounds(due, registry))
    for (const built of await job.build(round)) results.set(built.image, flowResult({ ...built }));
  return job.images.flatMap(({ name }) => results.get(name) ?? []);
}

function notDue(job: RefreshJob, { name, data }: Doc<ImageFile>): FlowResult | undefined {
  const { platform, now, named, troubled } = job;
  const lock = platform.locks.get(name)?.data;
  const due = decideRefresh(data.rebuild, lock, {
    now,
    named,
    registry: platform.settings.data.registry,
    tried: trialHubs(platform, name).length > 0,
    soak: soakSeconds(platform),
    troubled: troubled.has(name),
  });
  if (due.kind === 'due') return undefined;
  const reason = notDueText(due);
  // Nobody has looked: what is asked for, or told in an issue, holds.
  const waits = { image: name, outcome: 'waiting', reason } as const;
  if (due.kind !== 'held') return flowResult(waits);
  const { build } = due;
  return flowResult({ ...waits, build, digest: lock?.builds[build]?.digest ?? null });
}
