import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { judged, missing, ok, quoted, warning } from '../../../src/core/doctor/check.ts';
import { doctorJson, doctorText } from '../../../src/core/doctor/show.ts';
import { NOT_ASKED, answered } from '../../support/doctor.ts';
import { fc } from '../../support/property.ts';

describe('a word of a command', () => {
  test.each([
    ['plain-1.2_3/@%+=:,', 'plain-1.2_3/@%+=:,'],
    ['two words', "'two words'"],
    ["it's", String.raw`'it'\''s'`],
    ['$(rm)', "'$(rm)'"],
    ['a\nb', "'a\nb'"],
    ['', "''"],
  ])('%j is written %s', (word, written) => {
    expect(quoted(word)).toBe(written);
  });

  test('is the same word for a shell, whatever it holds', () => {
    const word = fc
      .string({ unit: 'grapheme', maxLength: 20 })
      .filter((one) => !one.includes('\0'));
    fc.assert(
      fc.property(word, (one) => {
        const { stdout } = spawnSync('sh', ['-c', `printf %s ${quoted(one)}`]);
        expect(stdout.toString('utf8')).toBe(Buffer.from(one).toString('utf8'));
      }),
      { numRuns: 50 },
    );
  });
});

test('nothing is concluded where nobody was asked', () => {
  const judge = (): never => {
    throw new Error('judged');
  };
  expect(judged('a/b', 'here', NOT_ASKED, judge)).toEqual([
    {
      id: 'a/b',
      state: 'unknown',
      where: 'here',
      what: 'not asked: nobody is there',
      fix: 'do this',
    },
  ]);
  expect(judged('a/b', 'here', answered(1), (one) => ok('a/b', 'here', `${one}`))).toEqual([
    { id: 'a/b', state: 'ok', where: 'here', what: '1', fix: '' },
  ]);
  expect(judged('a/b', 'here', answered(1), () => [])).toEqual([]);
});

const CHECKS = [
  ok('github/a', 'one', 'is there'),
  missing('secrets/b', 'two', 'is not', 'make it'),
  missing('github/c', 'three', 'is not', 'make it too'),
  ...judged('cluster/d', 'four', NOT_ASKED, () => []),
];

describe('what is shown', () => {
  test('is grouped, with the command below what is missing', () => {
    expect(doctorText(CHECKS)).toBe(
      [
        'GitHub',
        '  ✓ one: is there',
        '  ✗ three: is not',
        '      make it too',
        '',
        'clusters',
        '  ? four: not asked: nobody is there',
        '      do this',
        '',
        'secrets',
        '  ✗ two: is not',
        '      make it',
        '',
        '1 fine, 2 missing, 1 not asked: this is no word on those',
        '',
      ].join('\n'),
    );
  });

  test('warns, with the command, and counts it', () => {
    expect(doctorText([warning('cluster/a', 'one', 'may cost homes', 'do this')])).toBe(
      'clusters\n  ⚠ one: may cost homes\n      do this\n\n0 fine, 1 warning, 0 missing\n',
    );
  });

  test('leaves out groups without a check, and what was not asked where all was', () => {
    expect(doctorText([ok('secrets/a', 'one', 'is there')])).toBe(
      'secrets\n  ✓ one: is there\n\n1 fine, 0 missing\n',
    );
  });

  test('keeps every text in its line', () => {
    const text = doctorText([missing('github/a', 'x\ny', 'a\u001b[2Jb\u202e', 'c\r::set-env')]);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'GitHub',
      '  ✗ x y: a<U+001B>[2Jb<U+202E>',
      '      c ::set-env',
    ]);
  });

  test('is the same as JSON, without a fix where nothing is to do', () => {
    expect(doctorJson(CHECKS.slice(0, 2))).toEqual([
      { id: 'github/a', state: 'ok', where: 'one', what: 'is there', fix: null },
      { id: 'secrets/b', state: 'missing', where: 'two', what: 'is not', fix: 'make it' },
    ]);
  });
});
