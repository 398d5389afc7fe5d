import { Ajv } from 'ajv';
import type { ErrorObject } from 'ajv';
import { isObject, merge } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';

/** What is held to a chart's schema: the chart's default values, and what each hub puts over them. */
export interface SchemaQuestion {
  /** The schema as the chart has it, JSON. */
  schema: string;
  defaults: JsonObject;
  values: readonly JsonObject[];
}

/** One place of one hub's values that the schema refuses. */
export interface SchemaFault {
  path: string;
  /** A key that the schema does not know, and those that it does. */
  unknown?: { key: string; known: string[] };
  message: string;
}

/** What is wrong with each hub's values, in the order of the question; or why the schema is of no use. */
export type SchemaAnswer =
  { kind: 'checked'; faults: SchemaFault[][] } | { kind: 'unusable'; why: string };

/** Enough to mend a file by; a hostile schema has no end of errors. */
const MOST_FAULTS = 50;
const MOST_KNOWN = 500;
const MOST_LETTERS = 300;

/** Holding a schema to the schema of schemas takes longer than all the rest, and what is wrong shows without it. */
const OPTIONS = {
  strict: false,
  allErrors: true,
  verbose: true,
  logger: false,
  meta: false,
  validateSchema: false,
} as const;

/**
 * Compiles a chart's schema and holds values to it. The schema is somebody else's: it may take any time and memory,
 * so this is for a process that can be ended (`edges/schema-process.ts`).
 */
export function answerSchema({ schema, defaults, values }: SchemaQuestion): SchemaAnswer {
  try {
    const ajv = new Ajv(OPTIONS);
    const validate = ajv.compile(JSON.parse(schema) as JsonObject);
    const faults = values.map((one) =>
      validate(merge(defaults, one)) ? [] : onePerPath(validate.errors ?? []),
    );
    return { kind: 'checked', faults };
  } catch (error) {
    return { kind: 'unusable', why: error instanceof Error ? cut(error.message) : 'no reason' };
  }
}

function onePerPath(errors: readonly ErrorObject[]): SchemaFault[] {
  const seen = new Map<string, SchemaFault>();
  for (const error of errors) {
    const fault = faultOf(error);
    const place = `${fault.path}\0${fault.unknown?.key ?? ''}`;
    if (!seen.has(place)) seen.set(place, fault);
    if (seen.size === MOST_FAULTS) break;
  }
  return [...seen.values()];
}

function faultOf(error: ErrorObject): SchemaFault {
  const message = cut(error.message ?? 'is refused');
  const key: unknown = error.params['additionalProperty'] ?? error.params['propertyName'];
  if (typeof key !== 'string') return { path: error.instancePath, message };
  const known = error.parentSchema?.['properties'] as Json | undefined;
  const names = isObject(known) && isWord(key) ? Object.keys(known).filter(isWord) : [];
  return {
    path: error.instancePath,
    message,
    unknown: { key, known: names.slice(0, MOST_KNOWN) },
  };
}

/** Comparing words costs time by the square of their length. */
function isWord(key: string): boolean {
  return key.length <= 100;
}

function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}

/** The first reference of a schema that leads out of it; undefined where there is none. */
export function outsideReference(schema: JsonObject): string | undefined {
  const open: Json[] = [schema];
  for (let here = open.pop(); here !== undefined; here = open.pop()) {
    if (typeof here !== 'object' || here === null) continue;
    for (const [key, value] of Object.entries(here)) {
      const refers = key === '$ref' || key === '$dynamicRef' || key === '$recursiveRef';
      if (refers && typeof value === 'string' && !value.startsWith('#')) return value;
      open.push(value);
    }
  }
  return undefined;
}
