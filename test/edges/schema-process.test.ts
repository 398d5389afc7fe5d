import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../src/core/json.ts';
import { askSchema } from '../../src/edges/schema-process.ts';

const ask = (schema: JsonObject, value: JsonObject, limits?: Parameters<typeof askSchema>[1]) =>
  askSchema({ schema: JSON.stringify(schema), defaults: { d: 1 }, values: [value, {}] }, limits);

describe('a schema is compiled in a process of its own', () => {
  test('that answers like the code in it', async () => {
    expect(await ask({ properties: { a: { type: 'string' } } }, { a: 1 })).toEqual({
      kind: 'checked',
      faults: [[{ path: '/a', message: 'must be string' }], []],
    });
    expect(await ask({ $ref: '#' }, {})).toEqual({
      kind: 'unusable',
      why: 'Maximum call stack size exceeded',
    });
  });

  test('that is ended where a pattern never comes to an end', async () => {
    const schema = { properties: { a: { pattern: '^(a+)+$' } } };
    const value = { a: `${'a'.repeat(60)}b` };
    expect(await ask(schema, value, { timeoutMs: 1500, memoryMb: 256 })).toEqual({
      kind: 'unusable',
      why: 'it takes more than 1.5 s',
    });
  });

  test('that is ended where it takes too much memory', async () => {
    const part = { properties: { a: { type: 'string', minLength: 2 } } };
    const schema = { allOf: Array.from({ length: 100_000 }, () => part) };
    expect(await ask(schema, { a: 1 }, { timeoutMs: 25_000, memoryMb: 32 })).toEqual({
      kind: 'unusable',
      why: 'it takes more than 32 MB',
    });
  });
});
