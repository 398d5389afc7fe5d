import { join } from 'node:path';
import { hasErrors } from '../core/finding.ts';
import { beforeBuild } from '../core/images/rules.ts';
import { exitOf } from '../core/images/test-report.ts';
import type { ImageResult } from '../core/images/test-report.ts';
import { imagesText } from '../core/images/words.ts';
import type { Json } from '../core/json.ts';
import type { Doc, ImageFile, Platform } from '../core/model/types.ts';
import { headCommit, headTime } from '../edges/git.ts';
import { writeWhole } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { buildImages } from '../flow/images.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherNamed } from '../gather/named-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { imagesNamed } from './image-names.ts';

export interface BuildInputs {
  root: string;
  chartsFrom: string | undefined;
  images: readonly string[] | 'all';
  push: boolean;
  /** Another registry than the platform's. */
  registry: string | undefined;
}

/** `image build`: images from their files, tested, and with `push` in the registry. */
export async function buildThem(
  inputs: BuildInputs,
  ports: ImagePorts,
  report: Report,
): Promise<Outcome> {
  const { root, chartsFrom } = inputs;
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  const now = ports.clock.now().getTime();
  if (!platform) return refused(await allFindings(reading, undefined, now));
  const images = chosen(platform, inputs.images);
  // Before the chart is fetched: without Docker nothing else matters.
  await ports.engine.ready();
  const charts = await gatherCharts(platform, { root, chartsFrom, report });
  const findings = await allFindings(reading, charts, now);
  if (hasErrors(beforeBuild(findings))) return refused(findings);
  const target = inputs.registry ?? platform.settings.data.registry;
  const results = await buildImages(
    {
      ports,
      platform,
      hubVersion: charts.hubVersion,
      target: inputs.push ? target : undefined,
      commit: await commitOf(root),
      files: (one) => gatherNamed(root, one),
      write:
        inputs.push && target === platform.settings.data.registry
          ? (files) => writeInto(root, files)
          : undefined,
      progress: (name, text) => report.progress(`${name}: ${text}`),
    },
    images,
  );
  const json: Json = { schema_version: SCHEMA_VERSION, images: results.map(resultJson) };
  return outcome({ exit: exitOf(results), text: imagesText(results), json, findings });
}

function resultJson({ tests, seconds, ...rest }: ImageResult): Json {
  return { ...rest, seconds: { ...seconds }, tests: tests.map((one) => ({ ...one })) };
}

function chosen(platform: Platform, names: BuildInputs['images']): Doc<ImageFile>[] {
  if (names === 'all') return [...platform.images.values()];
  if (names.length === 0) throw new UsageError('image build needs an image, or --all');
  return imagesNamed(platform, names);
}

/** One after the other, each whole. */
async function writeInto(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) await writeWhole(join(root, path), text);
}

async function commitOf(root: string): Promise<{ sha: string; time: number } | undefined> {
  const [sha, time] = await Promise.all([headCommit(root), headTime(root)]);
  return sha === undefined || time === undefined ? undefined : { sha, time };
}
