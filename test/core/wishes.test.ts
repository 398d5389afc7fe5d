import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { load } from 'js-yaml';
import { runRules } from '../../src/core/check/run.ts';
import { hubValues } from '../../src/core/hub/values/build.ts';
import { at } from '../../src/core/json.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { NOW, platformWith } from '../support/written.ts';
import type { Written } from '../support/written.ts';
import { contextWith } from './hub/values/context.ts';

/*
 * What operators of other hubs want, said by keys alone: each file of `wishes/` holds one wish, as keys that take the
 * place of those in the files of the sound platform, and below `expect:` values of its hub by their path; null for
 * what is not there.
 */
const FOLDER = join(import.meta.dirname, 'wishes');
const WISHES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function wish(name: string): { files: Written; expected: Record<string, Json> } {
  const content = load(readFileSync(join(FOLDER, name), 'utf8')) as JsonObject;
  const { expect: expected, ...files } = content;
  return { files: files as Written, expected: expected as Record<string, Json> };
}

test.each(WISHES)('%s is said without a finding, and gives what it asks for', (name) => {
  const { files, expected } = wish(name);
  const findings = runRules({ platform: platformWith(files), now: NOW, defaults: undefined });
  expect(findings.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([]);
  const { values } = hubValues(contextWith({ ...files['environments/hub.yaml'] }, files));
  const given = Object.keys(expected).map((path) => [path, at(values, path) ?? null]);
  expect(Object.keys(expected).length).toBeGreaterThan(0);
  expect(Object.fromEntries(given)).toEqual(expected);
});
