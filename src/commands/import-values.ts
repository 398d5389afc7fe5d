import { basename, join } from 'node:path';
import { unitNameProblem } from '../core/check/names.ts';
import type { Finding } from '../core/finding.ts';
import { readChartValues } from '../core/import/chart-values.ts';
import { draftOf, textsOf } from '../core/import/draft.ts';
import type { Draft } from '../core/import/draft.ts';
import { nameFrom } from '../core/import/forms.ts';
import { settled, withoutOurs } from '../core/import/settle.ts';
import { importJson, importText } from '../core/import/text.ts';
import type { Beside } from '../core/import/types.ts';
import { valuesOf } from '../core/hub/release.ts';
import type { JsonObject } from '../core/json.ts';
import { schemaBase } from '../core/init/scaffold.ts';
import { readPlatform } from '../core/model/platform.ts';
import type { Reading, Text } from '../core/model/platform.ts';
import type { Platform } from '../core/model/types.ts';
import type { Source } from '../core/source.ts';
import type { Charts } from '../edges/charts.ts';
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
  const beside = besideOf(platform, name, inputs.cluster);
  const first = draftOf(read.values, beside, charts?.defaults);
  const propose = (draft: Draft): Proposal => proposalOf(reading, textsOf(draft, name, base), name);
  let { draft, proposal, open } = { draft: first, proposal: propose(first), open: [] as Finding[] };
  if (proposal.ours) draft = withoutOurs(draft, proposal.ours);
  for (let round = 0; round < ROUNDS; round++) {
    proposal = propose(draft);
    open = await errorsIn(proposal, charts, inputs.now);
    const next = proposal.source && settled(draft, proposal.source, open);
    if (!next) break;
    draft = next;
  }
  confirmNoCredential(open);
  await write(inputs.out ?? inputs.root, proposal.files);
  const told = {
    draft,
    files: [...proposal.files.keys()],
    beside: read.beside,
    examples: withoutSecrets(platform, name),
    open: open.map(({ at, message, hint }) => `${at.file}:${at.line} ${message}: ${hint}`),
  };
  return outcome({
    exit: 0,
    text: importText(told),
    json: { schema_version: SCHEMA_VERSION, ...importJson(told) },
  });
}

/** Other hubs that were never deployed, because their secrets are not there: `init` writes such a one. */
function withoutSecrets({ environments, encrypted }: Platform, name: string): string[] {
  return [...environments.values()]
    .filter((hub) => hub.name !== name && !encrypted.has(hub.name))
    .filter(({ data }) => Object.keys(data.secrets).length > 0)
    .map(({ file }) => file);
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

/** The platform as it would be with the draft. */
interface Proposal {
  files: ReadonlyMap<string, string>;
  reading: Reading;
  source: Source | undefined;
  /** What the platform writes for the hub; undefined where its file cannot be read. */
  ours: JsonObject | undefined;
}

function proposalOf(
  { sources }: Reading,
  files: ReadonlyMap<string, string>,
  name: string,
): Proposal {
  const there = [...sources].map(([path, { text }]) => [path, { kind: 'text', text }] as const);
  const added = [...files].map(([path, text]) => [path, { kind: 'text', text }] as const);
  const reading = readPlatform(new Map<string, Text>([...there, ...added]));
  const hub = reading.platform?.environments.get(name);
  return {
    files,
    reading,
    source: reading.sources.get(`environments/${name}.yaml`),
    ours: hub && reading.platform && valuesOf(reading.platform, hub, { codeDigest: '' })?.ours,
  };
}

async function errorsIn(
  { files, reading }: Proposal,
  charts: Charts | undefined,
  now: number,
): Promise<Finding[]> {
  const findings = await allFindings(reading, charts, now);
  return findings.filter(({ at, severity }) => severity === 'error' && files.has(at.file));
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
        hint:
          'where it is only the example that init wrote, delete it and begin again; otherwise give the hub ' +
          'another name with --hub, or another folder with --out',
      });
  await writeNew(folder, files);
}
