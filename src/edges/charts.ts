import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { load as loadYaml } from 'js-yaml';
import { parseTarGzip } from 'nanotar';
import { HUB_CODE } from '../core/hub/values/hub.ts';
import { compareText, isObject } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { ChartSettings } from '../core/model/types.ts';
import type { ChartPin } from '../core/unit.ts';
import { Failure, messageOf } from '../failure.ts';
import { exists, inside, writeWhole } from './files.ts';
import { toolRoot } from './tool-root.ts';

export class ChartUnreachable extends Failure {}
export class ChartRefused extends Failure {}

/** The files of a chart by path inside it. */
type ChartFiles = ReadonlyMap<string, Uint8Array>;

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
const decoder = new TextDecoder();

export function cacheFolder(): string {
  return (
    process.env['GLACIOCLOUD_CACHE'] ??
    join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'glaciocloud')
  );
}

/** The charts of a run, or undefined where nothing is at hand and the network may not be asked. */
export async function loadCharts(request: ChartRequest): Promise<Charts | undefined> {
  const settings = request.settings.jupyterhub;
  const got =
    request.from === undefined
      ? await pinned('jupyterhub', settings, request)
      : { ...(await given('jupyterhub', settings, request.from)), verified: false };
  if (!got) return undefined;
  const meta = chartYaml(got.files, 'jupyterhub');
  if (meta.name !== 'jupyterhub' || meta.version !== settings.version) {
    throw new ChartRefused(
      `platform.yaml wants jupyterhub ${settings.version}, and ${got.origin} holds ${meta.name} ${meta.version}`,
      { hint: 'name the version that is there, or give the one that is wanted' },
    );
  }
  const umbrella = await folderFiles(join(toolRoot(), 'charts', UMBRELLA));
  const umbrellaMeta = chartYaml(umbrella, UMBRELLA);
  const pin = (
    files: ChartFiles,
    version: string,
    double: boolean,
    verified: boolean,
    name: string,
  ): ChartPin => ({ name, version, digest: contentDigest(files), double, verified });
  return {
    pins: [
      pin(got.files, meta.version, meta.double, got.verified, 'jupyterhub'),
      pin(umbrella, umbrellaMeta.version, false, true, UMBRELLA),
    ],
    defaults: asObject(loadYaml(text(got.files, 'values.yaml')) as Json),
    schema: asObject(JSON.parse(text(got.files, 'values.schema.json')) as Json),
    codeDigest: contentDigest(
      new Map(HUB_CODE.map((file) => [file, umbrella.get(`files/${file}`) ?? new Uint8Array()])),
    ).slice(0, 16),
    firstSeen: got.firstSeen === undefined ? [] : [{ name: 'jupyterhub', sha256: got.firstSeen }],
    assemble: (folder) => assemble(folder, umbrella, { jupyterhub: got.files }),
  };
}

interface Got {
  files: ChartFiles;
  origin: string;
  verified: boolean;
  firstSeen?: string;
}

async function pinned(
  name: string,
  settings: ChartSettings,
  { network, progress }: ChartRequest,
): Promise<Got | undefined> {
  const cached = join(cacheFolder(), 'charts', `${name}-${settings.version}.tgz`);
  let archive: Uint8Array | undefined = await readFile(cached).catch(() => undefined);
  if (archive && settings.sha256 !== null && sha256(archive) !== settings.sha256)
    archive = undefined; // a damaged or foreign copy: get it again
  if (!archive) {
    if (!network) return undefined;
    progress(`fetching chart ${name} ${settings.version} from ${settings.repository}`);
    archive = await download(name, settings);
    await mkdir(dirname(cached), { recursive: true });
    await writeFile(cached, archive).catch(() => undefined); // without a cache the next run fetches again
  }
  const hash = sha256(archive);
  if (settings.sha256 !== null && hash !== settings.sha256) {
    throw new ChartRefused(
      `chart ${name} ${settings.version} from ${settings.repository} has SHA-256 ${hash}, and platform.yaml pins ${settings.sha256}`,
      {
        hint: 'somebody changed a published chart, or the pin is wrong: compare with the release notes before you change the pin',
      },
    );
  }
  return {
    files: await unpack(archive, cached),
    origin: cached,
    verified: settings.sha256 !== null,
    ...(settings.sha256 === null ? { firstSeen: hash } : {}),
  };
}

async function download(name: string, settings: ChartSettings): Promise<Uint8Array> {
  const base = settings.repository.endsWith('/') ? settings.repository : `${settings.repository}/`;
  const index = asObject(
    loadYaml((await fetchBytes(`${base}index.yaml`)).toString('utf8')) as Json,
  );
  const entries = asObject(index['entries'] ?? {})[name];
  const entry = Array.isArray(entries)
    ? entries.find((one) => isObject(one) && one['version'] === settings.version)
    : undefined;
  const url = isObject(entry) && Array.isArray(entry['urls']) ? entry['urls'][0] : undefined;
  if (typeof url !== 'string' || !isObject(entry))
    throw new ChartUnreachable(`${base} has no chart ${name} ${settings.version}`, {
      hint: 'name a version that the repository lists',
    });
  const archive = await fetchBytes(new URL(url, base).href);
  if (typeof entry['digest'] === 'string' && entry['digest'] !== sha256(archive)) {
    throw new ChartRefused(`chart ${name} ${settings.version} was damaged on the way`, {
      hint: 'run it again',
    });
  }
  return archive;
}

async function fetchBytes(url: string): Promise<Buffer> {
  const hint = 'check the network, or give a folder or mirror with --charts-from';
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.cause instanceof Error
        ? cause.cause.message
        : messageOf(cause);
    throw new ChartUnreachable(`${url} cannot be reached: ${reason}`, { hint, cause });
  }
  if (!response.ok) throw new ChartUnreachable(`${url} answers ${response.status}`, { hint });
  return Buffer.from(await response.arrayBuffer());
}

/** A chart from `--charts-from`: archive or unpacked folder, local or below an address. */
async function given(
  name: string,
  settings: ChartSettings,
  from: string,
): Promise<Omit<Got, 'verified'>> {
  const file = `${name}-${settings.version}.tgz`;
  if (/^https?:\/\//u.test(from)) {
    const url = `${from.replace(/\/$/u, '')}/${file}`;
    return { files: await unpack(await fetchBytes(url), url), origin: url };
  }
  const archive = join(from, file);
  if (await exists(archive))
    return { files: await unpack(await readFile(archive), archive), origin: archive };
  for (const folder of [join(from, name), join(from, `${name}-${settings.version}`), from]) {
    if (await exists(join(folder, 'Chart.yaml')))
      return { files: await folderFiles(folder), origin: folder };
  }
  throw new ChartRefused(`${from} holds neither ${file} nor a folder ${name}/`, {
    hint: 'put the archive or the unpacked chart there',
  });
}

async function unpack(archive: Uint8Array, origin: string): Promise<ChartFiles> {
  const files = new Map<string, Uint8Array>();
  try {
    for (const item of await parseTarGzip(archive)) {
      const path = item.name.slice(item.name.indexOf('/') + 1);
      if (item.type === 'file' && item.data && path !== '' && !path.split('/').includes('..'))
        files.set(path, item.data);
    }
  } catch (cause) {
    throw new ChartRefused(`${origin} is not a chart archive: ${messageOf(cause)}`, {
      hint: 'remove it and run again',
      cause,
    });
  }
  return files;
}

async function folderFiles(folder: string): Promise<ChartFiles> {
  const files = new Map<string, Uint8Array>();
  const visit = async (path: string): Promise<void> => {
    for (const name of (await readdir(join(folder, path))).sort(compareText)) {
      const here = path === '' ? name : `${path}/${name}`;
      const info = await lstat(join(folder, here));
      if (name === '__pycache__' || (path === '' && name.startsWith('.'))) continue;
      if (info.isDirectory()) await visit(here);
      else if (info.isFile()) files.set(here, await readFile(join(folder, here)));
    }
  };
  await visit('');
  return files;
}

/** SHA-256 over the sorted paths and contents: equal for an archive and its unpacked folder. */
function contentDigest(files: ChartFiles): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort(compareText))
    hash.update(`${path}\0${sha256(files.get(path) ?? new Uint8Array())}\n`);
  return hash.digest('hex');
}

async function assemble(
  folder: string,
  umbrella: ChartFiles,
  parts: Readonly<Record<string, ChartFiles>>,
): Promise<string> {
  const root = join(folder, UMBRELLA);
  const write = async (path: string, data: Uint8Array): Promise<void> => {
    const full = inside(root, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, data);
  };
  for (const [path, data] of umbrella) await write(path, data);
  const dependencies = Object.entries(parts).map(
    ([name, files]) =>
      `  - {name: ${name}, version: ${JSON.stringify(chartYaml(files, name).version)}}\n`,
  );
  await writeWhole(
    join(root, 'Chart.yaml'),
    `${text(umbrella, 'Chart.yaml').trimEnd()}\ndependencies:\n${dependencies.join('')}`,
  );
  for (const [name, files] of Object.entries(parts)) {
    for (const [path, data] of files) await write(`charts/${name}/${path}`, data);
  }
  return root;
}

function chartYaml(
  files: ChartFiles,
  name: string,
): { name: string; version: string; double: boolean } {
  const meta = asObject(loadYaml(text(files, 'Chart.yaml')) as Json);
  const annotations = asObject(meta['annotations'] ?? {});
  const word = (key: string): string => (typeof meta[key] === 'string' ? meta[key] : '');
  return {
    name: word('name') || name,
    version: word('version'),
    double: annotations['glaciocloud.org/double'] === 'true',
  };
}

function text(files: ChartFiles, path: string): string {
  const data = files.get(path);
  if (!data)
    throw new ChartRefused(`the chart has no ${path}`, {
      hint: 'use a packaged release of the chart',
    });
  return decoder.decode(data);
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
