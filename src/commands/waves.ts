import { dataWanted } from '../core/data/order.ts';
import { WAVE_NUMBERS } from '../core/hub/wave-rows.ts';
import type { WaveRows } from '../core/hub/wave-rows.ts';
import { compareText } from '../core/json.ts';
import type { Platform } from '../core/model/types.ts';
import type { Report } from '../edges/report.ts';
import { gatherWaves } from '../gather/waves.ts';
import type { WavesInputs } from '../gather/waves.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Outputs } from '../outputs.ts';

/** For the workflow: its waves, in words and as outputs. Needs no cluster. */
export async function waves(inputs: WavesInputs, report: Report): Promise<Outcome> {
  const gathered = await gatherWaves(inputs, report);
  if (gathered.kind === 'refused') return refused(gathered.findings);
  const { platform, waves: all } = gathered;
  return outcome({
    exit: 0,
    text: all.rows.map(rowText).join(''),
    json: { schema_version: SCHEMA_VERSION, waves: all.rows.map((row) => ({ ...row })) },
    outputs: { ...outputsOf(all), data: JSON.stringify(withData(platform)) },
  });
}

function rowText({ name, clusters, approve }: WaveRows['rows'][number], index: number): string {
  const asks = approve.length === 0 ? '' : `; asks first on ${approve.join(', ')}`;
  return `wave ${index + 1} ${name}: ${clusters.join(', ') || 'no hub'}${asks}\n`;
}

/** Clusters whose hubs want input data that can be had. */
function withData(platform: Platform): string[] {
  const names = [...platform.clusters.keys()].sort(compareText);
  return names.filter((name) => dataWanted(platform, name) !== undefined);
}

/** Every wave that a workflow may have has outputs, so that a job without one finds nothing to do. */
function outputsOf({ rows, clusters }: WaveRows): Outputs {
  const all = WAVE_NUMBERS.map((number): Outputs => {
    const row = rows[number - 1];
    return {
      [`name_${number}` as const]: row?.name ?? '',
      [`clusters_${number}` as const]: JSON.stringify(row?.clusters ?? []),
      [`waiting_${number}` as const]: JSON.stringify(row?.waiting ?? []),
      [`approve_${number}` as const]: JSON.stringify(row?.approve ?? []),
    };
  });
  return Object.assign({ clusters: JSON.stringify(clusters) }, ...all) as Outputs;
}
