import { at } from '../json.ts';
import type { Json } from '../json.ts';
import type { Release } from '../unit.ts';

/** Zero to JupyterHub: the chart that the hub itself comes from. */
export const JUPYTERHUB = 'jupyterhub';

/** Values that our own chart reads. */
export const OWN_VALUES = 'glaciocloud';

/** A release's chart by its name, wherever it stands. */
export function chartOf(release: Release, name: string): Release['charts'][number] | undefined {
  return release.charts.find((chart) => chart.name === name);
}

/** A value of one chart; `path` is a pointer below the chart's own values. */
export function chartValue(release: Release, chart: string, path: string): Json | undefined {
  return at(release.values[chart], path);
}
