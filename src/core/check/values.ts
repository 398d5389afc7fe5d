import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { holdsCredential } from '../credentials/find.ts';
import type { Finding } from '../finding.ts';
import { at, escapeSegment, isObject, merge, segmentsOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { explainMemory, quoted } from '../model/formats.ts';
import { memoryBytes } from '../model/quantities.ts';
import { nearest } from '../model/read.ts';
import type { Platform } from '../model/types.ts';
import { originOf } from '../hub/values/build.ts';
import { valuesOf } from '../hub/release.ts';

/** Merged values of every hub against the chart's own schema, each error at the line that caused it. */
export function checkValues(
  platform: Platform,
  chart: { schema: JsonObject; defaults: JsonObject },
): Finding[] {
  const validate = new Ajv({ strict: false, allErrors: true, verbose: true }).compile(chart.schema);
  return [...platform.environments.values()].flatMap((hub) => {
    const built = valuesOf(platform, hub, { codeDigest: '' });
    if (!built) return [];
    const merged = merge(chart.defaults, built.values.jupyterhub);
    return valueErrors(validate, merged).map(({ path, message, hint }): Finding => ({
      rule: 'chart-values',
      severity: 'error',
      at: hub.at(originOf(built, hub, path)),
      message: `values: ${path.slice(1).replaceAll('/', '.')} ${message}`,
      hint,
    }));
  });
}

interface ValueError {
  path: string;
  message: string;
  hint: string;
}

function valueErrors(validate: ValidateFunction, merged: JsonObject): ValueError[] {
  if (validate(merged)) return [];
  const seen = new Set<string>();
  return (validate.errors ?? [])
    .map((error) => explain(error, merged))
    .filter(({ path }) => !seen.has(path) && Boolean(seen.add(path)));
}

function explain(error: ErrorObject, merged: JsonObject): ValueError {
  const path = error.instancePath;
  const key: unknown = error.params['additionalProperty'] ?? error.params['propertyName'];
  if (typeof key === 'string') {
    const known = isObject(error.parentSchema?.['properties'] as JsonObject)
      ? Object.keys(error.parentSchema?.['properties'] as JsonObject)
      : [];
    const near = nearest(key, known);
    return {
      path: `${path}/${escapeSegment(key)}`,
      message: 'is not known to the chart',
      hint:
        near === undefined ? 'see the chart’s configuration reference' : `did you mean "${near}"?`,
    };
  }
  const value = at(merged, path) ?? null;
  // Only servers' memory is read by JupyterHub; elsewhere Kubernetes reads it, and takes 4Gi.
  const ofServers = path.startsWith('/singleuser/memory/');
  if (ofServers && typeof value === 'string' && memoryBytes(value) === undefined) {
    const { message, hint } = explainMemory(value);
    return { path, message, hint };
  }
  const isHidden = holdsCredential(value, segmentsOf(path).at(-1) ?? '');
  return {
    path,
    message: `${error.message ?? 'is refused'}${isHidden ? '' : `, and is ${quoted(value)}`}`,
    hint: 'see the chart’s configuration reference',
  };
}
