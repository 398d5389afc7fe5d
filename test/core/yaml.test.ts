import { describe, expect, test } from '@jest/globals';
import { readSource } from '../../src/core/source.ts';

/** What is said, and what the text is taken for. */
function read(text: string): { said: string[]; data: unknown } {
  const { findings, data, isWhole } = readSource('x.yaml', text);
  const said = findings.map(({ at, message }) => `${at.line}:${at.column} ${message}`);
  return { said, data: isWhole ? data : undefined };
}

const CURLY = 'curly quotes are no quotes, and would be a part of the text';
const OPEN = 'is opened here and not closed';

describe('what somebody did, where it was done, and what was meant', () => {
  test.each<[text: string, said: string, data: unknown]>([
    // Quotes.
    ['a: "x\nb: 1\n', '1:4 a quote is opened here and not closed', { a: 'x', b: 1 }],
    ["b: 1\na: 'x\n", '2:4 a quote is opened here and not closed', { b: 1, a: 'x' }],
    ['a: {b: "x, c: d}\n', '1:8 a quote is opened here and not closed', { a: { b: 'x', c: 'd' } }],
    ['a: ["x", "y]\nb: 1\n', '1:10 a quote is opened here and not closed', { a: ['x', 'y'], b: 1 }],
    ['a: x"\n', '1:5 a quote ends here that was opened nowhere', { a: 'x' }],
    ['a: “x”\n', `1:4 ${CURLY}`, { a: 'x' }],
    ['“a”: x\n', `1:1 ${CURLY}`, { a: 'x' }],
    ['a: ‘it is: x’\n', `1:4 ${CURLY}`, { a: 'it is: x' }],
    ['a: {b: “x, y”, c: 1}\n', `1:8 ${CURLY}`, { a: { b: 'x, y', c: 1 } }],
    [
      'a: "x”\nb: 1\n',
      '1:4 this quote is straight, and the one that should close it is curly',
      { a: 'x', b: 1 },
    ],
    ['a: "x" y\n', '1:4 more text follows after the closing quote', { a: '"x" y' }],
    ['a: x: y\n', '1:4 a colon stands in a text without quotes', { a: 'x: y' }],
    [
      'a: {b: 1, c: x: y}\n',
      '1:14 a colon stands in a text without quotes',
      { a: { b: 1, c: 'x: y' } },
    ],
    ['a: @x\n', '1:4 "@" cannot begin a text without quotes', { a: '@x' }],
    // Brackets.
    ['a: {b: 1\nc: 2\n', `1:4 "{" ${OPEN}`, { a: { b: 1 }, c: 2 }],
    ['a: [1, 2 # two\nc: 2\n', `1:4 "[" ${OPEN}`, { a: [1, 2], c: 2 }],
    ['a: [\n  1,\n  2\nc: 2\n', `1:4 "[" ${OPEN}`, { a: [1, 2], c: 2 }],
    ['a: [1, {b: 2]\nc: 2\n', `1:8 "{" ${OPEN}`, { a: [1, { b: 2 }], c: 2 }],
    ['a: [1, 2}\nc: 2\n', '1:9 "}" closes what "[" has opened', { a: [1, 2], c: 2 }],
    ['a: {b: 1}}\nc: 2\n', '1:10 "}" closes what nothing has opened', { a: { b: 1 }, c: 2 }],
    ['a: b: 1}\nc: 2\n', '1:8 "}" closes what nothing has opened', { a: { b: 1 }, c: 2 }],
    ['a: {b: 1 c: 2}\n', '1:9 a comma is missing here', { a: { b: 1, c: 2 } }],
    ['a: ["1" "2"]\n', '1:8 a comma is missing here', { a: ['1', '2'] }],
    ['a: [1,, 2]\n', '1:7 nothing stands between two commas', { a: [1, 2] }],
    // Colons and dashes.
    ['a x\nb: 1\n', '1:1 a colon is missing after "a"', { a: 'x', b: 1 }],
    ['b: 1\na = x\n', '2:1 "=" stands where a colon belongs', { b: 1, a: 'x' }],
    ['b: 1\na:x\n', '2:1 a space is missing after "a:"', { b: 1, a: 'x' }],
    ['a: {b:1, c: 2}\n', '1:5 a space is missing after "b:"', { a: { b: 1, c: 2 } }],
    ['a:\n  - 1\n  -2\n', '3:3 a space is missing after "-"', { a: [1, 2] }],
    // What comes along with copying.
    [
      '<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\nb: 1\n',
      '1:1 two versions stand here, up to line 5: a merge was not finished',
      { a: 1, b: 1 },
    ],
    [
      'b: 1\n<<<<<<< HEAD\na: 1\n||||||| base\na: 0\n=======\na: 2\n>>>>>>> other\n',
      '2:1 two versions stand here, up to line 8: a merge was not finished',
      { b: 1, a: 1 },
    ],
    [
      'b: 1\n>>>>>>> x\na: 1\n',
      '2:1 a marker of git stands here: a merge was not finished',
      { b: 1, a: 1 },
    ],
    ['```yaml\na: 1\n```\n', '1:1 the text stands in a code block of Markdown', { a: 1 }],
    ['a:\n  b: 1\n\tc: 2\n', '3:1 a tab is used for indentation', { a: { b: 1, c: 2 } }],
    [
      'b: 1\na:\u{A0}x\n',
      '2:3 what looks like a space, or like nothing, is another character (U+00A0)',
      { b: 1, a: 'x' },
    ],
    [
      'a: x\u{200B}\n',
      '1:5 what looks like a space, or like nothing, is another character (U+200B)',
      { a: 'x' },
    ],
    // Indentation.
    [
      'a: 1\n b: 2\nc: 3\n',
      '2:2 this line begins after 1 space, where it fits nothing',
      { a: 1, b: 2, c: 3 },
    ],
    [
      'a:\n   b: 1\n  c: 2\n  d: 3\n',
      '2:4 this line begins after 3 spaces, where it fits nothing',
      { a: { b: 1, c: 2, d: 3 } },
    ],
  ])('%j', (text, said, data) => {
    expect(read(text)).toEqual({ said: [said], data });
  });
});

describe('what cannot be mended is said in our words, without what stands there', () => {
  test.each([
    [
      'a: "C:\\data"\n',
      '1:8 a backslash in double quotes begins something that YAML does not know',
    ],
    ['a: |x\n  hunter2\n', '1:5 a text after "|" or ">" is not written as YAML wants it'],
    ['a: - hunter2\n  - b\n', '1:4 this line does not fit what stands above it'],
    ['}{', '1:1 this is not YAML'],
  ])('%j', (text, said) => {
    expect(read(text)).toEqual({ said: [said], data: undefined });
  });
});

test('several mistakes are found at once, and all that is written counts', () => {
  expect(read('a: "x\nb: {c: 1\nd: e: f\ng:\n\th: 1\n')).toEqual({
    said: [
      '5:1 a tab is used for indentation',
      '1:4 a quote is opened here and not closed',
      '2:4 "{" is opened here and not closed',
      '3:4 a colon stands in a text without quotes',
    ],
    data: { a: 'x', b: { c: 1 }, d: 'e: f', g: { h: 1 } },
  });
});

test.each([
  'a: The “new” hub\n',
  'a: “New” and “old”, both\n',
  'a: A disk of 5"\n',
  "a: Students' work\n",
  'a: 12:30\nb: x:y\n',
  'a: |\n  <<<<<<< no marker\n  “quoted”\n',
  'a: ghcr.io/x:1\nb: {https://a.example: [https://b.example]}\n',
  'a: Qui\u{A0}?\nb: "\u{A0}"\n',
])('%j is taken as it is', (text) => {
  expect(read(text).said).toEqual([]);
});

test.each(['$": 1\n', 'a": 1\n', 'a: 5"\n', 'a: $"\n', 'a: 5\'6"\n'])(
  '%j is YAML that somebody may mean, and no slip',
  (text) => {
    expect(read(text).said).toEqual([]);
  },
);
