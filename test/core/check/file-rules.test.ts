import { expect, test } from '@jest/globals';
import { FILE_RULES } from '../../../src/core/check/file-rules.ts';
import { RULES } from '../../../src/core/check/rules.ts';
import { FORMATS } from '../../../src/core/model/formats.ts';

test('each rule of the readers has a title and a reason for people', () => {
  for (const { title, why } of FILE_RULES) {
    expect(title).toMatch(/^[A-Z].{9,}\.$/u);
    expect(why).toMatch(/.{5,}\.$/u);
  }
});

test('they are these, and two of them warn', () => {
  expect(FILE_RULES.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
    'error yaml',
    'error file',
    'error file-place',
    'error credential',
    'error secrets-file',
    'warning unread-file',
    'error unknown-key',
    'error missing-key',
    'error schema',
    'error memory-suffix',
    'error cpu-number',
    'error name',
    'error duration',
    'error quantity',
    'error time',
    'error who',
    'error digest',
    'error image-reference',
    'error url',
    'error bucket',
    'error region',
    'error repository',
    'error github-id',
    'error package-name',
    'error build-name',
    'error package-list',
    'error channel',
    'error env-value',
    'error git-ref',
    'error path',
    'error title',
    'error chart-values',
    'error immutable',
    'error chart-schema',
    'warning chart-source',
    'warning placeholder',
    'warning values-unchecked',
  ]);
});

test('no two rules have one id, and what formats report can be looked up', () => {
  const ids = [...FILE_RULES, ...RULES].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const reported = Object.values(FORMATS).map((explain) => explain('').rule);
  expect(reported.filter((id) => !ids.includes(id))).toEqual([]);
});
