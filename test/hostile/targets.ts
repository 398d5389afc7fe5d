import { expect } from '@jest/globals';
import { fc } from '../support/property.ts';

/** What strangers may write into names, files and answers; each piece does something in some target. */
const PIECES = [
  ...[
    '\n',
    '\r',
    '\r\n\r\n',
    '\t',
    '\u{0}',
    '\u{1B}[2J',
    '\u{9B}31m',
    '\u{7F}',
    '\u{2028}',
    '\u{85}',
  ],
  ...[
    '\u{202E}',
    '\u{2066}',
    '\u{200B}',
    '\u{FEFF}',
    '\u{200D}',
    '\u{3164}',
    '\u{D83E}',
    '\u{E0041}',
  ],
  ...['\n<!-- glaciocloud plan -->\n', '\n<!-- glaciocloud steps: h=0123456789ab -->\n', '-->'],
  ...['<script>x</script>', '<img src=x>', '</details>', '</span>', '"', "'", '&lt;', '&#60;'],
  ...['@everyone', '@org/team', '#1', 'o/r#2', 'GH-3', '0123456789abcdef', 'a@b.example'],
  ...['[x](https://evil.example)', '![x](https://evil.example/x.png)', 'www.evil.example'],
  ...[
    '`',
    '```',
    '~~~',
    '\n```\n',
    '|',
    '\\',
    '\n# x',
    '\n- x',
    '\n1. x',
    '\n> x',
    '\n---\n',
    '$x$',
  ],
  ...[
    '::error::x',
    '\n::set-output name=a::b',
    '\n ::add-mask::x',
    '##[error]x',
    '*',
    '_',
    ' ',
    'ice',
  ],
];

/** A hostile text, never empty. */
export const HOSTILE = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((pieces) => pieces.join(''))
  .filter((text) => text !== '');

const ACTING = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** What our own escapes put between characters: no width, and no other function than to keep words apart. */
const GAP = '\u{200B}';

function withoutEmoji(text: string): string {
  return text.replaceAll(
    /(?<=\p{Extended_Pictographic}\p{Emoji_Modifier}?\u{FE0F}?)\u{200D}/gu,
    '',
  );
}

/** No line of a log is a command, and nothing in it moves a cursor or turns a direction. */
export function expectScreen(text: string): void {
  for (const line of withoutEmoji(text).split('\n')) {
    expect(line.replaceAll('\t', ' ')).not.toMatch(ACTING);
    expect(line).not.toMatch(/^\s*::/u);
    expect(line).not.toContain('##[');
  }
}

/** One line of a title, a description or a commit. */
export function expectLine(text: string): void {
  expect(withoutEmoji(text).replaceAll(GAP, '')).not.toMatch(ACTING);
}

/**
 * GitHub's Markdown with blocks of code and tags of ours taken away: what is left holds no tag, no name, no number
 * of an issue, no address and no image. Each line of code is in its block.
 */
export function expectMarkdown(text: string, tags: readonly string[] = []): void {
  expect(withoutEmoji(text).replaceAll(GAP, '').replaceAll('\n', '')).not.toMatch(ACTING);
  const prose = withoutCode(text);
  const rest = tags.reduce((left, tag) => left.replaceAll(tag, ''), prose);
  const unescaped = rest.replaceAll(/\\[!-/:-@[-`{-~]/gu, '');
  expect(unescaped).not.toMatch(/[<>[\]`]/u);
  expect(rest).not.toMatch(/@(?=[\p{L}\p{N}])/u);
  expect(rest.replaceAll(/&#\d+;/gu, ' ')).not.toMatch(/#\d|\bgh-\d/iu);
  expect(rest).not.toMatch(/:\/\/|\bwww\./iu);
  expect(rest).not.toMatch(/^<!--/mu);
}

/** Takes blocks of code away as CommonMark finds them, and code within lines. */
function withoutCode(text: string): string {
  const kept: string[] = [];
  let fence = '';
  for (const line of text.split('\n')) {
    const [ticks = ''] = /^`{3,}/u.exec(line) ?? [];
    if (fence === '' && ticks === '') kept.push(line);
    else if (fence === '') fence = ticks;
    else if (ticks.length >= fence.length && line === ticks) fence = '';
  }
  expect(fence).toBe('');
  return kept.map((line) => line.replaceAll(/(?<!\\)`[^`]*`/gu, '')).join('\n');
}

/** A page whose only tags are those of `own`: the same page made of ordinary text. */
export function expectHtml(text: string, own: string): void {
  const tags = (page: string): string[] => [...page.matchAll(/<[^>]*>?/gu)].map(([tag]) => tag);
  expect(tags(text)).toEqual(tags(own));
  expect(withoutEmoji(text).replaceAll('\n', '')).not.toMatch(ACTING);
}
