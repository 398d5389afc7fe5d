import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { parseDiff, withoutEquivalents } from '../../scripts/mutate/choose.ts';
import type { Equivalent } from '../../scripts/mutate/choose.ts';
import { apply, mutantsOf, sample } from '../../scripts/mutate/points.ts';
import { filesBelow, reachOf, testsFor } from '../../scripts/mutate/reach.ts';
import { ROOT } from '../support/sample.ts';

/** What becomes of a line, one text for each mutant, in the order of the text. */
const mutated = (text: string): string[] => mutantsOf('x.ts', text).map((one) => apply(text, one));

describe('what is changed', () => {
  test.each<[string, string[]]>([
    ['a = b < c;', ['a = b <= c;', 'a = b >= c;']],
    ['a = b <= c;', ['a = b < c;', 'a = b > c;']],
    ['a = b > c;', ['a = b >= c;', 'a = b <= c;']],
    ['a = b >= c;', ['a = b > c;', 'a = b < c;']],
    ['a = b === c;', ['a = b !== c;']],
    ['a = b !== c;', ['a = b === c;']],
    ['a = b && c;', ['a = b || c;']],
    ['a = b || c;', ['a = b && c;']],
    ['a = b + c;', ['a = b - c;']],
    ['a = b - c;', ['a = b + c;']],
    ['a = b * c;', ['a = b / c;']],
    ['a = b / c;', ['a = b * c;']],
    ['a += b;', ['a -= b;']],
    ['a -= b;', ['a += b;']],
    ['a++;', ['a--;']],
    ['--a;', ['++a;']],
    ['a = b ?? c;', ['a = b;']],
    ['a = !b;', ['a = b;']],
    ['a = 5;', ['a = 6;', 'a = (4);']],
    ['a = true;', ['a = false;']],
    ['a = false;', ['a = true;']],
    ["a = 'b';", ["a = '';"]],
    ["a = '';", ["a = 'changed';"]],
    ['a = `b`;', ["a = '';"]],
    ['a = `b${c}d`;', ['a = `${c}d`;', 'a = `b${c}`;']],
    ['a = `${b} ${c}`;', []],
    ['a = b?.c;', ['a = b.c;']],
    ['a = b?.[c];', ['a = b[c];']],
    ['a = b?.(c);', ['a = b(c);']],
    ['a = b ? c : d;', ['a = !(b) ? c : d;', 'a = b ? d : c;']],
    ['a = b === c ? d : e;', ['a = b !== c ? d : e;', 'a = b === c ? e : d;']],
    ['a = [b, c, d];', ['a = [c, d];', 'a = [b, d];', 'a = [b, c];']],
    ['a = [b];', ['a = [];']],
    ['a = [b,];', ['a = [];']],
    ['[a, b] = [b, a];', ['[a, b] = [a];', '[a, b] = [b];']],
    ['a = { b, ...c, d: e };', ['a = { ...c, d: e };', 'a = { b, d: e };', 'a = { b, ...c };']],
    ["a = { 'b-c': d };", ['a = {};']],
    ['a = /^b$/u;', ['a = /b$/u;', 'a = /^b/u;']],
    ['a = /b\\$/giu;', ['a = /b\\$/iu;', 'a = /b\\$/gu;']],
    ['a(b);', [';']],
    ['await a(b);', [';']],
    ['if (a) b = c;', ['if (!(a)) b = c;', 'if (a) {}']],
    [
      'if (!a) b = c; else d = e;',
      ['if (a) b = c; else d = e;', 'if (!a) {} else d = e;', 'if (!a) b = c;'],
    ],
    ['while (a) b = c;', ['while (!(a)) b = c;']],
    ['for (; a; ) b = c;', ['for (; !(a); ) b = c;']],
    ['do b = c; while (a);', ['do b = c; while (!(a));']],
    ['switch (a) { case b: c = d; break; default: }', ['switch (a) { case b: break; default: }']],
    ['switch (a) { case b: break; }', []],
    ['function a() { b = c; }', ['function a() { return; b = c; }']],
    ['a = (b) => c;', ['a = (b) => undefined;']],
    ['function a() {}', []],
    ["import { a } from 'b';", []],
    ["export { a } from 'b';", []],
    ["type A = 'b' | 1;", []],
    ["interface A { b: 'c' | true }", []],
    ["let a: 'b' | undefined;", []],
    ["// a = 'b' < 5;", []],
  ])('%s', (text, expected) => {
    expect(mutated(text)).toEqual(expected);
  });

  test('where it stands', () => {
    const text = 'a = b;\n  if (c) d();\n';
    const place = { file: 'x.ts', line: 2, source: 'if (c) d();' };
    expect(mutantsOf('x.ts', text)).toEqual([
      { ...place, column: 7, start: 13, end: 14, text: '!(c)', what: 'negated: c' },
      { ...place, column: 10, start: 16, end: 20, text: '{}', what: 'dropped branch: d();' },
      { ...place, column: 10, start: 16, end: 20, text: ';', what: 'dropped call: d()' },
    ]);
  });

  test('all of our own code stays code', () => {
    for (const file of filesBelow(ROOT, 'src/core/check')) {
      const text = readFileSync(join(ROOT, file), 'utf8');
      for (const mutant of mutantsOf(file, text)) {
        const { diagnostics = [] } = ts.transpileModule(apply(text, mutant), {
          reportDiagnostics: true,
          compilerOptions: { target: ts.ScriptTarget.ES2023 },
        });
        expect([
          mutant.line,
          mutant.what,
          ...diagnostics.map(({ messageText }) => messageText),
        ]).toEqual([mutant.line, mutant.what]);
      }
    }
  });
});

describe('which are taken', () => {
  const items = Array.from({ length: 1000 }, (_, index) => index);

  test('the same for the same seed, others for another', () => {
    expect(sample(items, 50, 7)).toEqual(sample(items, 50, 7));
    expect(sample(items, 50, 7)).not.toEqual(sample(items, 50, 8));
    expect(sample(items, 2000, 7)).toEqual(items);
    expect(new Set(sample(items, 50, 7)).size).toBe(50);
  });

  test('each is as likely as any other', () => {
    const counts = new Map<number, number>();
    for (let seed = 0; seed < 2000; seed++)
      for (const item of sample(items.slice(0, 10), 5, seed))
        counts.set(item, (counts.get(item) ?? 0) + 1);
    // Of 2000 draws of a half: 1000, and 4 standard deviations are 90.
    for (const item of items.slice(0, 10))
      expect(Math.abs((counts.get(item) ?? 0) - 1000)).toBeLessThan(90);
  });

  test('lines that a diff adds', () => {
    const diff = [
      'diff --git a/src/a.ts b/src/a.ts',
      '--- a/src/a.ts',
      '+++ b/src/a.ts',
      '@@ -3 +3 @@ export',
      '+x',
      '@@ -9,0 +10,3 @@',
      '@@ -20,2 +24,0 @@',
      '--- a/src/b.ts',
      '+++ b/src/b.ts',
      '@@ -0,0 +1 @@',
    ].join('\n');
    expect(parseDiff(diff)).toEqual(
      new Map([
        ['src/a.ts', new Set([3, 10, 11, 12])],
        ['src/b.ts', new Set([1])],
      ]),
    );
  });

  test('equivalents do not count, and those that are no more are named', () => {
    const mutants = mutantsOf('x.ts', 'a = b < c;');
    const listed = { file: 'x.ts', source: 'a = b < c;', what: '< → <=', reason: 'b is never c' };
    const gone = { ...listed, what: '> → >=' };
    const elsewhere = { ...listed, file: 'y.ts' };
    const { counted, stale } = withoutEquivalents(mutants, [listed, gone, elsewhere]);
    expect(counted.map(({ what }) => what)).toEqual(['< → >=']);
    expect(stale).toEqual([gone]);
  });
});

test('those listed are mutants, of at most 3 %, each with a reason', () => {
  const path = join(ROOT, 'test/mutate/equivalents.json');
  const list = JSON.parse(readFileSync(path, 'utf8')) as Equivalent[];
  const all = filesBelow(ROOT, 'src').flatMap((file) =>
    mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')),
  );
  const { counted, stale } = withoutEquivalents(all, list);
  expect(stale).toEqual([]);
  expect(counted.length).toBeGreaterThan(0.97 * all.length);
  expect(list.filter(({ reason }) => reason.length < 20)).toEqual([]);
});

test('tests that run the file, the nearest first, and of those the quickest', () => {
  const reach = new Map(
    [
      'test/edges/a.test.ts',
      'test/core/hub/other.test.ts',
      'test/core/plan.test.ts',
      'test/core/hub/slow.test.ts',
      'test/core/hub/gates-late.test.ts',
      'test/core/hub/gates.test.ts',
      'test/core/none.test.ts',
    ].map((name) => [name, new Set(name.includes('none') ? [] : ['src/core/hub/gates.ts'])]),
  );
  const seconds = new Map([
    ['test/core/hub/slow.test.ts', 5],
    ['test/core/hub/gates-late.test.ts', 1],
  ]);
  expect(testsFor('src/core/hub/gates.ts', reach, seconds)).toEqual([
    'test/core/hub/gates.test.ts',
    'test/core/hub/gates-late.test.ts',
    'test/core/hub/other.test.ts',
    'test/core/hub/slow.test.ts',
    'test/core/plan.test.ts',
    'test/edges/a.test.ts',
  ]);
});

describe('a small project of its own', () => {
  let root: string;
  let output: string;
  const files = {
    'src/core/seen.ts':
      "import type { Unseen } from './unseen.ts';\nexport type { Unseen };\nexport const isFull = (n: number): boolean => n >= 3;\n",
    'src/core/unseen.ts':
      'export type Unseen = string;\nexport const isEmpty = (n: number): boolean => n <= 0;\n',
    'src/core/endless.ts':
      'export function count(from: number): number {\n  let left = from;\n  while (left > 0) left--;\n  return left;\n}\n',
    'test/core/seen.test.ts':
      "import { expect, test } from '@jest/globals';\nimport { isFull } from '../../src/core/seen.ts';\ntest('it', () => expect([2, 3, 4].map(isFull)).toEqual([false, true, true]));\n",
    'test/core/endless.test.ts':
      "import { expect, test } from '@jest/globals';\nimport { count } from '../../src/core/endless.ts';\ntest('it', () => expect(count(2)).toBe(0));\n",
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'mutate-test-'));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(root, name, '..'), { recursive: true });
      await writeFile(join(root, name), text);
    }
    await writeFile(join(root, 'package.json'), '{"type": "module"}');
    await symlink(join(ROOT, 'node_modules'), join(root, 'node_modules'));
    const run = promisify(execFile)(
      process.execPath,
      [join(ROOT, 'scripts/mutate.ts'), '--seed', '1', '--limit', '2', '--at-least', '50'],
      { cwd: root },
    );
    output = (await run).stdout;
  }, 120_000);
  afterAll(() => rm(root, { recursive: true, force: true }));

  test('types alone run nothing', () => {
    const reach = reachOf(root, ['test/core/seen.test.ts']);
    expect([...(reach.get('test/core/seen.test.ts') ?? [])]).toEqual([
      'test/core/seen.test.ts',
      'src/core/seen.ts',
    ]);
  });

  test('what a test sees is killed, what none sees survives', () => {
    const survivors = output.split('\n').filter((line) => line.startsWith('survived'));
    expect(survivors.sort()).toEqual([
      'survived src/core/unseen.ts:2:48 returned early: not n <= 0',
      'survived src/core/unseen.ts:2:50 <= → <',
      'survived src/core/unseen.ts:2:50 <= → >',
      'survived src/core/unseen.ts:2:53 0 → (-1)',
      'survived src/core/unseen.ts:2:53 0 → 1',
    ]);
    expect(output).toContain('    export const isEmpty = (n: number): boolean => n <= 0;\n');
  });

  test('the last line counts; a loop without an end is ended and counted as killed', () => {
    expect(output.trimEnd().split('\n').at(-1)).toBe('killed 12 of 17');
    expect(output).toContain('src/core                 12/17 71 %\nseed 1, ');
  });

  test('the tree stays as it was', () => {
    for (const [name, text] of Object.entries(files))
      expect(readFileSync(join(root, name), 'utf8')).toBe(text);
  });
});
