import { createHash } from 'node:crypto';
import { lstat, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { load as loadYaml } from 'js-yaml';
import { unpackTar } from 'modern-tar';
import { compareText, isObject } from '../core/json.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { Failure, messageOf } from '../failure.ts';

export class ChartRefused extends Failure {}

/** The files of a chart by path inside it. */
export type ChartFiles = ReadonlyMap<string, Uint8Array>;

/** What a chart says of itself in `Chart.yaml`. */
export interface ChartMeta {
  name: string;
  version: string;
  /** Version of what it installs; empty where it does not say. */
  appVersion: string;
  /** A test double of a chart, which says that it is one. */
  double: boolean;
}

const decoder = new TextDecoder();

/** Limits of a chart, unpacked: real ones have 100 files and 1 MB. */
const MOST_FILES = 2000;
const MOST_BYTES = 30e6;
/** Limit of `Chart.yaml`, the values and the schema, each; and of what their references amount to when written out. */
const MOST_TEXT = 1e6;
const MOST_NODES = 100_000;

/**
 * The files of a packaged chart, without the folder around them. What is neither a file nor a folder, or would leave
 * the chart, is refused: whoever made such an archive did not use Helm.
 */
export async function unpackChart(archive: Uint8Array, origin: string): Promise<ChartFiles> {
  const files = new Map<string, Uint8Array>();
  const entries = await tarEntries(archive, origin);
  if (entries.length > MOST_FILES)
    throw new ChartRefused(`${origin} is refused: it holds more than ${MOST_FILES} files`, {
      hint: NOT_HELM,
    });
  for (const { header, data } of entries) {
    const { name, type } = header;
    if (type === 'directory' || type === 'pax-header' || type === 'pax-global-header') continue;
    if (type !== 'file') throw refusedEntry(origin, name, `is a ${type}`);
    const segments = name.split(/[/\\]/u);
    if (segments[0] === '' || segments.includes('..'))
      throw refusedEntry(origin, name, 'leaves the chart');
    if (segments.includes('') || segments.includes('.') || name.includes('\0'))
      throw refusedEntry(origin, name, 'is no plain path');
    const path = name.slice(name.indexOf('/') + 1);
    if (files.has(path)) throw refusedEntry(origin, name, 'is there twice');
    files.set(path, data ?? new Uint8Array());
  }
  return files;
}

async function tarEntries(
  archive: Uint8Array,
  origin: string,
): Promise<Awaited<ReturnType<typeof unpackTar>>> {
  try {
    const unpacked = gunzipSync(archive, { maxOutputLength: MOST_BYTES });
    return await unpackTar(unpacked, { strict: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new ChartRefused(
        `${origin} is refused: unpacked it is larger than ${MOST_BYTES / 1e6} MB`,
        { hint: NOT_HELM, cause },
      );
    throw new ChartRefused(`${origin} is not a chart archive: ${messageOf(cause)}`, {
      hint: 'remove it and run again',
      cause,
    });
  }
}

const NOT_HELM = 'a chart that Helm packaged is small: ask whoever published it';

function refusedEntry(origin: string, name: string, why: string): ChartRefused {
  return new ChartRefused(`${origin} is refused: ${JSON.stringify(name)} in it ${why}`, {
    hint: 'a chart that Helm packaged holds plain files only: ask whoever published it',
  });
}

/** The files of an unpacked chart; hidden files beside `Chart.yaml` and what Python leaves are none of it. */
export async function chartFolder(folder: string): Promise<ChartFiles> {
  const files = new Map<string, Uint8Array>();
  const visit = async (path: string): Promise<void> => {
    for (const name of (await readdir(join(folder, path))).sort(compareText)) {
      if (name === '__pycache__' || (path === '' && name.startsWith('.'))) continue;
      const here = path === '' ? name : `${path}/${name}`;
      const info = await lstat(join(folder, here));
      if (info.isDirectory()) await visit(here);
      else if (info.isFile()) files.set(here, await readFile(join(folder, here)));
    }
  };
  await visit('');
  return files;
}

/** SHA-256 over the sorted paths and contents: equal for an archive and its unpacked folder. */
export function contentDigest(files: ChartFiles): string {
  const hash = createHash('sha256');
  for (const [path, data] of [...files].sort(([a], [b]) => compareText(a, b)))
    hash.update(`${path}\0${sha256(data)}\n`);
  return hash.digest('hex');
}

export function chartMeta(files: ChartFiles, name: string): ChartMeta {
  const meta = yamlObject(chartText(files, 'Chart.yaml'), 'Chart.yaml of the chart');
  const annotations = asObject(meta['annotations'] ?? {});
  const word = (key: string): string => (typeof meta[key] === 'string' ? meta[key] : '');
  return {
    name: word('name') || name,
    version: word('version'),
    appVersion: word('appVersion'),
    double: annotations['glaciocloud.org/double'] === 'true',
  };
}

/** The text of a file that every chart has. */
export function chartText(files: ChartFiles, path: string): string {
  const data = files.get(path);
  if (!data)
    throw new ChartRefused(`the chart has no ${path}`, {
      hint: 'use a packaged release of the chart',
    });
  if (data.length > MOST_TEXT)
    throw new ChartRefused(`${path} of the chart is larger than ${MOST_TEXT / 1e6} MB`, {
      hint: NOT_HELM,
    });
  return decoder.decode(data);
}

/** The object that a text in YAML holds; empty for a text that holds something else. */
export function yamlObject(text: string, origin: string): JsonObject {
  return parsed((one) => loadYaml(one) as Json, text, `${origin} is no YAML`);
}

/** The same for a text in JSON. */
export function jsonObject(text: string, origin: string): JsonObject {
  return parsed((one) => JSON.parse(one) as Json, text, `${origin} is no JSON`);
}

function parsed(parse: (text: string) => Json, text: string, otherwise: string): JsonObject {
  try {
    return asObject(parse(text));
  } catch (cause) {
    throw new ChartRefused(`${otherwise}: ${messageOf(cause).split('\n')[0] ?? ''}`, {
      hint: 'ask whoever published it, or name another version',
      cause,
    });
  }
}

/** A value as it is, unless references in its text make it endless, or as good as. */
export function readable(value: JsonObject, origin: string): JsonObject {
  if (isEndless(value))
    throw new ChartRefused(`${origin} is refused: written out it has no end`, { hint: NOT_HELM });
  return value;
}

function isEndless(value: Json): boolean {
  const open: Json[] = [value];
  let seen = 0;
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    seen += 1;
    if (seen > MOST_NODES) return true;
    if (typeof here === 'object' && here !== null)
      for (const below of Object.values(here)) open.push(below);
  }
  return false;
}

export function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

export function sha256(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
