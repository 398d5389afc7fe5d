import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readSource } from '../../src/core/source.ts';

const messages = (text: string): string[] =>
  readSource('x.yaml', text).findings.map(
    ({ at, message }) => `${at.line}:${at.column} ${message}`,
  );

describe('what is read', () => {
  test('values and where they stand', () => {
    const source = readSource('x.yaml', 'a:\n  b: [1, "two"]\n  "c/d": yes\n');
    expect(source.findings).toEqual([]);
    expect(source.data).toEqual({ a: { b: [1, 'two'], 'c/d': 'yes' } });
    expect(source.at('/a/b/1')).toEqual({ file: 'x.yaml', line: 2, column: 10 });
    expect(source.keyAt('/a/c~1d')).toEqual({ file: 'x.yaml', line: 3, column: 3 });
    expect(source.at('/a/nothing/here')).toEqual({ file: 'x.yaml', line: 2, column: 3 });
  });

  test('lines that end with CRLF', () => {
    expect(readSource('x.yaml', 'a: 1\r\nb: 2\r\n').data).toEqual({ a: 1, b: 2 });
  });

  test('words stay words', () => {
    expect(
      readSource('x.yaml', 'a: no\nb: on\nc: 2026-11-30\nd: 12:30\ne: 4G\nf: 1_000\n').data,
    ).toEqual({ a: 'no', b: 'on', c: '2026-11-30', d: '12:30', e: '4G', f: '1_000' });
  });
});

describe('what is refused', () => {
  test.each([
    ['anchors', 'a: &x 1\n', '1:4 anchors are not read here'],
    ['aliases', 'a: &x 1\nb: *x\n', '2:4 aliases are not read here'],
    ['tags', 'a: !!str 1\n', '1:4 tags are not read here'],
    ['merge keys', '<<: {a: 1}\n', '1:1 merge keys are not read here'],
    ['several documents', 'a: 1\n---\nb: 2\n', 'the file holds several documents'],
    ['a byte order mark', '\u{FEFF}a: 1\n', 'byte order mark'],
    ['a lone carriage return', 'a: 1\rb: 2\n', 'control character or lone carriage return'],
    ['a key that is a list', '? [x]\n: 1\n', 'a key must be plain text'],
    ['a key twice', 'a: 1\na: 2\n', '2:1 the key "a" stands twice'],
    ['tabs', 'a:\n\tb: 1\n', '2:1 a tab is used for indentation'],
    ['prototypes', '__proto__: {x: 1}\n', '1:1 this key is not allowed'],
    ['1.10', 'a: 1.10\n', '1:4 1.10 would be read as the number 1.1'],
    ['1e3', 'a: 1e3\n', '1:4 1e3 would be read as the number 1000'],
    ['0x4A6F', 'a: 0x4A6F\n', '1:4 0x4A6F would be read as the number 19055'],
    ['twenty digits', 'a: 12345678901234567890\n', 'would be read as the number'],
    ['an octal', 'a: 0123\n', '1:4 0123 would be read as the number 123'],
    ['broken YAML', 'a: [1\n', 'this is not YAML'],
  ])('%s', (_what, text, expected) => {
    expect(messages(text).join('\n')).toContain(expected);
  });

  test('a file of more than 1 MB', () => {
    expect(messages(`a: ${'x'.repeat(1_000_001)}`).join()).toContain('larger than 1 MB');
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

test('what JSON can say is read as JSON says it', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/u), fc.jsonValue({ maxDepth: 3 })),
      (value) => {
        const source = readSource('x.yaml', JSON.stringify(value));
        if (source.findings.length === 0)
          expect(JSON.stringify(source.data)).toBe(JSON.stringify(value));
      },
    ),
  );
});
