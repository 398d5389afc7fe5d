import { describe, expect, test } from '@jest/globals';
import {
  MOST_CHARACTERS,
  packageLines,
  packagesOfLines,
} from '../../../src/core/images/package-lines.ts';
import type { Package } from '../../../src/core/model/package-list.ts';

const one = (name: string, version = '1', source = 'sha256:00'): Package => ({
  manager: 'pip',
  name,
  version,
  source,
});

describe('lines of packages', () => {
  test('are sorted, each once, without where it comes from', () => {
    const apt = { ...one('git', '1:2.39'), manager: 'apt' as const };
    expect(packageLines([one('b'), one('a', '2'), apt, one('b', '1', 'sha256:11')])).toEqual([
      'apt git 1:2.39',
      'pip a 2',
      'pip b 1',
    ]);
    expect(packageLines([])).toEqual([]);
  });

  test.each([
    [MOST_CHARACTERS, 2],
    [MOST_CHARACTERS + 1, 0],
  ])('of %d characters: %d', (length, number) => {
    const rest = length - 'pip a 1\npip b '.length;
    const packages = [one('a'), one('b', 'x'.repeat(rest))];
    expect(packageLines(packages)).toHaveLength(number);
    expect(packagesOfLines(['pip a 1', `pip b ${'x'.repeat(rest)}`])?.length ?? 0).toBe(number);
  });

  test('are read as they were written', () => {
    expect(packagesOfLines(['apt git 1:2.39', 'conda git 3', 'pip a 2'])).toEqual([
      { manager: 'apt', name: 'git', version: '1:2.39', source: 'unsaid' },
      { manager: 'conda', name: 'git', version: '3', source: 'unsaid' },
      { manager: 'pip', name: 'a', version: '2', source: 'unsaid' },
    ]);
    expect(packagesOfLines([])).toEqual([]);
  });

  test.each([
    ['of two words', 'pip a'],
    ['of four words', 'pip a 1 2'],
    ['of another manager', 'npm a 1'],
    ['with a line break', 'pip a 1\n'],
    ['with a letter of another script', 'pip а 1'],
    ['that is empty', ''],
    ['that stands there twice', 'pip b 1'],
    ['that is not in its place', 'pip a 9'],
  ])('a line %s makes it no list', (_what, line) => {
    expect(packagesOfLines(['pip b 1', line])).toBeUndefined();
  });
});
