import type { Doc, ImageFile, Platform } from '../core/model/types.ts';
import { flowJson, flowText } from '../core/images/flow-result.ts';
import { exitOf } from '../core/images/test-report.ts';
import type { Report } from '../edges/report.ts';
import { refreshImages } from '../flow/image-refresh.ts';
import { buildImages } from '../flow/images.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { buildJob, readyToBuild } from './image-build.ts';
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
): Promise<Outcome> {
  const images = names.length > 0 ? names : 'all';
  const ready = await readyToBuild({ root, chartsFrom, images }, ports, report);
  if (ready.kind === 'refused') return refused(ready.findings);
  const { platform, findings } = ready;
  const place = { root, push: true, registry: undefined, locked: undefined };
  const job = await buildJob(ready, place, ports, report);
  const results = await refreshImages({
    platform,
    images: imagesOf(platform, names),
    named: names.length > 0,
    now,
    troubled: new Set(),
    build: (round) => buildImages(job, round),
  });
  return outcome({
    exit: exitOf(results),
    text: flowText(results),
    json: { schema_version: SCHEMA_VERSION, images: results.map(flowJson) },
    findings,
  });
}

/** Those that are named, or every one. */
function imagesOf(platform: Platform, names: readonly string[]): readonly Doc<ImageFile>[] {
  return names.length > 0 ? imagesNamed(platform, names) : [...platform.images.values()];
}
