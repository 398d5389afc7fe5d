import { answerSchema } from '../../src/core/charts/schema.ts';
import { askedValues, valueFindings } from '../../src/core/check/values.ts';
import type { Finding } from '../../src/core/finding.ts';
import type { JsonObject } from '../../src/core/json.ts';
import type { Platform } from '../../src/core/model/types.ts';

/** What the chart's schema says of a platform's values, without the process around it. */
export function checkValues(
  platform: Platform,
  { schema, defaults }: { schema: JsonObject; defaults: JsonObject },
): Finding[] {
  const asked = askedValues(platform);
  const values = asked.map(({ built }) => built.values.jupyterhub);
  const answer = answerSchema({ schema: JSON.stringify(schema), defaults, values });
  return valueFindings(platform, { asked, defaults }, answer);
}
