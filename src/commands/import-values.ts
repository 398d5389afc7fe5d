import { basename, join } from 'node:path';
import { unitNameProblem } from '../core/check/names.ts';
import type { Finding } from '../core/finding.ts';
import { readChartValues } from '../core/import/chart-values.ts';
import { draftOf, textsOf } from '../core/import/draft.ts';
import type { Draft } from '../core/import/draft.ts';
import { nameFrom } from '../core/import/forms.ts';
import { settled } from '../core/import/settle.ts';
import { importJson, importText } from '../core/import/text.ts';
import type { Beside } from '../core/import/types.ts';
import { schemaBase } from '../core/init/scaffold.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading, Text } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import { exists, fileText, kindOf, writeNew } from '../edges/files.ts';
import type { Report } from '../edges/report.ts';
import { Failure, UsageError } from '../failure.ts';
import { allFindings } from '../flow/findings.ts';
import { cachedCharts } from '../gather/charts.ts';
import { gatherPlatform } from '../gather/platform.ts';
import { SCHEMA_VERSION, outcome, refused } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';

export interface ImportInputs {
  root: string;
  chartsFrom: string | undefined;
  /** `values FILE…`. */
  target: readonly string[];
  hub: string | undefined;
  cluster: string | undefined;
  /** Where the files go; the platform otherwise. */
  out: string | undefined;
  now: number;
}

const USAGE = 'write: glaciocloud import values FILE…';
/** What `check` finds may hide more of it. */
const ROUNDS = 20;

/** `import values FILE…`: drafts files of the platform from values of Zero to JupyterHub. */
export async function importValues(inputs: ImportInputs, report: Report): Promise<Outcome> {
  const files = asked(inputs.target);
  const name = hubName(inputs, files[0]);
  const read = readChartValues(await textsIn(files));
  if (read.kind === 'refused') throw new Failure(read.why, { hint: read.hint });
  const reading = await gatherPlatform(inputs.root);
  const { platform, sources } = reading;
  if (!platform) return refused(reading.findings);
  const charts = await cachedCharts(platform, { chartsFrom: inputs.chartsFrom, report });
  const base = schemaBase(sources.get('platform.yaml')?.text ?? '');
  let draft = draftOf(read.values, besideOf(platform, name, inputs.cluster), charts?.defaults);
  let drafted = textsOf(draft, name, base);
  let open: readonly Finding[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const proposed = together(reading, drafted);
    const findings = await allFindings(proposed, charts, inputs.now);
    open = findings.filter(({ at, severity }) => severity === 'error' && drafted.has(at.file));
    const source = proposed.sources.get(`environments/${name}.yaml`);
    const next: Draft | undefined = source && settled(draft, source, open);
    if (!next) break;
    draft = next;
    drafted = textsOf(draft, name, base);
  }
  confirmNoCredential(open);
  await write(inputs.out ?? inputs.root, drafted);
  const told = {
    draft,
    files: [...drafted.keys()],
    beside: read.beside,
    open: open.map(({ at, message, hint }) => `${at.file}:${at.line} ${message}: ${hint}`),
  };
  return outcome({
    exit: 0,
    text: importText(told),
    json: { schema_version: SCHEMA_VERSION, ...importJson(told) },
  });
}

function asked([what, ...files]: readonly string[]): [string, ...string[]] {
  const [first, ...others] = files;
  if (what !== 'values')
    throw new UsageError(
      what === undefined ? 'import needs what it reads' : `import cannot read "${what}"`,
      USAGE,
    );
  if (first === undefined) throw new UsageError('import values needs a file', USAGE);
  return [first, ...others];
}

function hubName({ hub }: ImportInputs, file: string): string {
  const name = hub ?? nameFrom(basename(file).replace(/(?:\.values)?\.ya?ml$/u, ''), 'hub');
  const wrong = unitNameProblem(name);
  if (wrong) throw new UsageError(wrong.message, wrong.hint);
  return name;
}

async function textsIn(files: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    if ((await kindOf(file)) !== 'file')
      throw new UsageError(`there is no file ${file}`, 'name the values that Helm gets by -f');
    texts.set(file, await fileText(file));
  }
  return texts;
}

function besideOf(platform: Platform, name: string, cluster: string | undefined): Beside {
  const { clusters, settings, images } = platform;
  const on = cluster ?? [...clusters.keys()][0] ?? 'main';
  const wrong = unitNameProblem(on);
  if (wrong) throw new UsageError(wrong.message, wrong.hint);
  return {
    name,
    cluster: on,
    pools: clusters.get(on)?.data.nodes,
    wave: settings.data.waves[0]?.name ?? '',
    organization: settings.data.organization,
    user: settings.data.user,
    images: [...images.keys()],
  };
}

/** The platform as it would be. */
function together({ sources }: Reading, files: ReadonlyMap<string, string>): Reading {
  const there = [...sources].map(([path, { text }]) => [path, { kind: 'text', text }] as const);
  const added = [...files].map(([path, text]) => [path, { kind: 'text', text }] as const);
  return readPlatform(new Map<string, Text>([...there, ...added]));
}

/** A secret that is not known to be one is no reason to write it down once more. */
function confirmNoCredential(open: readonly Finding[]): void {
  const [found] = open.filter(({ rule }) => rule === 'credential');
  if (found)
    throw new Failure(`${found.message}; nothing was written`, {
      hint: 'take it out of the values, and begin again',
    });
}

async function write(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const path of files.keys())
    if (await exists(join(folder, path)))
      throw new Failure(`${path} exists already`, {
        hint: 'give the hub another name with --hub, or another folder with --out',
      });
  await writeNew(folder, files);
}
