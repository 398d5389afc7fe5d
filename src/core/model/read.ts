import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
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
import type { Source } from '../source.ts';
import { plainAddress } from './address.ts';
import type { Explanation } from './formats.ts';
import { elsewhere, whereItBelongs } from './key-places.ts';
import { nearest } from './nearest.ts';
import { explain, unmet } from './schema-words.ts';
import type { Offer } from './machine-types.ts';
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

/** What else is wrong: not where YAML is, nor in a line of which it is a guess what was meant. */
function beside(source: Source, wrong: readonly Finding[]): Finding[] {
  const told = new Set(source.findings.map(({ at: { line, column } }) => `${line}:${column}`));
  return wrong.filter(
    ({ at: { line, column } }) => !source.guessed.has(line) && !told.has(`${line}:${column}`),
  );
}

/** One way to write what has several: a digest must not change by it. */
function plain<K extends Kind>(kind: K, data: Kinds[K]): Kinds[K] {
  if (kind !== 'environment' || !('url' in data)) return data;
  return { ...data, url: plainAddress(data.url), images: data.images.map(plainOffer) };
}

/** The schema takes a name alone too. */
function plainOffer(offer: string | Offer): Offer {
  return typeof offer === 'string' ? { name: offer, for: ['all'] } : offer;
}

/** What is wrong, without a word about what holds a credential: that is a finding of its own. */
function hidden(kind: Kind, source: Source, errors: readonly ErrorObject[]): Finding[] {
  const secret = credentialsIn(kind, source.data).map(({ path }) => path);
  return explainAll(
    kind,
    source,
    errors.filter(
      ({ instancePath, keyword }) =>
        keyword === 'additionalProperties' ||
        keyword === 'required' ||
        !secret.some((path) => path === instancePath || path.startsWith(`${instancePath}/`)),
    ),
  );
}

function explainAll(kind: Kind, source: Source, errors: readonly ErrorObject[]): Finding[] {
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties');
  const misspelt = new Set(unknown.flatMap((error) => meantPaths(kind, error)));
  return (
    errors
      // What else is wrong says why.
      .filter((error) => error.keyword !== 'propertyNames' && error.keyword !== 'if')
      .filter(
        (error) =>
          error.keyword !== 'required' ||
          !misspelt.has(`${error.instancePath}/${String(error.params['missingProperty'])}`),
      )
      .map((error) => toFinding(kind, source, error))
  );
}

function toFinding(kind: Kind, source: Source, error: ErrorObject): Finding {
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
      return finding(
        {
          rule: 'unknown-key',
          message: `the key "${unlessCredential(key)}" is not known here`,
          hint: unknownHint(kind, error),
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
          hint: missingHint(kind, key),
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

function missingHint(kind: Kind, key: string): string {
  return kind === 'announcement' && key === 'text'
    ? 'write what people read below the second line "---"'
    : `add "${key}:"`;
}

/** Where the keys are that somebody may have meant by an unknown one: they are not missing then. */
function meantPaths(kind: Kind, error: ErrorObject): string[] {
  const key = String(error.params['additionalProperty']);
  const places = elsewhere(SCHEMAS[kind], key);
  if (places.length > 0) return places.map((place) => `${place}/${key}`);
  return [`${error.instancePath}/${suggestion(error) ?? ''}`];
}

function unknownHint(kind: Kind, error: ErrorObject): string {
  const key = String(error.params['additionalProperty']);
  const near = suggestion(error);
  // One letter too few or too many is a slip; a word that stands elsewhere is rather at the wrong level.
  const slip = near !== undefined && (near.startsWith(key) || key.startsWith(near));
  const places = slip ? [] : elsewhere(SCHEMAS[kind], key);
  if (places.length > 0) return whereItBelongs(key, places);
  const known = Object.keys(unmet(error).properties ?? {}).join(', ');
  return near === undefined ? `known keys: ${known}` : `did you mean "${near}"?`;
}

function suggestion(error: ErrorObject): string | undefined {
  const key = String(error.params['additionalProperty']);
  return nearest(key, Object.keys(unmet(error).properties ?? {}));
}
