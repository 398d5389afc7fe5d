import type { SchemaAnswer, SchemaFault } from '../charts/schema.ts';
import { holdsCredential } from '../credentials/find.ts';
import type { Finding } from '../finding.ts';
import { at, escapeSegment, merge, segmentsOf } from '../json.ts';
import type { JsonObject } from '../json.ts';
import { explainMemory, quoted } from '../model/formats.ts';
import { memoryBytes } from '../model/quantities.ts';
import { didYouMean } from '../model/nearest.ts';
import type { Doc, EnvironmentFile, Platform } from '../model/types.ts';
import { originOf } from '../hub/values/build.ts';
import { valuesOf } from '../hub/release.ts';

/** The values of a hub that the chart's schema is asked about. */
export interface AskedValues {
  hub: Doc<EnvironmentFile>;
  built: NonNullable<ReturnType<typeof valuesOf>>;
}

/** Values of every hub that could be read, in the order of their files. */
export function askedValues(platform: Platform): AskedValues[] {
  return [...platform.environments.values()].flatMap((hub) => {
    const built = valuesOf(platform, hub, { codeDigest: '' });
    return built ? [{ hub, built }] : [];
  });
}

/** What the chart's schema says of the values, each error at the line that caused it. */
export function valueFindings(
  platform: Platform,
  { asked, defaults }: { asked: readonly AskedValues[]; defaults: JsonObject },
  answer: SchemaAnswer,
): Finding[] {
  switch (answer.kind) {
    case 'unusable':
      return [
        {
          rule: 'chart-schema',
          severity: 'error',
          at: platform.settings.at('/charts/jupyterhub'),
          message: `values cannot be held to the schema of jupyterhub ${platform.settings.data.charts.jupyterhub.version}: ${answer.why}`,
          hint: 'no published chart has such a schema: compare the chart with its release, or name another version',
        },
      ];
    case 'checked':
      return asked.flatMap(({ hub, built }, index) => {
        const faults = answer.faults[index] ?? [];
        if (faults.length === 0) return [];
        const merged = merge(defaults, built.values.jupyterhub);
        return explained(faults, merged).map(({ path, message, hint }): Finding => ({
          rule: 'chart-values',
          severity: 'error',
          at: hub.at(originOf(built, hub, path)),
          message: `values: ${path.slice(1).replaceAll('/', '.')} ${message}`,
          hint,
        }));
      });
  }
}

interface ValueError {
  path: string;
  message: string;
  hint: string;
}

function explained(faults: readonly SchemaFault[], merged: JsonObject): ValueError[] {
  const seen = new Set<string>();
  return faults
    .map((fault) => explain(fault, merged))
    .filter(({ path }) => !seen.has(path) && Boolean(seen.add(path)));
}

function explain({ path, message, unknown }: SchemaFault, merged: JsonObject): ValueError {
  if (unknown) {
    return {
      path: `${path}/${escapeSegment(unknown.key)}`,
      message: 'is not known to the chart',
      hint: didYouMean(unknown.key, unknown.known, 'see the chart’s configuration reference'),
    };
  }
  const value = at(merged, path) ?? null;
  // Only servers' memory is read by JupyterHub; elsewhere Kubernetes reads it, and takes 4Gi.
  const ofServers = path.startsWith('/singleuser/memory/');
  if (ofServers && typeof value === 'string' && memoryBytes(value) === undefined) {
    return { path, ...explainMemory(value) };
  }
  const isHidden = holdsCredential(value, segmentsOf(path).at(-1) ?? '');
  return {
    path,
    message: `${message}${isHidden ? '' : `, and is ${quoted(value)}`}`,
    hint: 'see the chart’s configuration reference',
  };
}
