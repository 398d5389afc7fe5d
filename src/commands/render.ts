import { manifestFindings } from '../core/check/run.ts';
import { hasErrors } from '../core/finding.ts';
import { wantedReleases } from '../core/hub/release.ts';
import { plural } from '../core/show/findings.ts';
import { unitId } from '../core/unit.ts';
import type { WantedRelease } from '../core/unit.ts';
import { confirmFolders, writeFolders } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { releaseFiles } from '../flow/record.ts';
import { renderAll } from '../flow/render.ts';
import { gatherCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import { append } from '../core/lists.ts';

export interface RenderInputs {
  root: string;
  chartsFrom: string | undefined;
  hubs: readonly string[] | 'all';
  out: string | undefined;
  now: number;
}

/** `DIR/<hub>/{values.json, manifests.yaml, release.json}`, all of them or none. */
export async function render(inputs: RenderInputs, report: Report): Promise<Outcome> {
  const { out } = inputs;
  if (out === undefined) throw new UsageError('render needs --out DIR');
  if (inputs.hubs !== 'all' && inputs.hubs.length === 0)
    throw new UsageError('render needs a hub, or --all');
  const reading = await gatherPlatform(inputs.root);
  if (!reading.platform) return refused(await allFindings(reading, undefined, inputs.now));
  const { platform } = reading;
  const charts = await gatherCharts(platform, {
    root: inputs.root,
    chartsFrom: inputs.chartsFrom,
    report,
  });
  const findings = await allFindings(reading, charts, inputs.now);
  if (hasErrors(findings)) return refused(findings);
  const wanted = choose(wantedReleases(platform, charts), inputs.hubs);
  await confirmFolders(
    out,
    wanted.map(({ unit }) => unitId(unit)),
    'unit',
  );
  const results = await renderAll({
    wanted,
    platform,
    charts,
    report,
    use: (rendered) => ({
      manifests: rendered.manifests,
      found: manifestFindings(rendered, { platform, now: inputs.now }),
    }),
  });
  append(
    findings,
    results.flatMap((one) => (one.kind === 'rendered' ? one.result.found : [])),
  );
  if (hasErrors(findings)) return refused(findings);
  const folders = new Map<string, ReadonlyMap<string, string>>();
  const lines: string[] = [];
  for (const result of results) {
    const id = unitId(result.unit.unit);
    if (result.kind === 'failed') {
      lines.push(`✗ ${id}: ${result.failure.message}\n`);
    } else {
      folders.set(id, releaseFiles(result.unit, result.result.manifests));
      lines.push(`✓ ${id} ${result.unit.digest.slice(0, 7)}\n`);
    }
  }
  await writeFolders(out, folders, 'unit');
  const failed = results.filter(({ kind }) => kind === 'failed').length;
  return outcome({
    exit: failed > 0 ? 3 : 0,
    text: `${lines.join('')}${failed > 0 ? `\n${plural(failed, 'hub')} failed\n` : ''}`,
    json: {
      schema_version: SCHEMA_VERSION,
      rendered: results.flatMap((one) => (one.kind === 'rendered' ? [unitId(one.unit.unit)] : [])),
    },
    findings,
  });
}

function choose(wanted: readonly WantedRelease[], hubs: RenderInputs['hubs']): WantedRelease[] {
  if (hubs === 'all') return [...wanted];
  const known = wanted.filter(({ unit }) => unit.kind === 'hub').map(({ unit }) => unit.name);
  const unknown = hubs.find((hub) => !known.includes(hub));
  if (unknown !== undefined)
    throw new UsageError(`there is no hub "${unknown}"`, `hubs: ${known.join(', ')}`);
  return wanted.filter(({ unit }) => unit.kind === 'hub' && hubs.includes(unit.name));
}
