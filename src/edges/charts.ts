import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HUB_CODE } from '../core/hub/values/hub.ts';
import type { JsonObject } from '../core/json.ts';
import type { ChartSettings } from '../core/model/types.ts';
import type { ChartPin } from '../core/unit.ts';
import {
  ChartRefused,
  chartFolder,
  chartMeta,
  chartText,
  contentDigest,
  jsonObject,
  sha256,
  unpackChart,
  yamlObject,
} from './chart-archive.ts';
import type { ChartFiles, ChartMeta } from './chart-archive.ts';
import { cachedChart, keepCached, readCached } from './chart-cache.ts';
import { downloadChart, fetchBytes } from './chart-repository.ts';
import { exists, inside, writeWhole } from './files.ts';
import { toolRoot } from './tool-root.ts';

export interface Charts {
  pins: ChartPin[];
  /** Default values and schema of Zero to JupyterHub, for validation before Helm runs. */
  defaults: JsonObject;
  schema: JsonObject;
  /** Digest of the code that our chart mounts into the hub. */
  codeDigest: string;
  /** SHA-256 of archives whose pin is still null: the line to add to platform.yaml. */
  firstSeen: { name: string; sha256: string }[];
  /** Writes the umbrella chart with everything in it; the folder is what Helm gets. */
  assemble(folder: string): Promise<string>;
}

export interface ChartRequest {
  settings: { jupyterhub: ChartSettings };
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
  const meta = chartMeta(got.files, 'jupyterhub');
  if (meta.name !== 'jupyterhub' || meta.version !== settings.version) {
    throw new ChartRefused(
      `platform.yaml wants jupyterhub ${settings.version}, and ${got.origin} holds ${meta.name} ${meta.version}`,
      { hint: 'name the version that is there, or give the one that is wanted' },
    );
  }
  const umbrella = await chartFolder(join(toolRoot(), 'charts', UMBRELLA));
  const ours = chartMeta(umbrella, UMBRELLA);
  return {
    pins: [
      pinOf({ ...meta, name: 'jupyterhub' }, got.files, got.verified),
      pinOf({ ...ours, name: UMBRELLA, double: false }, umbrella, true),
    ],
    defaults: yamlObject(chartText(got.files, 'values.yaml'), `values.yaml of ${got.origin}`),
    schema: jsonObject(
      chartText(got.files, 'values.schema.json'),
      `values.schema.json of ${got.origin}`,
    ),
    codeDigest: codeDigest(umbrella),
    firstSeen: got.firstSeen === undefined ? [] : [{ name: 'jupyterhub', sha256: got.firstSeen }],
    assemble: (folder) => assemble(folder, umbrella, { jupyterhub: got.files }),
  };
}

function pinOf(
  { name, version, double }: ChartMeta,
  files: ChartFiles,
  verified: boolean,
): ChartPin {
  return { name, version, digest: contentDigest(files), double, verified };
}

/** Short digest of the code that the umbrella chart mounts into the hub; a file that it lacks counts as empty. */
function codeDigest(umbrella: ChartFiles): string {
  const code = HUB_CODE.map((file): [string, Uint8Array] => [
    file,
    umbrella.get(`files/${file}`) ?? new Uint8Array(),
  ]);
  return contentDigest(new Map(code)).slice(0, 16);
}

interface Got {
  files: ChartFiles;
  /** File, folder or address that it came from. */
  origin: string;
  verified: boolean;
  /** SHA-256 of the archive, where no pin says what it must be. */
  firstSeen?: string;
}

/** A chart from its repository or the cache, compared with the pin where there is one. */
async function pinned(
  name: string,
  settings: ChartSettings,
  { network, progress }: ChartRequest,
): Promise<Got | undefined> {
  const { version, repository, sha256: pin } = settings;
  const file = cachedChart(name, version);
  let archive = await readCached(file);
  // A damaged or foreign copy is fetched again.
  if (archive && pin !== null && sha256(archive) !== pin) archive = undefined;
  if (!archive) {
    if (!network) return undefined;
    progress(`fetching chart ${name} ${version} from ${repository}`);
    archive = await downloadChart(name, settings);
    await keepCached(file, archive);
  }
  const hash = sha256(archive);
  if (pin !== null && hash !== pin) {
    throw new ChartRefused(
      `chart ${name} ${version} from ${repository} has SHA-256 ${hash}, and platform.yaml pins ${pin}`,
      {
        hint: 'somebody changed a published chart, or the pin is wrong: compare with the release notes before you change the pin',
      },
    );
  }
  const got = { files: await unpackChart(archive, file), origin: file, verified: pin !== null };
  return pin === null ? { ...got, firstSeen: hash } : got;
}

/** A chart from `--charts-from`: archive or unpacked folder, local or below an address. */
async function given(name: string, { version }: ChartSettings, from: string): Promise<Got> {
  const file = `${name}-${version}.tgz`;
  if (/^https?:\/\//u.test(from)) {
    const url = `${from.replace(/\/$/u, '')}/${file}`;
    return { files: await unpackChart(await fetchBytes(url), url), origin: url, verified: false };
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
  await writeFiles(root, umbrella);
  const dependencies = Object.entries(parts).map(([name, files]) => {
    const version = JSON.stringify(chartMeta(files, name).version);
    return `  - {name: ${name}, version: ${version}}\n`;
  });
  await writeWhole(
    join(root, 'Chart.yaml'),
    `${chartText(umbrella, 'Chart.yaml').trimEnd()}\ndependencies:\n${dependencies.join('')}`,
  );
  for (const [name, files] of Object.entries(parts))
    await writeFiles(join(root, 'charts', name), files);
  return root;
}

async function writeFiles(root: string, files: ChartFiles): Promise<void> {
  for (const [path, data] of files) {
    const full = inside(root, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, data);
  }
}
