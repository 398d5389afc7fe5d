import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { closest, distance } from 'fastest-levenshtein';
import accessRemovals from '../../../schemas/access-removals.schema.json' with { type: 'json' };
import announcement from '../../../schemas/announcement.schema.json' with { type: 'json' };
import approvers from '../../../schemas/approvers.schema.json' with { type: 'json' };
import cluster from '../../../schemas/cluster.schema.json' with { type: 'json' };
import cohort from '../../../schemas/cohort.schema.json' with { type: 'json' };
import dataLock from '../../../schemas/data-lock.schema.json' with { type: 'json' };
import data from '../../../schemas/data.schema.json' with { type: 'json' };
import environment from '../../../schemas/environment.schema.json' with { type: 'json' };
import imageLock from '../../../schemas/image-lock.schema.json' with { type: 'json' };
import image from '../../../schemas/image.schema.json' with { type: 'json' };
import member from '../../../schemas/member.schema.json' with { type: 'json' };
import platform from '../../../schemas/platform.schema.json' with { type: 'json' };
import { credentialsIn } from '../credentials/find.ts';
import { unlessCredential } from '../credentials/shapes.ts';
import type { Finding } from '../finding.ts';
import { at, escapeSegment, isObject, segmentsOf } from '../json.ts';
import type { Json } from '../json.ts';
import type { Source } from '../source.ts';
import { plainAddress } from './address.ts';
import { FORMATS, quoted } from './formats.ts';
import type { Explanation } from './formats.ts';
import type { Doc, Kind, Kinds } from './types.ts';

export const SCHEMAS = {
  platform,
  cluster,
  environment,
  image,
  'image-lock': imageLock,
  data,
  'data-lock': dataLock,
  'access-removals': accessRemovals,
  approvers,
  member,
  cohort,
  announcement,
} as const satisfies Record<Kind, object>;

const compiled = new Map<Kind, ValidateFunction>();
const ajv = new Ajv2020({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  allowUnionTypes: true,
  strictRequired: false,
});

function validator(kind: Kind): ValidateFunction {
  const known = compiled.get(kind);
  if (known) return known;
  const validate = ajv.compile(SCHEMAS[kind]);
  compiled.set(kind, validate);
  return validate;
}

/** A file of a kind as its model with defaults filled in, or everything that is wrong with it. */
export function readDoc<K extends Kind>(
  kind: K,
  name: string,
  source: Source,
): { doc: Doc<Kinds[K]> | undefined; findings: Finding[] } {
  if (!source.isWhole) return { doc: undefined, findings: source.findings };
  const value = structuredClone(source.data);
  const validate = validator(kind);
  const isValid = validate(value);
  const wrong = isValid ? [] : hidden(kind, source, validate.errors ?? []);
  const findings = [...source.findings, ...beside(source, wrong)];
  if (!isValid || findings.length > 0) return { doc: undefined, findings };
  // The schema has just accepted the value, and `types.ts` has the schema's shape.
  const doc = {
    name,
    file: source.file,
    data: plain(kind, value as unknown as Kinds[K]),
    at: source.at,
    keyAt: source.keyAt,
    has: source.has,
  };
  return { doc, findings: [] };
}

/** What is wrong in other lines than those that are no YAML: what was meant there is a guess. */
function beside(source: Source, wrong: readonly Finding[]): Finding[] {
  const lines = new Set(source.findings.map(({ at: { line } }) => line));
  return wrong.filter(({ at: { line } }) => !lines.has(line));
}

/** One way to write what has several: a digest must not change by it. */
function plain<K extends Kind>(kind: K, data: Kinds[K]): Kinds[K] {
  if (kind !== 'environment' || !('url' in data)) return data;
  return { ...data, url: plainAddress(data.url) };
}

/** What is wrong, without a word about what holds a credential: that is a finding of its own. */
function hidden(kind: Kind, source: Source, errors: readonly ErrorObject[]): Finding[] {
  const secret = credentialsIn(kind, source.data).map(({ path }) => path);
  return explainAll(
    source,
    errors.filter(
      ({ instancePath, keyword }) =>
        keyword === 'additionalProperties' ||
        keyword === 'required' ||
        !secret.some((path) => path === instancePath || path.startsWith(`${instancePath}/`)),
    ),
  );
}

/** The part of the schema that was not met. */
interface Unmet {
  properties?: Record<string, unknown>;
  description?: string;
  examples?: Json[];
}

/** ajv adds it to each error, because it is asked to (`verbose`). */
const unmet = (error: ErrorObject): Unmet => error.parentSchema as Unmet;

function explainAll(source: Source, errors: readonly ErrorObject[]): Finding[] {
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties');
  const misspelt = new Set(
    unknown.map((error) => `${error.instancePath}/${suggestion(error) ?? ''}`),
  );
  return (
    errors
      // What else is wrong says why.
      .filter((error) => error.keyword !== 'propertyNames' && error.keyword !== 'if')
      .filter(
        (error) =>
          error.keyword !== 'required' ||
          !misspelt.has(`${error.instancePath}/${String(error.params['missingProperty'])}`),
      )
      .map((error) => toFinding(source, error))
  );
}

function toFinding(source: Source, error: ErrorObject): Finding {
  const finding = (explanation: Explanation, where: Finding['at']): Finding => ({
    severity: 'error',
    at: where,
    ...explanation,
  });
  const path = error.instancePath;
  const value = at(source.data, path) ?? null;
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(error.params['additionalProperty']);
      const near = suggestion(error);
      const known = Object.keys(unmet(error).properties ?? {}).join(', ');
      return finding(
        {
          rule: 'unknown-key',
          message: `the key "${unlessCredential(key)}" is not known here`,
          hint: near === undefined ? `known keys: ${known}` : `did you mean "${near}"?`,
        },
        source.keyAt(`${path}/${escapeSegment(key)}`),
      );
    }
    case 'required': {
      const key = String(error.params['missingProperty']);
      const near = isObject(value) ? nearest(key, Object.keys(value)) : undefined;
      if (near !== undefined && unmet(error).properties === undefined)
        return finding(
          {
            rule: 'unknown-key',
            message: `the key "${unlessCredential(near)}" stands here, and "${key}" is missing`,
            hint: `did you mean "${key}"?`,
          },
          source.keyAt(`${path}/${escapeSegment(near)}`),
        );
      return finding(
        {
          rule: 'missing-key',
          message: `${path === '' ? 'the file' : `"${segmentsOf(path).at(-1) ?? ''}"`} has no "${key}"`,
          hint: `add "${key}:"`,
        },
        source.keyAt(path),
      );
    }
    default: {
      // With propertyNames the path is the mapping's, and the value that failed is the key itself.
      const name = error.propertyName;
      if (name !== undefined)
        return finding(explain(error, name), source.keyAt(`${path}/${escapeSegment(name)}`));
      return finding(explain(error, value), source.at(path));
    }
  }
}

function explain(error: ErrorObject, value: Json): Explanation {
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
      return {
        rule,
        message: `${value === null ? 'nothing' : quoted(value)} stands where ${article(type)} belongs`,
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
  if (type.includes('string') && typeof value !== 'object')
    return `write "${JSON.stringify(value)}" in quotes`;
  if (type === 'array') return 'start each entry with "- ", or write [a, b]';
  if (type === 'object') return 'write "key: value" lines below it';
  return `write ${article(type)}, without quotes`;
}

function enumHint(value: Json, allowed: readonly Json[]): string {
  const choices = `choose ${allowed.map((one) => JSON.stringify(one)).join(', ')}`;
  if (typeof value !== 'string') return choices;
  const near = nearest(
    value,
    allowed.filter((one) => typeof one === 'string'),
  );
  return near === undefined ? choices : `did you mean "${near}"? ${choices}`;
}

function suggestion(error: ErrorObject): string | undefined {
  const key = String(error.params['additionalProperty']);
  return nearest(key, Object.keys(unmet(error).properties ?? {}));
}

/** The known word that a misspelt one probably meant, or undefined. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(word.toLowerCase(), known);
  return distance(word.toLowerCase(), near.toLowerCase()) <=
    Math.max(2, Math.floor(near.length / 3))
    ? near
    : undefined;
}
