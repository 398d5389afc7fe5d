import { describe, expect, test } from '@jest/globals';
import { answerSchema, outsideReference } from '../../../src/core/charts/schema.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { valueFindings } from '../../../src/core/check/values.ts';
import { platformWith } from '../../support/written.ts';

const answer = (schema: JsonObject, ...values: JsonObject[]) =>
  answerSchema({ schema: JSON.stringify(schema), defaults: { d: 1 }, values });

describe('values against a schema', () => {
  test('defaults count, and each hub has its own faults', () => {
    const schema = { required: ['d', 'a'], properties: { a: { type: 'string' } } };
    expect(answer(schema, { a: 'x' }, { a: 1 }, {}, { a: 'x' })).toEqual({
      kind: 'checked',
      faults: [
        [],
        [{ path: '/a', message: 'must be string' }],
        [{ path: '', message: "must have required property 'a'" }],
        [],
      ],
    });
    expect(answer({})).toEqual({ kind: 'checked', faults: [] });
  });

  test('unknown keys come with those that are known, one by one', () => {
    const schema = { additionalProperties: false, properties: { d: {}, abc: {} } };
    const fault = (key: string) => ({
      path: '',
      message: 'must NOT have additional properties',
      unknown: { key, known: ['d', 'abc'] },
    });
    expect(answer(schema, { x: 1, y: 2 })).toEqual({
      kind: 'checked',
      faults: [[fault('x'), fault('y')]],
    });
  });

  test('of several faults at one place the first stays', () => {
    expect(answer({ properties: { d: { allOf: [{ maximum: 0 }, { minimum: 2 }] } } }, {})).toEqual({
      kind: 'checked',
      faults: [[{ path: '/d', message: 'must be <= 0' }]],
    });
  });

  test('no more is told than a person reads, and nothing that is costly to compare', () => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`k${index}`, index] as const),
    );
    const told = answer({ additionalProperties: { type: 'null' } }, many);
    expect(told.kind === 'checked' && told.faults[0]?.length).toBe(50);
    const names = Array.from({ length: 600 }, (_, index) => `n${index}`);
    const properties = Object.fromEntries([...names, 'x'.repeat(101)].map((name) => [name, {}]));
    const known = (key: string): number | undefined => {
      const schema = { properties: { d: {}, a: { additionalProperties: false, properties } } };
      const one = answer(schema, { a: { [key]: 1 } });
      return one.kind === 'checked' ? one.faults[0]?.[0]?.unknown?.known.length : undefined;
    };
    expect(known('k'.repeat(100))).toBe(500);
    expect(known('k'.repeat(101))).toBe(0);
    const long = answer({ properties: { d: { const: 2, pattern: 'x', enum: [2] } } }, {});
    expect(long).toMatchObject({ kind: 'checked' });
  });

  test('long words are cut', () => {
    const text = (letters: number): string | undefined => {
      const pattern = 'x'.repeat(letters - 'must match pattern ""'.length);
      const one = answer({ properties: { a: { pattern } } }, { a: 'y' });
      return one.kind === 'checked' ? one.faults[0]?.[0]?.message : undefined;
    };
    expect(text(300)).toMatch(/x"$/u);
    expect(text(301)).toMatch(/x…$/u);
    expect(text(400)).toHaveLength(301);
  });
});

describe('a schema of no use is said to be that', () => {
  test.each<[string, JsonObject, RegExp]>([
    ['a reference to elsewhere', { $ref: 'https://example.org/a' }, /^can't resolve reference/u],
    ['a reference to nothing', { $ref: '#/$defs/a' }, /^can't resolve reference/u],
    ['a reference to itself', { $ref: '#' }, /^Maximum call stack size exceeded$/u],
    ['a pattern that is none', { properties: { d: {}, a: { pattern: '(' } } }, /regular expression/u],
    ['a type that is none', { type: 'thing' }, /^type must be JSONType/u],
  ])('%s', (_what, schema, why) => {
    expect(answer(schema, { a: 'x' })).toEqual({
      kind: 'unusable',
      why: expect.stringMatching(why) as unknown,
    });
  });

  test('as a finding at the chart', () => {
    const platform = platformWith({});
    const around = { asked: [], defaults: {} };
    const at = platform.settings.at('/charts/jupyterhub');
    expect(valueFindings(platform, around, { kind: 'unusable', why: 'it takes more than 20 s' })).toEqual([
      {
        rule: 'chart-schema',
        severity: 'error',
        at,
        message: `values cannot be held to the schema of jupyterhub ${platform.settings.data.charts.jupyterhub.version}: it takes more than 20 s`,
        hint: 'no published chart has such a schema: compare the chart with its release, or name another version',
      },
    ]);
    expect(at.file).toBe('platform.yaml');
  });
});

test.each<[JsonObject, string | undefined]>([
  [{}, undefined],
  [{ $ref: '#' }, undefined],
  [{ $ref: '#/$defs/a', $defs: { a: { $ref: { type: 'string' } } } }, undefined],
  [{ $schema: 'http://json-schema.org/draft-07/schema#' }, undefined],
  [{ $ref: '' }, ''],
  [{ $ref: 'a.json#/b' }, 'a.json#/b'],
  [{ a: [null, 1, { b: { $ref: 'x' } }] }, 'x'],
  [{ $dynamicRef: 'y' }, 'y'],
  [{ $recursiveRef: 'z' }, 'z'],
])('%j leads to %j', (schema, reference) => {
  expect(outsideReference(schema)).toBe(reference);
});
