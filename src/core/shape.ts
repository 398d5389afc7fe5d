import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { at, jsonOf, pointer } from './json.ts';
import type { Json } from './json.ts';

/** What a JSON text from outside turned out to be. Its reason repeats nothing of what was read. */
export type Reading<T> =
  | { kind: 'read'; value: T }
  /** Written by another version of this tool. */
  | { kind: 'other-version'; reason: string }
  | { kind: 'unreadable'; reason: string };

const VERSION = 1;
/** Made when first needed: most runs read nothing of others, and these schemas are ours. */
let made: Ajv | undefined;
const ajv = (): Ajv =>
  (made ??= new Ajv({ strictTypes: false, meta: false, validateSchema: false }));

/**
 * The one way to read JSON that somebody else may have damaged: every field that it must have is looked at, once, here.
 * `version`: pointer to the version of its format, where it has one.
 */
export function readerOf<T>(schema: object, version?: string): (text: string) => Reading<T> {
  let compiled: ValidateFunction<T> | undefined;
  return (text) => {
    const value = jsonOf(text) ?? null;
    const found = version === undefined ? undefined : at(value, version);
    if (found !== undefined && found !== VERSION) return otherVersion(found);
    const validate = (compiled ??= ajv().compile<T>(schema));
    const candidate: unknown = value;
    if (validate(candidate)) return { kind: 'read', value: candidate };
    return { kind: 'unreadable', reason: reasonOf(validate.errors?.[0]) };
  };
}

function reasonOf(error: ErrorObject | undefined): string {
  const path = fieldOf(error);
  if (path !== '') return `its field ${path} is missing or is something else`;
  return `it is no JSON ${error?.params['type'] === 'array' ? 'list' : 'object'}`;
}

function otherVersion(found: Json): Reading<never> {
  const format = typeof found === 'number' ? `format ${found}` : 'another format';
  return {
    kind: 'other-version',
    reason: `it is of ${format}, which this version of glaciocloud does not know`,
  };
}

function fieldOf(error: ErrorObject | undefined): string {
  const { instancePath = '', params = {} } = error ?? {};
  const missing: unknown = params['missingProperty'];
  return typeof missing === 'string' ? instancePath + pointer(missing) : instancePath;
}

/* Schemas of what is read, in few words. */

export const TEXT = { type: 'string' };
export const COUNT = { type: 'integer', minimum: 0 };

/** An object with these fields, and others that a newer version may have added. */
export function fields(
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
): object {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
  };
}

export function listOf(items: object): object {
  return { type: 'array', items };
}
