import { describe, expect, test } from '@jest/globals';
import {
  isPackageList,
  packagesHash,
  packagesPath,
  packagesText,
  readPackages,
} from '../../../src/core/model/package-list.ts';
import type { Package } from '../../../src/core/model/package-list.ts';
import { readPlatform } from '../../../src/core/model/platform.ts';
import { isRead } from '../../../src/core/model/layout.ts';
import { fc } from '../../support/property.ts';

const numpy: Package = { manager: 'conda', name: 'numpy', version: '2.3.4', source: 'sha256:ab' };
const git: Package = { manager: 'apt', name: 'git', version: '1:2.43.0', source: 'sha256:cd' };
const tool: Package = { manager: 'pip', name: 'tool', version: '1', source: 'git+https://x/y@ef' };
const FILE = 'images/science/packages/2026-11-01-aaaaaa.txt';
const said = (text: string) =>
  readPackages(FILE, text).findings.map(({ at, message }) => [at.line, message]);

test('one a line, sorted, each once', () => {
  expect(packagesText([tool, numpy, git, numpy])).toBe(
    'apt git 1:2.43.0 sha256:cd\nconda numpy 2.3.4 sha256:ab\npip tool 1 git+https://x/y@ef\n',
  );
  expect(packagesText([])).toBe('');
  expect(packagesPath('science', '2026-11-01-aaaaaa')).toBe(FILE);
  expect(packagesHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4');
});

test('is read as it was written', () => {
  const word = fc.stringMatching(/^[!-~]{1,12}$/u);
  const one = fc.record({
    manager: fc.constantFrom('apt', 'conda', 'pip'),
    name: word,
    version: word,
    source: word,
  });
  fc.assert(
    fc.property(fc.array(one), (packages) => {
      const text = packagesText(packages);
      const read = readPackages(FILE, text);
      expect(read.findings).toEqual([]);
      expect(packagesText(read.packages)).toBe(text);
    }),
  );
});

test.each([
  { ...numpy, name: 'a\npip evil 1 x' },
  { ...numpy, version: '1 2' },
  { ...numpy, source: '' },
  { ...numpy, name: 'é' },
])('what would be another line is not written: %j', (one) => {
  expect(() => packagesText([one])).toThrow('is no line of a package list');
});

describe('what is wrong with a list', () => {
  const good = 'apt git 1 x\npip tool 1 y\n';
  const form = 'this is not "MANAGER NAME VERSION SOURCE"';

  test.each<[string, [number, string][]]>([
    [good, []],
    ['', []],
    ['apt git 1 x', [[1, 'the last line does not end']]],
    [`${good}npm left-pad 1 z\n`, [[3, form]]],
    ['apt git 1\n', [[1, form]]],
    ['apt git 1 x y\n', [[1, form]]],
    ['\n', [[1, form]]],
    ['pip tool 1 y\napt git 1 x\n', [[2, 'the line is not in its place']]],
    ['apt git 1 x\napt git 1 x\n', [[2, 'the line is not in its place']]],
  ])('%j', (text, findings) => {
    expect(said(text)).toEqual(findings);
  });

  test('is found by check, with its line', () => {
    const text = 'apt git 1 x\nrm -rf /\n';
    const { findings } = readPlatform(new Map([[FILE, { kind: 'text', text }]]));
    expect(findings.filter(({ rule }) => rule === 'package-list')).toEqual([
      {
        rule: 'package-list',
        severity: 'error',
        at: { file: FILE, line: 2, column: 1 },
        message: form,
        hint: 'package lists are written by the platform: restore the file',
      },
    ]);
  });
});

test.each([
  [FILE, true],
  ['images/science/packages/a/b.txt', false],
  ['images/science/packages/a.yaml', false],
  ['images/science/notes/a.txt', false],
  ['x/images/science/packages/a.txt', false],
])('%s is a package list: %s', (path, is) => {
  expect(isPackageList(path)).toBe(is);
  expect(isRead(path)).toBe(is);
});
