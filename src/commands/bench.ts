import type { BenchWorld } from '../apply/bench/measure.ts';
import { benchHtml } from '../core/bench/html.ts';
import { benchMarkdown } from '../core/bench/markdown.ts';
import { benchJson, benchReport } from '../core/bench/report.ts';
import { benchText } from '../core/bench/text.ts';
import { pretty } from '../core/json.ts';
import { confirmFolders, writeFolders } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { UsageError } from '../failure.ts';
import { benchableHub, runBench } from '../flow/bench.ts';
import { SCHEMA_VERSION, outcome } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface BenchInputs {
  hubs: readonly string[];
  out: string | undefined;
}

/** `DIR/<hub>/{report.md, report.html, bench.json}` of the volumes of a hub that runs. */
export async function bench(
  { hubs, out }: BenchInputs,
  world: BenchWorld,
  report: Pick<Report, 'progress'>,
): Promise<Outcome> {
  const [name, ...more] = hubs;
  if (name === undefined || more.length > 0)
    throw new UsageError('bench needs one hub', 'write: glaciocloud bench HUB --out DIR');
  if (out === undefined) throw new UsageError('bench needs --out DIR');
  const hub = await benchableHub(name, world);
  await confirmFolders(out, [name], 'bench');
  const { figures, comparison } = await runBench(hub, world, report);
  const result = benchReport(figures, comparison);
  const json = { schema_version: SCHEMA_VERSION, ...benchJson(result) };
  const files = new Map([
    ['report.md', benchMarkdown(result)],
    ['report.html', benchHtml(result)],
    ['bench.json', pretty(json)],
  ]);
  await writeFolders(out, new Map([[name, files]]), 'bench');
  return outcome({ exit: 0, text: benchText(result), json, summary: benchMarkdown(result) });
}
