import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HUB_CODE, HUB_PAGES } from '../core/hub/values/hub.ts';
import type { JsonObject } from '../core/json.ts';
import { isAnother } from '../core/charts/source.ts';
import type { SeenChart } from '../core/charts/source.ts';
import type { ChartSettings } from '../core/model/types.ts';
import type { ChartPin } from '../core/unit.ts';
import { outsideReference } from '../core/charts/schema.ts';
import {
  ChartRefused,
  chartFolder,
  chartMeta,
  chartText,
  contentDigest,
  jsonObject,
  readable,
  sha256,
  unpackChart,
  yamlObject,
} from './chart-archive.ts';
import type { ChartFiles, ChartMeta } from './chart-archive.ts';
import {
  cachedArchive,
  firstSeenFile,
  keepArchive,
  readArchive,
  readFirstSeen,
} from './chart-cache.ts';
import { downloadChart, fetchGiven, repositoryBase } from './chart-repository.ts';
import { exists, fillFolder, writeWhole } from './files.ts';
import { toolRoot } from './tool-root.ts';

export interface Charts {
  pins: ChartPin[];
  /** Version of JupyterHub in the hub; empty where the chart does not say. */
  hubVersion: string;
  /** Default values and schema of Zero to JupyterHub, for validation before Helm runs. */
  defaults: JsonObject;
  schema: string;
  /** Digest of the code that our chart mounts into the hub. */
  codeDigest: string;
  /** SHA-256 of archives whose pin is still null: the line to add to platform.yaml. */
  firstSeen: { name: string; sha256: string }[];
  /** Writes the umbrella chart with everything in it; the folder is what Helm gets. */
  assemble(folder: string): Promise<string>;
}

export interface ChartRequest {
  settings: { jupyterhub: ChartSettings };
  /** The repository may be a mirror in one's own network. */
  privateToo: boolean;
  /** Charts of what runs: another content under the same version is refused where no pin vouches for it. */
  seen: readonly SeenChart[];
  /** `--charts-from`: a folder or address that is trusted and reported as not verified. */
  from: string | undefined;
  /** False for `check`: only what is at hand. */
  network: boolean;
  progress: (text: string) => void;
}

const UMBRELLA = 'oggm-hub';

/** The charts of a run, or undefined where nothing is at hand and the network may not be asked. */
export async function loadCharts(request: ChartRequest): Promise<Charts | undefined> {
  const settings = request.settings.jupyterhub;
  const got =
    request.from === undefined
      ? await pinned('jupyterhub', settings, request)
      : await given('jupyterhub', settings, request.from);
  if (!got) return undefined;
  const meta = held(got, 'jupyterhub', settings);
  const pin = pinOf({ ...meta, name: 'jupyterhub' }, got.files, got.verified);
  if (request.from === undefined && !got.verified && isAnother(pin, request.seen))
    throw new ChartRefused(
      `jupyterhub ${pin.version} from ${settings.repository} is not what runs under this version`,
      { hint: CHANGED },
    );
  const schema = chartText(got.files, 'values.schema.json');
  jsonObject(schema, `values.schema.json of ${got.origin}`);
  refuseOutside(got);
  const umbrella = await chartFolder(join(toolRoot(), 'charts', UMBRELLA));
  const ours = chartMeta(umbrella, UMBRELLA);
  return {
    hubVersion: meta.appVersion,
    pins: [pin, pinOf({ ...ours, name: UMBRELLA, double: false }, umbrella, true)],
    defaults: defaultsOf(got),
    schema,
    codeDigest: codeDigest(umbrella),
    firstSeen: got.firstSeen === undefined ? [] : [{ name: 'jupyterhub', sha256: got.firstSeen }],
    assemble: (folder) => assemble(folder, umbrella, { jupyterhub: got.files }),
  };
}

function pinOf(
  { name, version, double }: Pick<ChartMeta, 'name' | 'version' | 'double'>,
  files: ChartFiles,
  verified: boolean,
): ChartPin {
  return { name, version, digest: contentDigest(files), double, verified };
}

/** Short digest of code and pages that the umbrella chart mounts into the hub; code that it lacks counts as empty. */
function codeDigest(umbrella: ChartFiles): string {
  const code = HUB_CODE.map((file): [string, Uint8Array] => [
    file,
    umbrella.get(`files/${file}`) ?? new Uint8Array(),
  ]);
  const pages = [...umbrella].filter(([path]) => path.startsWith(HUB_PAGES));
  return contentDigest(new Map([...code, ...pages])).slice(0, 16);
}

interface Got {
  files: ChartFiles;
  /** File, folder or address that it came from. */
  origin: string;
  verified: boolean;
  /** SHA-256 of the archive, where no pin says what it must be. */
  firstSeen?: string;
}

const CHANGED =
  'somebody changed a published chart: compare with the release notes, and write sha256: into platform.yaml if the new one is right';

/** A chart from its repository or the cache: with what its pin says, or what was first seen under its name. */
async function pinned(
  name: string,
  settings: ChartSettings,
  { network, progress, privateToo }: ChartRequest,
): Promise<Got | undefined> {
  const { version, repository, sha256: pin } = settings;
  const key = { repository: repositoryBase(repository), name, version };
  const first = await readFirstSeen(key);
  const expected = pin ?? first;
  const verified = pin !== null;
  const kept = expected === undefined ? undefined : await readArchive(expected);
  if (kept && expected !== undefined) {
    const origin = cachedArchive(expected);
    const got = { files: await unpackChart(kept, origin), origin, verified };
    return pin === null ? { ...got, firstSeen: expected } : got;
  }
  if (!network) return undefined;
  progress(`fetching chart ${name} ${version} from ${repository}`);
  const archive = await downloadChart(name, settings, privateToo);
  const hash = sha256(archive);
  const about = `chart ${name} ${version} from ${repository} has SHA-256 ${hash}`;
  if (pin !== null && hash !== pin)
    throw new ChartRefused(`${about}, and platform.yaml pins ${pin}`, {
      hint: 'somebody changed a published chart, or the pin is wrong: compare with the release notes before you change the pin',
    });
  if (pin === null && first !== undefined && hash !== first)
    throw new ChartRefused(`${about}, and ${first} was seen before (${firstSeenFile(key)})`, {
      hint: CHANGED,
    });
  const got = { files: await unpackChart(archive, repository), origin: repository, verified };
  held(got, name, settings);
  await keepArchive(key, archive);
  return pin === null ? { ...got, firstSeen: hash } : got;
}

/** What a chart says of itself, which must be what was asked for. */
function held({ files, origin }: Got, name: string, { version }: ChartSettings): ChartMeta {
  const meta = chartMeta(files, name);
  if (meta.name !== name || meta.version !== version)
    throw new ChartRefused(
      `platform.yaml wants ${name} ${version}, and ${origin} holds ${meta.name} ${meta.version}`,
      { hint: 'name the version that is there, or give the one that is wanted' },
    );
  return meta;
}

function defaultsOf({ files, origin }: Got): JsonObject {
  const from = `values.yaml of ${origin}`;
  return readable(yamlObject(chartText(files, 'values.yaml'), from), from);
}

/** Helm fetches what a schema refers to, whatever address it is; a chart's schemas refer to nothing but themselves. */
function refuseOutside({ files, origin }: Got): void {
  for (const path of files.keys()) {
    if (!/(?:^|\/)values\.schema\.json$/u.test(path)) continue;
    const from = `${path} of ${origin}`;
    const outside = outsideReference(jsonObject(chartText(files, path), from));
    if (outside !== undefined)
      throw new ChartRefused(`${from} is refused: it refers to ${JSON.stringify(outside)}`, {
        hint: 'the schema of a published chart is complete in itself: ask whoever published it',
      });
  }
}

/** A chart from `--charts-from`: archive or unpacked folder, local or below an address. */
async function given(name: string, { version }: ChartSettings, from: string): Promise<Got> {
  const file = `${name}-${version}.tgz`;
  if (/^https?:\/\//u.test(from)) {
    const url = `${from.replace(/\/$/u, '')}/${file}`;
    return { files: await unpackChart(await fetchGiven(url), url), origin: url, verified: false };
  }
  const archive = join(from, file);
  if (await exists(archive)) {
    const files = await unpackChart(await readFile(archive), archive);
    return { files, origin: archive, verified: false };
  }
  for (const folder of [join(from, name), join(from, `${name}-${version}`), from]) {
    if (await exists(join(folder, 'Chart.yaml')))
      return { files: await chartFolder(folder), origin: folder, verified: false };
  }
  throw new ChartRefused(`${from} holds neither ${file} nor a folder ${name}/`, {
    hint: 'put the archive or the unpacked chart there',
  });
}

async function assemble(
  folder: string,
  umbrella: ChartFiles,
  parts: Readonly<Record<string, ChartFiles>>,
): Promise<string> {
  const root = join(folder, UMBRELLA);
  await fillFolder(root, umbrella);
  const dependencies = Object.entries(parts).map(([name, files]) => {
    const version = JSON.stringify(chartMeta(files, name).version);
    return `  - {name: ${name}, version: ${version}}\n`;
  });
  await writeWhole(
    join(root, 'Chart.yaml'),
    `${chartText(umbrella, 'Chart.yaml').trimEnd()}\ndependencies:\n${dependencies.join('')}`,
  );
  for (const [name, files] of Object.entries(parts))
    await fillFolder(join(root, 'charts', name), files);
  return root;
}
