import { YAMLException, load } from 'js-yaml';
import { isObject, merge, pointer } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import { MAX_FILE_BYTES } from '../source.ts';

/** Values of Zero to JupyterHub from somebody's file, or why there are none. */
export type ChartValues =
  | {
      kind: 'read';
      values: JsonObject;
      /** Pointer in the file to where they stand: empty where the file is nothing else. */
      below: string;
      /** Pointers in the file to what is for other charts. */
      beside: string[];
    }
  | { kind: 'refused'; why: string; hint: string };

/** More than any hub has; anchors within anchors would make billions of it. */
const MAX_NODES = 50_000;
const MAX_DEPTH = 60;
/** Keys by which the chart is known. */
const OF_CHART = ['hub', 'singleuser', 'proxy', 'ingress', 'cull', 'scheduling', 'prePuller'];

/** Values as Helm merges them: of several texts the last one counts. */
export function readChartValues(texts: ReadonlyMap<string, string>): ChartValues {
  let data: JsonObject = {};
  for (const [file, text] of texts) {
    const read = readText(text);
    if (read.kind === 'refused') return { ...read, why: `${file}: ${read.why}` };
    data = merge(data, read.data);
  }
  const found = chartIn(data, '', 0);
  return found === undefined
    ? {
        kind: 'refused',
        why: `${[...texts.keys()].join(', ')}: there are no values of JupyterHub`,
        hint: 'its keys are hub:, singleuser: and so on, or these below jupyterhub:',
      }
    : { kind: 'read', ...found };
}

type Refused = Extract<ChartValues, { kind: 'refused' }>;

function readText(text: string): Refused | { kind: 'data'; data: JsonObject } {
  const refused = (why: string, hint: string): Refused => ({ kind: 'refused', why, hint });
  if (text.length > MAX_FILE_BYTES)
    return refused(`it is larger than ${MAX_FILE_BYTES / 1e6} MB`, 'give the values of one hub');
  let data: Json;
  try {
    data = plainOf(load(text), { left: MAX_NODES }, 0);
  } catch (error) {
    if (error instanceof TooMuch)
      return refused('it holds more than the values of a hub', 'write its anchors out');
    if (!(error instanceof YAMLException)) throw error;
    return refused(
      `it is no YAML: ${error.reason} (line ${(error.mark?.line ?? 0) + 1})`,
      'give the file that Helm gets by -f; of a template, what it renders',
    );
  }
  if (!isObject(data) || Object.keys(data).length === 0)
    return refused('it holds no values', 'give the file that Helm gets by -f');
  return { kind: 'data', data };
}

class TooMuch extends Error {}

/** What YAML gives as JSON: everything counted, nothing that a program could take for its own. */
function plainOf(value: unknown, budget: { left: number }, depth: number): Json {
  if (--budget.left < 0 || depth > MAX_DEPTH) throw new TooMuch();
  if (Array.isArray(value)) return value.map((item) => plainOf(item, budget, depth + 1));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => key !== '__proto__')
        .map(([key, item]) => [key, plainOf(item, budget, depth + 1)]),
    );
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

type Found = Pick<Extract<ChartValues, { kind: 'read' }>, 'values' | 'below' | 'beside'>;

/** Charts that contain this one give it its values below `jupyterhub:`, wherever that is. */
function chartIn(data: JsonObject, below: string, depth: number): Found | undefined {
  const inner = data['jupyterhub'];
  if (isObject(inner))
    return { values: inner, below: `${below}/jupyterhub`, beside: beside('jupyterhub') };
  if (OF_CHART.some((key) => isObject(data[key]))) return { values: data, below, beside: [] };
  if (depth >= 3) return undefined;
  for (const [key, item] of Object.entries(data)) {
    const found = isObject(item) ? chartIn(item, below + pointer(key), depth + 1) : undefined;
    if (found) return { ...found, beside: [...beside(key), ...found.beside] };
  }
  return undefined;

  function beside(taken: string): string[] {
    return Object.keys(data)
      .filter((key) => key !== taken)
      .map((key) => below + pointer(key));
  }
}
