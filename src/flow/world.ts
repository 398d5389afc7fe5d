import type { ApplyWorld } from '../apply/types.ts';
import { unitId } from '../core/unit.ts';
import { chartScript } from '../edges/tool-root.ts';
import type { Job, Wanted } from './deployment.ts';

/** Helm, and the chart on disk: what units are applied with. */
export async function applyWorld(
  { ports, report }: Pick<Job, 'ports' | 'report'>,
  { cluster, charts }: Pick<Wanted, 'cluster' | 'charts'>,
  scratch: string,
): Promise<ApplyWorld> {
  return {
    ...ports,
    releases: await ports.releases(scratch),
    cluster,
    chart: await charts.assemble(scratch),
    script: chartScript,
    progress: (unit, text) => report.progress(`${unitId(unit)}: ${text}`),
  };
}
