import { join, resolve } from 'node:path';
import { fileText } from '../edges/files.ts';
import { chartSource } from '../core/charts/source.ts';
import type { ChartSource, Reviewed, SeenChart } from '../core/charts/source.ts';
import type { Finding } from '../core/finding.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import type { PresentRelease } from '../core/unit.ts';
import { ChartRefused } from '../edges/chart-archive.ts';
import { loadCharts } from '../edges/charts.ts';
import type { Charts } from '../edges/charts.ts';
import { isMerged, mainText } from '../edges/default-branch.ts';
import type { Report } from '../edges/report.ts';

export interface ChartOptions {
  root: string;
  /** A checkout of the default branch, where the files at `root` are somebody's proposal. */
  repository?: string | undefined;
  chartsFrom: string | undefined;
  /** What runs, where that is known: its charts are known by their content. */
  releases?: readonly PresentRelease[];
  report: Pick<Report, 'progress'>;
}

type AsReviewed = Extract<ChartSource, { kind: 'as-reviewed' }>;

const SETTINGS = 'platform.yaml';

/** The charts that the platform names; asks the network if they are not cached. Refuses what nobody has reviewed. */
export async function gatherCharts(platform: Platform, options: ChartOptions): Promise<Charts> {
  const { source, progress } = await sourceOf(platform, options);
  if (source.kind === 'as-reviewed') {
    const { file, line } = placeOf(platform, source);
    throw new ChartRefused(`${file}:${line} ${source.why}`, { hint: source.hint });
  }
  return load(source, options, progress);
}

/** For a plan: where nobody has reviewed what a proposal names, the reviewed chart stands in, and it is said. */
export async function gatherPlanCharts(
  platform: Platform,
  options: ChartOptions,
): Promise<{ charts: Charts; findings: Finding[] }> {
  const { source, progress } = await sourceOf(platform, options);
  const charts = await load(source, options, progress);
  if (source.kind === 'as-written') return { charts, findings: [] };
  const finding: Finding = {
    rule: 'chart-source',
    severity: 'warning',
    at: placeOf(platform, source),
    message: `${source.why}; this is planned with jupyterhub ${source.settings.version} as the default branch has it`,
    hint: source.hint,
  };
  return { charts, findings: [finding] };
}

/** The charts only if they are at hand. */
export async function cachedCharts(
  platform: Platform,
  { chartsFrom, report }: Pick<ChartOptions, 'chartsFrom' | 'report'>,
): Promise<Charts | undefined> {
  return loadCharts({
    settings: platform.settings.data.charts,
    from: chartsFrom,
    network: false,
    privateToo: false,
    seen: [],
    progress: (text) => report.progress(text),
  });
}

async function load(
  { settings, privateToo }: ChartSource,
  { chartsFrom, releases = [] }: ChartOptions,
  progress: (text: string) => void,
): Promise<Charts> {
  const charts = await loadCharts({
    settings: { jupyterhub: settings },
    from: chartsFrom,
    network: true,
    privateToo,
    seen: seenCharts(releases),
    progress,
  });
  if (!charts) throw new Error('charts are always found or refused when the network may be asked');
  return charts;
}

function seenCharts(releases: readonly PresentRelease[]): SeenChart[] {
  return releases.flatMap(({ release }) => release.charts);
}

function placeOf(platform: Platform, { field }: AsReviewed): Finding['at'] {
  return platform.settings.at(`/charts/jupyterhub/${field}`);
}

interface Sourced {
  source: ChartSource;
  progress: (text: string) => void;
}

async function sourceOf(
  platform: Platform,
  { root, repository, chartsFrom, report }: ChartOptions,
): Promise<Sourced> {
  const { charts } = platform.settings.data;
  const said = (text: string): void => report.progress(text);
  const asWritten = chartSource('jupyterhub', charts, { kind: 'main', charts });
  if (chartsFrom !== undefined) return { source: asWritten, progress: said };
  const reviewed = await reviewedCharts(root, repository);
  const source = chartSource('jupyterhub', charts, reviewed);
  if (source.kind === 'as-reviewed' && !isProposal(root, repository))
    if (await isMerged(root, SETTINGS)) return { source: asWritten, progress: said };
  if (reviewed.kind !== 'own') return { source, progress: said };
  const progress = (text: string): void =>
    said(`${text}, because ${SETTINGS} here says so: no default branch is known to compare with`);
  return { source, progress };
}

/** Whether the files at `root` are somebody's proposal, and the default branch is another folder. */
export function isProposal(root: string, repository: string | undefined): repository is string {
  return repository !== undefined && resolve(repository) !== resolve(root);
}

/** What the default branch says: of its checkout beside a proposal, or of the clone that the files are in. */
async function reviewedCharts(root: string, repository: string | undefined): Promise<Reviewed> {
  const beside = isProposal(root, repository);
  const text = beside
    ? await fileText(join(repository, SETTINGS)).catch(() => undefined)
    : await mainText(root, SETTINGS);
  if (text === undefined) return { kind: beside ? 'none' : 'own' };
  const { platform } = readPlatform(new Map([[SETTINGS, { kind: 'text', text }]]));
  return platform ? { kind: 'main', charts: platform.settings.data.charts } : { kind: 'none' };
}
