import { onePerPlace } from '../core/finding.ts';
import type { Finding } from '../core/finding.ts';
import type { Reading } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import { addressPlaceholders } from '../core/check/placeholders.ts';
import { runRules } from '../core/check/run.ts';
import { askedValues, valueFindings } from '../core/check/values.ts';
import type { Charts } from '../edges/charts.ts';
import { askSchema } from '../edges/schema-process.ts';
import { gatherPlatform } from '../gather/platform.ts';

type Checked = Pick<Charts, 'schema' | 'defaults'>;

/** Findings of the files, of the rules and of the chart's schema; one for each place. */
export async function allFindings(
  { platform, findings }: Reading,
  charts: Checked | undefined,
  now: number,
): Promise<Finding[]> {
  if (!platform) return onePerPlace(findings);
  // The schema's process starts while the rules run.
  const values = charts
    ? schemaFindings(platform, charts)
    : Promise.resolve([unchecked(platform.settings.at('/charts/jupyterhub'))]);
  const ruled = runRules({ platform, now, defaults: charts?.defaults });
  const examples = addressPlaceholders(platform);
  return onePerPlace([...findings, ...ruled, ...examples, ...(await values)]);
}

/** The same of the files alone, for where what they are compared with is not at hand. */
export async function fileFindings(root: string, now: number): Promise<Finding[]> {
  return allFindings(await gatherPlatform(root), undefined, now);
}

async function schemaFindings(
  platform: Platform,
  { schema, defaults }: Checked,
): Promise<Finding[]> {
  const asked = askedValues(platform);
  const values = asked.map(({ built }) => built.values.jupyterhub);
  const answer = await askSchema({ schema, defaults, values });
  return valueFindings(platform, { asked, defaults }, answer);
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
