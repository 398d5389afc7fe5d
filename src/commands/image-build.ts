import { dirname, join } from 'node:path';
import { hasErrors } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import { beforeBuild } from '../core/images/rules.ts';
import { flowResult, resultJson } from '../core/images/flow-result.ts';
import { exitOf } from '../core/images/test-report.ts';
import type { Occasion } from '../core/images/tests.ts';
import { imagesText } from '../core/images/words.ts';
import type { Json } from '../core/json.ts';
import { packagesPath } from '../core/model/package-list.ts';
import type { Doc, ImageFile, Platform } from '../core/model/types.ts';
import { headCommit, headTime } from '../edges/git.ts';
import { readTree, writeWhole } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { pullPlace, tellImages } from '../flow/image-pulls.ts';
import type { Asked } from '../flow/image-pulls.ts';
import { buildImages } from '../flow/images.ts';
import type { ImageJob } from '../flow/image-run.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherNamed, gatherNotebooks } from '../gather/named-files.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { ImagePorts } from '../ports/images.ts';
import { flowOutcome } from './image-flow.ts';
import { imagesNamed } from './image-names.ts';

export interface BuildInputs {
  root: string;
  chartsFrom: string | undefined;
  images: readonly string[] | 'all';
  push: boolean;
  /** Another registry than the platform's. */
  registry: string | undefined;
  /** The build whose packages are installed again. */
  locked: string | undefined;
}

/** What a command asks of builds. */
export type BuildPlace = Pick<BuildInputs, 'root' | 'push' | 'registry' | 'locked'> & {
  occasion: Occasion;
};

/** `image build`: images from their files, tested, and with `push` in the registry. */
export async function buildThem(
  inputs: BuildInputs,
  ports: ImagePorts,
  report: Report,
  asked: Asked,
): Promise<Outcome> {
  if (inputs.locked !== undefined && (inputs.images === 'all' || inputs.images.length !== 1))
    throw new UsageError('--locked is for one image', 'write: image build IMAGE --locked BUILD');
  if (asked && !inputs.push)
    throw new UsageError('image build --pull-request needs --push', 'a lock names what was pushed');
  const ready = await readyToBuild(inputs, ports, report);
  if (ready.kind === 'refused') return refused(ready.findings);
  const { platform } = ready;
  const images = chosen(platform, inputs.images);
  const now = ports.clock.now().getTime();
  const pulls = asked && (await pullPlace(asked, { root: inputs.root, platform, now }, images));
  const job = await buildJob(ready, { ...inputs, occasion: 'build' }, ports, report);
  const results = await buildImages(job, images);
  if (pulls) {
    const built = results.map((one) => flowResult({ ...one }));
    return flowOutcome(await tellImages(pulls, 'refresh', built));
  }
  const json: Json = { schema_version: SCHEMA_VERSION, images: results.map(resultJson) };
  const { findings } = ready;
  return outcome({ exit: exitOf(results), text: imagesText(results), json, findings });
}

/** Files and charts, if builds may begin with them. */
export type Ready =
  | { kind: 'refused'; findings: readonly Finding[] }
  | { kind: 'ready'; platform: Platform; hubVersion: string; findings: readonly Finding[] };

export async function readyToBuild(
  { root, chartsFrom, images }: Pick<BuildInputs, 'root' | 'chartsFrom' | 'images'>,
  { clock, engine }: ImagePorts,
  report: Report,
): Promise<Ready> {
  const reading = await gatherPlatform(root);
  const { platform } = reading;
  const now = clock.now().getTime();
  if (!platform) return { kind: 'refused', findings: await allFindings(reading, undefined, now) };
  chosen(platform, images);
  // Before the chart is fetched: without Docker nothing else matters.
  await engine.ready();
  const charts = await gatherCharts(platform, { root, chartsFrom, report });
  const findings = await allFindings(reading, charts, now);
  if (hasErrors(beforeBuild(findings))) return { kind: 'refused', findings };
  return { kind: 'ready', platform, hubVersion: charts.hubVersion, findings };
}

/** What builds share. */
export async function buildJob(
  { platform, hubVersion }: Extract<Ready, { kind: 'ready' }>,
  { root, push, registry, locked, occasion }: BuildPlace,
  ports: ImagePorts,
  report: Report,
): Promise<ImageJob> {
  const target = registry ?? platform.settings.data.registry;
  return {
    ports,
    platform,
    hubVersion,
    occasion,
    target: push ? target : undefined,
    commit: await commitOf(root),
    files: (one) => gatherNamed(root, one),
    notebooks: (one) => gatherNotebooks(root, one),
    list: (image, build) => listText(root, packagesPath(image, build)),
    locked,
    write:
      push && target === platform.settings.data.registry
        ? (files) => writeInto(root, files)
        : undefined,
    progress: (name, text) => report.progress(`${name}: ${text}`),
  };
}

function chosen(platform: Platform, names: BuildInputs['images']): Doc<ImageFile>[] {
  if (names === 'all') return [...platform.images.values()];
  if (names.length === 0) throw new UsageError('image build needs an image, or --all');
  return imagesNamed(platform, names);
}

/** A list is never a link to something else. */
async function listText(root: string, path: string): Promise<string | undefined> {
  const { files } = await readTree(root, [dirname(path)], (one) => one === path);
  const content = files.get(path);
  return content?.kind === 'text' ? content.text : undefined;
}

/** One after the other, each whole. */
async function writeInto(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) await writeWhole(join(root, path), text);
}

async function commitOf(root: string): Promise<{ sha: string; time: number } | undefined> {
  const [sha, time] = await Promise.all([headCommit(root), headTime(root)]);
  return sha === undefined || time === undefined ? undefined : { sha, time };
}
