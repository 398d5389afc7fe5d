import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { SchemaAnswer } from '../../src/core/charts/schema.ts';
import { keptAnswer } from '../../src/edges/schema-kept.ts';
import { temporary } from '../support/sample.ts';

let folder: Awaited<ReturnType<typeof temporary>>;
let code: string;
let asked: number;

beforeEach(async () => {
  folder = await temporary();
  process.env['GLACIOCLOUD_CACHE'] = join(folder.path, 'cache');
  code = join(folder.path, 'schema.js');
  await writeFile(code, 'first');
  asked = 0;
});
afterEach(async () => {
  delete process.env['GLACIOCLOUD_CACHE'];
  await folder.remove();
});

const sound: SchemaAnswer = { kind: 'checked', faults: [[], []] };
const faulty: SchemaAnswer = { kind: 'checked', faults: [[], [{ path: '/a', message: 'no' }]] };
const unusable: SchemaAnswer = { kind: 'unusable', why: 'it takes more than 1 s' };

const ask = (answer: SchemaAnswer, question = 'q') =>
  keptAnswer(code, question, () => {
    asked += 1;
    return Promise.resolve(answer);
  });

const entries = (): Promise<string[]> => readdir(join(folder.path, 'cache', 'schemas'));

describe('that values are sound', () => {
  test('is asked once, for as many as there are', async () => {
    expect(await ask(sound)).toEqual(sound);
    expect(await ask(unusable)).toEqual(sound);
    expect(asked).toBe(1);
  });

  test('is asked again for another question, and where the code has changed', async () => {
    await ask(sound);
    expect(await ask(faulty, 'q2')).toEqual(faulty);
    await writeFile(code, 'second');
    expect(await ask(faulty)).toEqual(faulty);
    expect(asked).toBe(3);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another thing', '[]'],
    ['no number', '{"sound":"2"}'],
    ['less than none', '{"sound":-1}'],
    ['half a value', '{"sound":0.5}'],
  ])('is asked again where %s is kept', async (_, text) => {
    await ask(sound);
    const [name = ''] = await entries();
    await writeFile(join(folder.path, 'cache', 'schemas', name), text);
    expect(await ask(faulty)).toEqual(faulty);
  });

  test('of none is kept too', async () => {
    await ask({ kind: 'checked', faults: [] });
    expect(await ask(faulty)).toEqual({ kind: 'checked', faults: [] });
  });
});

describe('what is wrong', () => {
  test.each([
    ['faults', faulty],
    ['a schema of no use', unusable],
  ])('is not kept: %s', async (_, answer) => {
    expect(await ask(answer)).toEqual(answer);
    expect(await ask(answer)).toEqual(answer);
    expect(asked).toBe(2);
  });

  test('with the cache is only asked again', async () => {
    await writeFile(join(folder.path, 'cache'), 'a file where the folder would be');
    expect(await ask(sound)).toEqual(sound);
    expect(await ask(sound)).toEqual(sound);
    expect(asked).toBe(2);
    expect(await readFile(join(folder.path, 'cache'), 'utf8')).toBe(
      'a file where the folder would be',
    );
  });
});
