import { describe, expect, test } from '@jest/globals';
import {
  code,
  commitMessage,
  fenced,
  hex,
  html,
  joined,
  link,
  inMarkdown,
  oneLine,
  screen,
  screenJson,
  short,
  terminal,
  visible,
} from '../../src/core/escape.ts';

const GAP = '\u{200B}';

describe('what acts unseen is shown by its name', () => {
  test.each([
    ['a NUL', 'a\u{0}b', 'a<U+0000>b'],
    ['a colour', '\u{1B}[31mred', '<U+001B>[31mred'],
    ['DEL', '\u{7F}', '<U+007F>'],
    ['a C1 control', '\u{9B}31m', '<U+009B>31m'],
    ['a direction', 'a\u{202E}b', 'a<U+202E>b'],
    ['an isolate', '\u{2066}', '<U+2066>'],
    ['no width', 'a\u{200B}b\u{FEFF}', 'a<U+200B>b<U+FEFF>'],
    ['a joiner between letters', 'a\u{200D}b', 'a<U+200D>b'],
    ['a soft hyphen', '\u{AD}', '<U+00AD>'],
    ['an empty letter', '\u{3164}', '<U+3164>'],
    ['a tag', '\u{E0041}', '<U+E0041>'],
    ['half a character', '\u{D83E}', '<U+D83E>'],
    ['a line separator', '\u{2028}', '<U+2028>'],
    ['a second variation', '⚠\u{FE0F}\u{FE0F}', '⚠\u{FE0F}<U+FE0F>'],
    ['a newline', '\n', '<U+000A>'],
  ])('%s', (_what, text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test.each(['Übungs-Hub Großer Aletsch', '冰川 · ледник · الجليد', '🧊⚠️👩‍🔬👍🏽', 'a 1 → 2 −'])(
    'ordinary text stays: %s',
    (text) => {
      for (const same of [visible, oneLine, screen, commitMessage]) expect(same(text)).toBe(text);
      expect(html(text).text).toBe(text);
      expect(terminal`${text}`.text).toBe(text);
    },
  );
});

test.each([
  ['a\nb', 'a b'],
  ['a\r\n\r\nb', 'a b'],
  ['a\tb\u{2028}c\u{85}d\v\f', 'a b c d '],
  ['a\u{1B}b', 'a<U+001B>b'],
])('%j stays in one line', (text, line) => {
  expect(oneLine(text)).toBe(line);
});

test('a text is cut between characters', () => {
  expect(short('🧊🏔🌨', 2)).toBe('🧊🏔');
  expect(short('ab', 2)).toBe('ab');
  expect(short('ab', 0)).toBe('');
});

describe('lines on a screen', () => {
  test.each([
    ['several', 'a\n\tb\n', 'a\n\tb\n'],
    ['of Windows', 'a\r\nb', 'a\nb'],
    ['one over another', 'good\rbad!', 'good<U+000D>bad!'],
    ['a command', '::error::x', '· ::error::x'],
    ['a command behind space', 'a\n \t\u{A0}::error::x', 'a\n·  \t\u{A0}::error::x'],
    ['an older command', 'see ##[error]x', 'see ## [error]x'],
    ['colons elsewhere', 'a ::b:: c', 'a ::b:: c'],
    ['one colon', ':a', ':a'],
  ])('%s', (_what, text, shown) => {
    expect(screen(text)).toBe(shown);
  });
});

test('JSON keeps its values', () => {
  const value = { a: '##[error]x\u{9B}\u{202E}\u{E0041}👩‍🔬\u{D83E}', b: ['::error::', '\n'] };
  const shown = screenJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(shown)).toEqual(value);
  expect(shown.split('\n')).toEqual([
    '{',
    '  "a": "##\\u005berror]x\\u009b\\u202e\\udb40\\udc41👩‍🔬\\ud83e",',
    '  "b": [',
    '    "::error::",',
    '    "\\n"',
    '  ]',
    '}',
  ]);
});

describe('text in Markdown stays text', () => {
  test.each([
    ['@everyone', `@${GAP}everyone`],
    ['https://evil', `https:${GAP}//evil`],
    ['WWW.evil', `WWW${GAP}.evil`],
    ['wwwx', 'wwwx'],
    ['![x](y)', '\\!\\[x\\](y)'],
    ['<!-- a -->', '&lt;\\!-- a --&gt;'],
    ['a|b', 'a\\|b'],
    ['`a` *b* _c_ ~d~ #e', '\\`a\\` \\*b\\* \\_c\\_ \\~d\\~ \\#e'],
    ['{a} \\', '\\{a\\} \\\\'],
    ['a & b', 'a &amp; b'],
    ['&lt;', '&amp;lt;'],
    ['$x$', '&#36;x&#36;'],
    ['two\r\n\nlines', 'two lines'],
    ['fixes #12', `fixes \\#${GAP}12`],
    ['o/r#12', `o/r\\#${GAP}12`],
    ['gh-1 GH-2', `gh-${GAP}1 GH-${GAP}2`],
    ['GH-x', 'GH-x'],
    ['_GH-3', `\\_GH-${GAP}3`],
    ['high-3', 'high-3'],
    ['_www.evil', `\\_www${GAP}.evil`],
    ['_abcdef0_', `\\_abcdef${GAP}0\\_`],
    ['abcdef', 'abcdef'],
    ['abcdef0', `abcdef${GAP}0`],
    ['ABCDEF0123456', `ABCDEF${GAP}012345${GAP}6`],
    ['- a', '\\- a'],
    [' + a', ' \\+ a'],
    ['---', '\\---'],
    ['=', '\\='],
    ['-5', '-5'],
    ['1. a', '1\\. a'],
    ['12) a', '12\\) a'],
    ['1.5', '1.5'],
    ['    code', ' code'],
    ['> quote', '&gt; quote'],
    ['\u{202E}', '&lt;U+202E&gt;'],
  ])('%j', (text, escaped) => {
    expect(inMarkdown`${text}`.text).toBe(escaped);
  });

  test('our own is left, numbers are, and nothing is escaped twice', () => {
    const inner = inMarkdown`*${'*'}* @us`;
    expect(inMarkdown`- ${inner} ${1.5}\n${[inner, inner]}`.text).toBe(
      '- *\\** @us 1.5\n*\\** @us*\\** @us',
    );
    expect(joined([inner, inMarkdown`b`], inMarkdown` | `).text).toBe('*\\** @us | b');
  });
});

test('text in HTML', () => {
  expect(html(`<b a="1" c='2'> & @x #1 *y*\n[a] h: what (1)`).text).toBe(
    `&#60;b a=&#34;1&#34; c=&#39;2&#39;&#62; &#38; @${GAP}x &#35;${GAP}1 &#42;y&#42; &#91;a&#93; h: what (1)`,
  );
});

test.each([
  ['environments/hub.yaml:14', '`environments/hub.yaml:14`'],
  ['@org/team', '`@org/team`'],
  ['a b', '`a b`'],
  ['', ''],
  [' ', ' '],
  ['a`b', 'a\\`b'],
  ['a|b', 'a\\|b'],
  ['a\\', 'a\\\\'],
  ['<!--', '&lt;\\!--'],
  ['a\nb', '`a b`'],
])('%j as code', (text, shown) => {
  expect(code(text).text).toBe(shown);
});

test.each([
  ['0123456789ab', '0123456789ab'],
  ['abcdef0 @x', `abcdef${GAP}0 @${GAP}x`],
  ['', ''],
])('%j as a commit', (text, shown) => {
  expect(hex(text).text).toBe(shown);
});

test.each([
  [[], '```\n\n```'],
  [['+ a', '- @b'], '```\n+ a\n- @b\n```'],
  [['+ ``', '+ ```'], '````\n+ ``\n+ ```\n````'],
  [['a\n```\nb\u{1B}'], '````\na ``` b<U+001B>\n````'],
])('%j as a block', (lines, shown) => {
  expect(fenced('', lines).text).toBe(shown);
});

describe('a link', () => {
  test.each([
    ['https://x', 'https://x'],
    [
      'https://github.com/o/r/actions/runs/1?a=b&c#d',
      'https://github.com/o/r/actions/runs/1?a=b&c#d',
    ],
    ['https://x:8443/a%20b', 'https://x:8443/a%20b'],
    ['https://x/a)[b](\n"<ü\u{D83E}', 'https://x/a%29%5Bb%5D%28%0A%22%3C%C3%BC'],
    ["https://x/'*!", 'https://x/%27%2A%21'],
  ])('to %j', (url, address) => {
    expect(link('a*', url).text).toBe(`[a\\*](${address})`);
  });

  test.each(['http://x', 'javascript:alert(1)', 'https://', 'https://u@x', ' https://x', ''])(
    'is not made to %j',
    (url) => {
      expect(link('a*', url).text).toBe('a\\*');
    },
  );
});

test('a commit says what it says in one line, and to nobody', () => {
  expect(commitMessage('h runs abcdef0\n\nCo-authored-by: @x <a@b> fixes #1')).toBe(
    `h runs abcdef0 Co-authored-by: @${GAP}x <a@${GAP}b> fixes #${GAP}1`,
  );
});

test('text in a terminal stays in its line', () => {
  const inner = terminal`  ${'a\nb'}\n`;
  expect(terminal`${'\u{1B}'}${1}\n${[inner, inner]}${inner}`.text).toBe(
    '<U+001B>1\n  a b\n  a b\n  a b\n',
  );
});
