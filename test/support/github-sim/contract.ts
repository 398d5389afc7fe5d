import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import type { OperationId } from './operations.ts';

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-01-01T00:00:00Z',
  uri: 'https://github.invalid/',
};

type Schema = Record<string, unknown>;
interface Operation {
  method: string;
  path: string;
  request: Schema | null;
  responses: Record<string, Schema | null>;
}
export type Body = Record<string, unknown>;

const description = JSON.parse(readFileSync(new URL('openapi.json', import.meta.url), 'utf8')) as {
  operations: Record<OperationId, Operation>;
  components: { schemas: Record<string, Schema> };
};
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false });
ajv.addSchema({ $id: 'github', components: description.components });
const compiled = new Map<string, ValidateFunction>();

export interface Route {
  id: OperationId;
  method: string;
  pattern: RegExp;
  parameters: string[];
}

/** Every operation as a pattern; those with fewer parameters first, so that fixed words win. */
export const ROUTES: readonly Route[] = Object.entries(description.operations)
  .map(([id, { method, path }]): Route => {
    const parameters = [...path.matchAll(/\{(\w+)\}/gu)].map(([, name]) => name ?? '');
    const source = path
      .replaceAll('.', '\\.')
      .replace(/\{(?:path|ref)\}$/u, '(.+)')
      .replaceAll(/\{\w+\}/gu, '([^/]+)');
    return { id: id as OperationId, method, pattern: new RegExp(`^${source}$`, 'u'), parameters };
  })
  .sort((a, b) => a.parameters.length - b.parameters.length);

function validator(key: string, schema: Schema): ValidateFunction {
  const known = compiled.get(key);
  if (known) return known;
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"github#/components/');
  const validate = ajv.compile(JSON.parse(text) as Schema);
  compiled.set(key, validate);
  return validate;
}

/** What GitHub's description finds wrong with a request body, or nothing. */
export function requestProblem(id: OperationId, body: unknown): string | undefined {
  const schema = description.operations[id].request;
  if (!schema || body === undefined) return undefined;
  const validate = validator(`${id} request`, schema);
  return validate(body) ? undefined : ajv.errorsText(validate.errors);
}

/** What GitHub's description finds wrong with an answer of ours, or nothing. */
export function responseProblem(
  id: OperationId,
  status: number,
  body: unknown,
): string | undefined {
  const responses = description.operations[id].responses;
  if (!(String(status) in responses)) return `${status} is not an answer of ${id}`;
  const schema = responses[String(status)];
  if (!schema) return undefined;
  const validate = validator(`${id} ${status}`, schema);
  return validate(body) ? undefined : ajv.errorsText(validate.errors);
}

/** The given fields of an answer, and for every other required field the smallest value that the description allows. */
export function complete(id: OperationId, status: number, given: unknown): unknown {
  const schema = description.operations[id].responses[String(status)];
  return schema ? fill(schema, given, 0) : given;
}

function resolve(schema: Schema): Schema {
  const ref = schema['$ref'];
  if (typeof ref !== 'string') return schema;
  const target = description.components.schemas[ref.split('/').at(-1) ?? ''];
  if (!target) throw new Error(`${ref} is missing`);
  return resolve(target);
}

function fill(raw: Schema, given: unknown, depth: number): unknown {
  let schema = resolve(raw);
  if (given === null) return null;
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined;
  if (choices) {
    const nullable =
      choices.some((one) => resolve(one)['type'] === 'null') ||
      choices.some((one) => isNullable(resolve(one)));
    if (given === undefined && nullable) return null;
    const fitting = choices
      .map(resolve)
      .find((one) => given === undefined || typeMatches(one, given));
    schema = { ...schema, ...(fitting ?? {}) };
  }
  for (const part of (schema['allOf'] as Schema[] | undefined) ?? [])
    schema = mergeSchemas(schema, resolve(part));
  if (given === undefined && isNullable(schema)) return null;
  const type = Array.isArray(schema['type'])
    ? (schema['type'] as string[]).find((one) => one !== 'null')
    : (schema['type'] ?? (schema['properties'] ? 'object' : ''));
  switch (type as string) {
    case 'object': {
      const properties = (schema['properties'] ?? {}) as Record<string, Schema>;
      const object: Body = { ...((given as Body | undefined) ?? {}) };
      for (const name of (schema['required'] as string[] | undefined) ?? [])
        if (!(name in object)) object[name] = undefined;
      for (const name of Object.keys(object)) {
        const property = properties[name];
        if (property && depth < 8) object[name] = fill(property, object[name], depth + 1);
      }
      return object;
    }
    case 'array':
      return ((given as unknown[] | undefined) ?? []).map((item) =>
        fill((schema['items'] ?? {}) as Schema, item, depth + 1),
      );
    case 'integer':
    case 'number':
      return given ?? 0;
    case 'boolean':
      return given ?? false;
    case 'string':
      return (
        given ??
        (schema['enum'] as unknown[] | undefined)?.[0] ??
        FORMATS[String(schema['format'])] ??
        ''
      );
    default:
      return given ?? null;
  }
}

function mergeSchemas(a: Schema, b: Schema): Schema {
  return {
    ...a,
    ...b,
    properties: {
      ...(a['properties'] as object | undefined),
      ...(b['properties'] as object | undefined),
    },
    required: [
      ...((a['required'] as string[] | undefined) ?? []),
      ...((b['required'] as string[] | undefined) ?? []),
    ],
  };
}

function isNullable(schema: Schema): boolean {
  return Array.isArray(schema['type']) && (schema['type'] as string[]).includes('null');
}

function typeMatches(schema: Schema, value: unknown): boolean {
  const type = Array.isArray(schema['type']) ? (schema['type'] as string[])[0] : schema['type'];
  if (Array.isArray(value)) return type === 'array';
  if (typeof value === 'object')
    return type === 'object' || schema['properties'] !== undefined || schema['allOf'] !== undefined;
  return typeof value === (type === 'integer' ? 'number' : type);
}
