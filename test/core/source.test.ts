import { describe, expect, test } from '@jest/globals';
import { MAX_FILE_BYTES, readSource } from '../../src/core/source.ts';
import { fc } from '../support/property.ts';

const said = (text: string): string[] =>
  readSource('x.yaml', text).findings.map(({ at, rule, severity, message, hint }) => {
    expect([at.file, rule, severity]).toEqual(['x.yaml', 'yaml', 'error']);
    return `${at.line}:${at.column} ${message} | ${hint}`;
  });

describe('what is read', () => {
  test('values and where they stand', () => {
    const source = readSource('x.yaml', 'a:\n  b: [1, "two"]\n  "c/d": yes\n');
    expect(source.findings).toEqual([]);
    expect(source.data).toEqual({ a: { b: [1, 'two'], 'c/d': 'yes' } });
    expect(source.at('/a/b/1')).toEqual({ file: 'x.yaml', line: 2, column: 10 });
    expect(source.keyAt('/a/c~1d')).toEqual({ file: 'x.yaml', line: 3, column: 3 });
    expect(source.at('/a/nothing/here')).toEqual({ file: 'x.yaml', line: 2, column: 3 });
  });

  test.each([
    ['', 1, 1],
    ['/a', 2, 3],
    ['/a/b', 2, 6],
    ['/a/b/0', 2, 7],
    ['/list', 4, 1],
    ['/list/0', 4, 3],
    ['/list/1', 5, 3],
    ['/list/1/x', 5, 6],
    ['/list/1/x/deep/down', 5, 6],
    ['/empty', 6, 1],
    ['/single', 7, 9],
    ['/block', 9, 1],
    ['/last', 10, 7],
    ['/absent', 1, 1],
  ])('%s stands at %d:%d', (path, line, column) => {
    const source = readSource(
      'x.yaml',
      'a:\n  b: [1, "two"]\nlist:\n- 1\n- x: 2\nempty:\nsingle: \'s\'\nblock: |\n  text\nlast: 1\n',
    );
    expect(source.findings).toEqual([]);
    expect(source.at(path)).toEqual({ file: 'x.yaml', line, column });
  });

  test('keys stand before their values, and what is absent is not there', () => {
    const source = readSource('x.yaml', 'a: 1\nb:\n  "c": [2]\n  d:\n');
    expect(source.keyAt('/b/c')).toEqual({ file: 'x.yaml', line: 3, column: 3 });
    expect(source.keyAt('/b')).toEqual({ file: 'x.yaml', line: 2, column: 1 });
    expect(source.keyAt('/b/d')).toEqual(source.at('/b/d'));
    expect(source.keyAt('')).toEqual({ file: 'x.yaml', line: 1, column: 1 });
    expect(source.keyAt('/b/c/0')).toEqual({ file: 'x.yaml', line: 3, column: 9 });
    expect(['', '/a', '/b/c/0', '/b/d'].map(source.has)).toEqual([true, true, true, true]);
    expect(['/c', '/b/c/1', '/a/'].map(source.has)).toEqual([false, false, false]);
  });

  test('the text and the file as given; data of an empty file is null', () => {
    const source = readSource('dir/x.yaml', '# words\n');
    expect([source.file, source.text, source.data]).toEqual(['dir/x.yaml', '# words\n', null]);
    expect(source.findings).toEqual([]);
    expect(readSource('x.yaml', '').at('')).toEqual({ file: 'x.yaml', line: 1, column: 1 });
  });

  test('one document may be marked', () => {
    expect(readSource('x.yaml', '---\na: 1\n').data).toEqual({ a: 1 });
    expect(said('---\na: 1\n')).toEqual([]);
  });

  test('lines that end with CRLF', () => {
    expect(readSource('x.yaml', 'a: 1\r\nb: 2\r\n').data).toEqual({ a: 1, b: 2 });
  });

  test.each([
    ['no', 'no'],
    ['on', 'on'],
    ['2026-11-30', '2026-11-30'],
    ['12:30', '12:30'],
    ['4G', '4G'],
    ['1_000', '1_000'],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    ['x0o7', 'x0o7'],
    ['x0xf', 'x0xf'],
    ['0xfg', '0xfg'],
    ['x.inf', 'x.inf'],
    ['x.nan', 'x.nan'],
    ['.nanx', '.nanx'],
    ['0o8', '0o8'],
    ['1.2.3', '1.2.3'],
    ['1e3x', '1e3x'],
    ['.x', '.x'],
    ['+', '+'],
    ['-x', '-x'],
    ['.infx', '.infx'],
    ['nullx', 'nullx'],
    ['xnull', 'xnull'],
    ['trueish', 'trueish'],
    ['untrue', 'untrue'],
    ['falsey', 'falsey'],
    ['nofalse', 'nofalse'],
    ['x1', 'x1'],
    ['~', null],
    ['null', null],
    ['Null', null],
    ['NULL', null],
    ['', null],
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['False', false],
    ['FALSE', false],
    ['0', 0],
    ['-1', -1],
    ['1.5', 1.5],
    ['-0.5', -0.5],
    ['"1.10"', '1.10'],
    ["'true'", 'true'],
    ['"null"', 'null'],
    ["''", ''],
  ])('%j is %j', (written, expected) => {
    const { data, findings } = readSource('x.yaml', `a: ${written}\n`);
    expect(findings).toEqual([]);
    expect(data).toEqual({ a: expected });
  });
});

describe('what is refused', () => {
  const OUT = 'write the value out';
  const TEXT = 'write plain text, quoted if it must stay text';
  const OPEN = '1:4 "[" is opened here and not closed | write "]" where it ends';
  const ODD =
    'a control character or lone carriage return stands here | remove it; lines end with LF or CRLF';
  test.each<[what: string, text: string, ...expected: string[]]>([
    ['anchors', 'a: &x 1\n', `1:4 anchors are not read here | ${OUT} where it is needed`],
    [
      'anchors of lists',
      'a: &x [1]\n',
      `1:4 anchors are not read here | ${OUT} where it is needed`,
    ],
    [
      'aliases',
      'a: &x 1\nb: *x\n',
      `1:4 anchors are not read here | ${OUT} where it is needed`,
      `2:4 aliases are not read here | ${OUT}`,
    ],
    ['tags', 'a: !!str 1\n', `1:4 tags are not read here | ${TEXT}`],
    ['a tag of everything', '!x {a: 1}\n', `1:1 tags are not read here | ${TEXT}`],
    ['tags of mappings', 'a: !x {}\n', `1:4 tags are not read here | ${TEXT}`],
    ['merge keys', '<<: {a: 1}\n', '1:1 merge keys are not read here | write the keys out'],
    [
      'several documents',
      'a: 1\n---\nb: 2\n---\nc: 3\n',
      '2:1 the file holds several documents | one file, one document: remove "---"',
    ],
    [
      'a byte order mark',
      '\u{FEFF}a: 1\n',
      '1:1 the file starts with a byte order mark | save it as UTF-8 without BOM',
    ],
    ['a lone carriage return', 'a: 1\rb: 2\n', `1:5 ${ODD}`],
    ['a bell', 'a: 1\nb: "\u0007"\n', `2:5 ${ODD}`],
    ['a line separator', 'a: "\u2028"\n', `1:5 ${ODD}`],
    [
      'a key that is a list',
      'x: 1\n? [x]\n: 1\nx: 2\n',
      '2:3 a key must be plain text | use a word as the key',
    ],
    [
      'a key that is a mapping',
      '? {x: 1}\n: 1\n',
      '1:3 a key must be plain text | use a word as the key',
    ],
    ['a key twice', 'a: 1\na: 2\n', '2:1 the key "a" stands twice | keep one of the two'],
    ['tabs', 'a:\n\tb: 1\n', '2:1 a tab is used for indentation | indent with spaces'],
    [
      'tabs after spaces',
      'a:\n  \tb: [\n',
      '2:1 a tab is used for indentation | indent with spaces',
      OPEN.replace('1:4', '2:8'),
    ],
    ['prototypes', '__proto__: {x: 1}\n', '1:1 this key is not allowed | choose another name'],
    ['broken YAML', 'a: [1\n', OPEN],
    ['broken YAML with a tab that is no indentation', 'a: [1\t\n', OPEN],
    [
      'two mistakes',
      'a: !x 1\nb: 01\n',
      `1:4 tags are not read here | ${TEXT}`,
      ...number('2:4', '01', '1'),
    ],
    ...[
      ['1.10', '1.1'],
      ['1.', '1'],
      ['.5', '0.5'],
      ['+1', '1'],
      ['-01', '-1'],
      ['1e3', '1000'],
      ['1E+3', '1000'],
      ['1e-3', '0.001'],
      ['0x4A6F', '19055'],
      ['0o17', '15'],
      ['12345678901234567890', '12345678901234567000'],
      ['0123', '123'],
      ['-0', '0'],
    ].map(([raw = '', value = '']): [string, string, ...string[]] => [
      raw,
      `a: ${raw}\n`,
      ...number('1:4', raw, value),
    ]),
    ['.inf', 'a: .inf\n', ...number('1:4', '.inf', 'NaN')],
    ['-.INF', 'a: -.INF\n', ...number('1:4', '-.INF', 'NaN')],
    ['.nan', 'a: .nan\n', ...number('1:4', '.nan', 'NaN')],
  ])('%s', (_what, text, ...expected) => {
    expect(said(text)).toEqual(expected);
  });

  function number(place: string, raw: string, value: string): string[] {
    const hint = `write "${raw}" in quotes if it is text, or ${value}`;
    return [`${place} ${raw} would be read as the number ${value} | ${hint}`];
  }

  test('a file of more than 1 MB', () => {
    const large = `a: ${'x'.repeat(MAX_FILE_BYTES - 3)}`;
    expect(said(large)).toEqual([]);
    expect(said(`${large}x`)).toEqual([
      '1:1 the file is larger than 1 MB | split it, or keep data out of the platform files',
    ]);
  });

  test('and gives data all the same, where it is data', () => {
    expect(readSource('x.yaml', 'a: 1\na: 2\nb: 1.10\nc: .inf\n').data).toEqual({
      a: 2,
      b: 1.1,
      c: '.inf',
    });
    const { data } = readSource('x.yaml', '__proto__: {x: 1}\na: 1\n');
    expect(Object.getPrototypeOf(data)).toBe(Object.prototype);
    expect(data).toEqual({ a: 1 });
    expect(readSource('x.yaml', 'a: &x 1\nb: *x\nc: 3\n').data).toEqual({ a: 1, b: null, c: 3 });
    expect(readSource('x.yaml', 'a: 1\n---\nb: 2\n').data).toEqual({ a: 1 });
  });
});

test('any text gives data or findings, never an exception', () => {
  const soup = fc.array(
    fc.constantFrom(
      'a',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      '&x ',
      '*x',
      '|',
      '>',
      '1',
      '\t',
      '\u{FEFF}',
      '!',
      '?',
      ',',
      '%',
      '@',
      '~',
      '---\n',
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        soup.map((parts) => parts.join('')),
      ),
      (text) => {
        const source = readSource('x.yaml', text);
        for (const { at } of source.findings) {
          expect(at.line).toBeGreaterThan(0);
          expect(at.column).toBeGreaterThan(0);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

/** Numbers that print back otherwise than JSON writes them are refused, and so are keys that are. */
const readable = fc.jsonValue({ maxDepth: 3, noUnicodeString: true }).filter((value) => {
  const text = JSON.stringify(value);
  return !/"__proto__":|"<<":|-0|[eE][-+]?[0-9]|[\u007F\u0085\u2028\u2029]/u.test(text);
});

test('what JSON can say is read as JSON says it', () => {
  fc.assert(
    fc.property(readable, (value) => {
      const source = readSource('x.yaml', JSON.stringify({ value }));
      expect(source.findings).toEqual([]);
      expect(JSON.stringify(source.data)).toBe(JSON.stringify({ value }));
    }),
  );
});
