import { onePerPlace } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import type { Reading } from '../core/model/platform.ts';
import { runRules } from '../core/check/run.ts';
import { checkValues } from '../core/check/values.ts';
import type { Charts } from '../edges/charts.ts';

/** Findings of the files, of the rules and of the chart's schema; one for each place. */
export function allFindings(
  { platform, findings }: Reading,
  charts: Pick<Charts, 'schema' | 'defaults'> | undefined,
  now: number,
): Finding[] {
  if (!platform) return onePerPlace(findings);
  const values = charts
    ? checkValues(platform, charts)
    : [unchecked(platform.settings.at('/charts/jupyterhub'))];
  return onePerPlace([
    ...findings,
    ...runRules({ platform, now, defaults: charts?.defaults }),
    ...values,
  ]);
}

function unchecked(at: Finding['at']): Finding {
  return {
    rule: 'values-unchecked',
    severity: 'warning',
    at,
    message: 'values were not held to the chart’s schema: the chart is not at hand',
    hint: 'run `glaciocloud plan` once, or give --charts-from',
  };
}
