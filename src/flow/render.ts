import pMap from 'p-map';
import { clusterObjects } from '../core/cluster/objects.ts';
import { standInSecrets } from '../core/hub/values/stand-ins.ts';
import type { JsonObject } from '../core/json.ts';
import { manifestText, normalise } from '../core/manifests.ts';
import type { Platform } from '../core/model/types.ts';
import { unitId } from '../core/unit.ts';
import type { Rendered, WantedRelease } from '../core/unit.ts';
import type { Charts } from '../edges/charts.ts';
import { withTemporaryFolder } from '../edges/files.ts';
import { findHelm, template } from '../edges/helm.ts';
import { cores } from '../edges/cores.ts';
import type { Report } from '../edges/report.ts';
import { Failure } from '../failure.ts';

export type RenderResult<T> =
  | { kind: 'rendered'; unit: WantedRelease; result: T }
  | { kind: 'failed'; unit: WantedRelease; failure: Failure };

export interface RenderRequest<T> {
  wanted: readonly WantedRelease[];
  platform: Platform;
  charts: Charts;
  report: Pick<Report, 'progress'>;
  /** What to do with each hub's manifests, while Helm renders the next ones. */
  use: (rendered: Rendered, unit: WantedRelease) => T | Promise<T>;
}

/** Helm for every given release, as many at once as there are cores. One that fails does not stop the others. */
export async function renderAll<T>({
  wanted,
  platform,
  charts,
  report,
  use,
}: RenderRequest<T>): Promise<RenderResult<T>[]> {
  const hubs = wanted.filter(({ unit }) => unit.kind === 'hub').length;
  const shared = async (unit: WantedRelease): Promise<RenderResult<T>> => ({
    kind: 'rendered',
    unit,
    result: await use({ unit: unit.unit, manifests: manifestText(clusterObjects()) }, unit),
  });
  if (hubs === 0) return Promise.all(wanted.map(shared));
  const helm = await findHelm();
  if (hubs > 10) report.progress(`rendering ${hubs} hubs with Helm ${helm.version}`);
  return withTemporaryFolder(async (scratch) => {
    const chart = await charts.assemble(scratch);
    const one = async (wants: WantedRelease): Promise<RenderResult<T>> => {
      const { unit, namespace, values } = wants.release;
      if (unit.kind === 'cluster') return shared(wants);
      const kubernetes = platform.clusters.get(unit.cluster)?.data.kubernetes ?? '';
      try {
        const output = await template(helm, {
          release: unit.name,
          namespace,
          chart,
          kubernetes,
          values,
          placeholders: standInSecrets(values['jupyterhub'] as JsonObject),
          scratch,
        });
        return {
          kind: 'rendered',
          unit: wants,
          result: await use({ unit, manifests: normalise(output) }, wants),
        };
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        report.progress(`${unitId(unit)}: ${error.message}`);
        return { kind: 'failed', unit: wants, failure: error };
      }
    };
    return pMap(wanted, one, { concurrency: cores() });
  });
}
