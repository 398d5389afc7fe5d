import { greatest } from './lists.ts';
/**
 * Text from files, charts, GitHub, clusters and tools is a stranger's. It reaches people through one of these
 * functions, each for one target; what a reader sees of ordinary text stays as it is.
 */
export interface Safe<Target extends string> {
  readonly target: Target;
  readonly text: string;
}

/** Comments, issues and summaries on GitHub: made by the tag `inMarkdown` and the functions beside it. */
export type Markdown = Safe<'markdown'>;

/** What a terminal or a log shows: made by the tag `terminal`. */
export type Terminal = Safe<'terminal'>;

type Part<Target extends string> = string | number | Safe<Target> | readonly Safe<Target>[];

/** Ends a line somewhere: in Markdown, in a terminal, in a log or in an editor. */
const BREAKS = /[\t\n\v\f\r\u{85}\u{2028}\u{2029}]+/gu;

/** Pictures may be joined and coloured by characters without a width. */
const EMOJI = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?`;
const ACTS = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]`;

/** What nobody sees, but what acts: controls, escapes, directions, zero widths, halves of characters. */
const UNSEEN = new RegExp(`(${EMOJI}(?:\\u200D${EMOJI})*)|${ACTS}`, 'gu');

/** Keeps GitHub from reading a name, number or address into text; it has no width. */
const GAP = '\u{200B}';

/** Characters that do something unseen, by their names: `<U+202E>`. */
export function visible(text: string): string {
  return text.replaceAll(UNSEEN, (found: string, emoji?: string) => {
    const code = found.codePointAt(0) ?? 0;
    return emoji ?? `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
  });
}

/** Text as part of a line: issue titles, descriptions, lines of a terminal. */
export function oneLine(text: string): string {
  return visible(text.replaceAll(BREAKS, ' '));
}

/** The beginning of a text, in whole characters. */
export function short(text: string, limit: number): string {
  return Array.from(text).slice(0, limit).join('');
}

/** Several lines for a terminal or a log. The runner of GitHub Actions takes none of them for a command. */
export function screen(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  return lines.map((line) => uncommanded(line.split('\t').map(visible).join('\t'))).join('\n');
}

/** The runner looks for `::` behind white space, and for `##[` anywhere. */
function uncommanded(line: string): string {
  return line.replace(/^(?=\s*::)/u, '· ').replaceAll('##[', '## [');
}

/** JSON of the same value that a terminal and a log can show. */
export function screenJson(json: string): string {
  const lines = json.replaceAll('##[', '##\\u005b').split('\n');
  return lines.map((line) => line.replaceAll(UNSEEN, inJson)).join('\n');
}

function inJson(found: string, emoji?: string): string {
  const units = Array.from({ length: found.length }, (_, index) => found.charCodeAt(index));
  return emoji ?? units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** The message of a commit: one line that tells nobody and closes nothing. It may name commits. */
export function commitMessage(text: string): string {
  return unnamed(oneLine(text));
}

/** Text between tags on GitHub, where Markdown may be read or not: entities mean nothing in either. */
export function html(text: string): Markdown {
  const marks = /[&<>"'\\`*_{}[\]|~!$#]/gu;
  return safe(unlinked(oneLine(text)).replaceAll(marks, (char) => `&#${char.charCodeAt(0)};`));
}

/** Markdown of our own; every string put into it becomes plain text. */
export function inMarkdown(
  strings: TemplateStringsArray,
  ...parts: readonly Part<'markdown'>[]
): Markdown {
  return safe(String.raw({ raw: strings }, ...parts.map((part) => shown(part, plain))));
}

/** Text of our own for a terminal; every string put into it stays in its line. */
export function terminal(
  strings: TemplateStringsArray,
  ...parts: readonly Part<'terminal'>[]
): Terminal {
  const values = parts.map((part) => shown(part, oneLine));
  return { target: 'terminal', text: String.raw({ raw: strings }, ...values) };
}

/** A name in code, or as plain text where code cannot hold it. */
export function code(text: string): Markdown {
  const line = oneLine(text);
  return /^[^`|\\<]*[^`|\\<\s][^`|\\<]*$/u.test(line) ? safe(`\`${line}\``) : inMarkdown`${text}`;
}

/** A commit or digest of ours, which GitHub may link; anything else is plain text. */
export function hex(text: string): Markdown {
  return /^[0-9a-f]+$/u.test(text) ? safe(text) : inMarkdown`${text}`;
}

/** Lines as they are, in a block of code that none of them can end. */
export function fenced(language: 'diff' | '', lines: readonly string[]): Markdown {
  const text = lines.map(oneLine).join('\n');
  const ticks = [...text.matchAll(/`+/gu)].map(([found]) => found.length + 1);
  const fence = '`'.repeat(greatest([3, ...ticks]));
  return safe(`${fence}${language}\n${text}\n${fence}`);
}

/** A link to an https address; to anything else there is none. */
export function link(text: string, url: string): Markdown {
  if (!/^https:\/\/[\w.:-]+(?:\/|$)/u.test(url)) return inMarkdown`${text}`;
  const whole = url.replaceAll(/\p{Cs}/gu, '');
  const address = whole.replaceAll(/[^\w\-.~:/?#&=%+,;]/gu, escapedByte);
  return inMarkdown`[${text}](${safe(address)})`;
}

/** Parts in a row, with our own text between them. */
export function joined(parts: readonly Markdown[], between: Markdown): Markdown {
  return safe(parts.map(({ text }) => text).join(between.text));
}

function safe(text: string): Markdown {
  return { target: 'markdown', text };
}

/** `encodeURIComponent` leaves some characters that end an address in Markdown. */
function escapedByte(char: string): string {
  const encoded = encodeURIComponent(char);
  return encoded === char ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
}

function shown<Target extends string>(
  part: Part<Target>,
  escape: (text: string) => string,
): string {
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  return 'text' in part ? part.text : part.map(({ text }) => text).join('');
}

/** No links, images, mentions, HTML, table breaks, lists or headings. */
function plain(text: string): string {
  const marks = unlinked(oneLine(text)).replaceAll(/[\\`*_{}[\]#|~!]/gu, (char) => `\\${char}`);
  return entities(marks)
    .replaceAll('$', '&#36;')
    .replace(/^ {2,}/u, ' ')
    .replace(/^( ?)(?=[-+=](?:[-+=\s]|$))/u, '$1\\')
    .replace(/^( ?\d{1,9})(?=[.)](?:\s|$))/u, '$1\\');
}

function entities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** GitHub finds people, teams, issues, commits and addresses in any text, whatever is escaped in it: after `_` too. */
function unlinked(text: string): string {
  return unnamed(text).replaceAll(/(?<![a-z0-9])[0-9a-f]{7,40}(?![a-z0-9])/giu, (commit) =>
    commit.replaceAll(/.{6}(?=.)/gu, `$&${GAP}`),
  );
}

function unnamed(text: string): string {
  return text
    .replaceAll('@', `@${GAP}`)
    .replaceAll('://', `:${GAP}//`)
    .replaceAll(/(?<![a-z0-9])www(?=\.)/giu, `$&${GAP}`)
    .replaceAll(/#(?=\d)/gu, `#${GAP}`)
    .replaceAll(/(?<![a-z0-9])gh-(?=\d)/giu, `$&${GAP}`);
}
