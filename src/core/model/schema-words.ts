import type { ErrorObject } from 'ajv/dist/2020.js';
import type { Json } from '../json.ts';
import { FORMATS, quoted } from './formats.ts';
import type { Explanation } from './formats.ts';
import { nearest } from './nearest.ts';

/** The part of the schema that was not met. */
interface Unmet {
  properties?: Record<string, unknown>;
  description?: string;
  examples?: Json[];
  required?: string[];
}

/** ajv adds it to each error, because it is asked to (`verbose`). */
export const unmet = (error: ErrorObject): Unmet => error.parentSchema as Unmet;

/** Why a value is not what belongs there, and what is. */
export function explain(error: ErrorObject, value: Json): Explanation {
  const format = /^#\/\$defs\/([A-Za-z0-9]+)\//u.exec(error.schemaPath)?.[1];
  const described = format === undefined ? undefined : FORMATS[format];
  if (described) return described(value);
  const rule = 'schema';
  const params = error.params;
  switch (error.keyword) {
    case 'enum':
      return {
        rule,
        message: `${quoted(value)} is not one of the choices`,
        hint: enumHint(value, params['allowedValues'] as Json[]),
      };
    case 'const':
      return {
        rule,
        message: `${quoted(value)} is not what belongs here`,
        hint: `write ${JSON.stringify(params['allowedValue'])}`,
      };
    case 'type': {
      const type = String(params['type']);
      if (value === null && error.instancePath === '') return { rule, ...emptyFile(unmet(error)) };
      return {
        rule,
        message: `${quoted(value)} stands where ${article(type)} belongs`,
        hint: typeHint(type, value),
      };
    }
    case 'pattern': {
      const example = unmet(error).examples?.[0];
      return {
        rule,
        message: `${quoted(value)} does not have the right form`,
        hint:
          example === undefined ? describedAs(error) : `write it like ${JSON.stringify(example)}`,
      };
    }
    default:
      return {
        rule,
        message: `${quoted(value)} ${error.message ?? 'is not accepted'}`,
        hint: describedAs(error),
      };
  }
}

function emptyFile({ required, properties = {} }: Unmet): Omit<Explanation, 'rule'> {
  const keys = required ?? Object.keys(properties);
  return { message: 'the file is empty', hint: `it holds ${keys.join(', ')}` };
}

function describedAs(error: ErrorObject): string {
  const text = unmet(error).description;
  return text === undefined ? 'see the reference of this file' : `it is: ${text}`;
}

function article(type: string): string {
  const names: Record<string, string> = {
    object: 'a mapping',
    array: 'a list',
    integer: 'a whole number',
    number: 'a number',
    string: 'text',
    boolean: 'true or false',
  };
  return type
    .split(',')
    .map((one) => names[one] ?? one)
    .join(' or ');
}

function typeHint(type: string, value: Json): string {
  if (type === 'boolean' && typeof value === 'string') {
    if (/^(?:yes|y|on)$/iu.test(value)) return 'write true';
    if (/^(?:no|n|off)$/iu.test(value)) return 'write false';
  }
  if (type.includes('string') && typeof value !== 'object')
    return `write "${JSON.stringify(value)}" in quotes`;
  if (type === 'array') return 'start each entry with "- ", or write [a, b]';
  if (type === 'object') return 'write "key: value" lines below it';
  return `write ${article(type)}, without quotes`;
}

function enumHint(value: Json, allowed: readonly Json[]): string {
  const choices = `choose ${allowed.map((one) => JSON.stringify(one)).join(', ')}`;
  if (typeof value === 'number' && allowed.includes(String(value)))
    return `write "${value}" in quotes`;
  if (typeof value !== 'string') return choices;
  const near = nearest(
    value,
    allowed.filter((one) => typeof one === 'string'),
  );
  return near === undefined ? choices : `did you mean "${near}"? ${choices}`;
}
