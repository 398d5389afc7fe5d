import type { Platform } from '../core/model/types.ts';
import { loadCharts } from '../edges/charts.ts';
import type { Charts } from '../edges/charts.ts';
import type { Report } from '../edges/report.ts';

export interface ChartOptions {
  chartsFrom: string | undefined;
  report: Pick<Report, 'progress'>;
}

/** The charts that the platform pins; asks the network if they are not cached. */
export async function gatherCharts(
  platform: Platform,
  { chartsFrom, report }: ChartOptions,
): Promise<Charts> {
  const charts = await loadCharts({
    settings: platform.settings.data.charts,
    from: chartsFrom,
    network: true,
    progress: (text) => report.progress(text),
  });
  if (!charts) throw new Error('charts are always found or refused when the network may be asked');
  return charts;
}

/** The charts only if they are at hand. */
export async function cachedCharts(
  platform: Platform,
  { chartsFrom, report }: ChartOptions,
): Promise<Charts | undefined> {
  return loadCharts({
    settings: platform.settings.data.charts,
    from: chartsFrom,
    network: false,
    progress: (text) => report.progress(text),
  });
}
