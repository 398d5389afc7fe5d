import { blanked, linesOf, replaced } from './suspect.ts';
import type { Line, Suspect } from './suspect.ts';

/** What comes along when text is copied or merged: markers of git, fences of Markdown, tabs, odd spaces. */
export function* copied(text: string): Generator<Suspect> {
  const lines = linesOf(text);
  yield* markers(text, lines);
  yield* fences(text, lines);
  yield* tabs(text);
  yield* oddSpaces(text);
}

const MARKER = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/u;

function* markers(text: string, lines: readonly Line[]): Generator<Suspect> {
  const marked = lines.filter((line) => MARKER.test(line.text));
  const [first] = marked;
  if (!first) return;
  const end = marked.find((line) => line.text.startsWith('>'));
  const middle = marked.find((line) => /^[|=]/u.test(line.text));
  const isWhole = first.text.startsWith('<') && middle !== undefined && end !== undefined;
  const number = (line: Line): number => lines.indexOf(line) + 1;
  // Of a whole conflict the upper side stays, and of a part all that is no marker.
  const gone: readonly (readonly [Line, Line])[] = isWhole
    ? [
        [first, first],
        [middle, end],
      ]
    : marked.map((line) => [line, line] as const);
  const stop = isWhole ? end : (marked.at(-1) ?? first);
  yield {
    offset: first.start,
    message: isWhole
      ? `two versions stand here, up to line ${number(end)}: a merge was not finished`
      : 'a marker of git stands here: a merge was not finished',
    hint: 'keep one version, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>',
    mended: gone.reduce(
      (all, [from, to]) => blanked(all, from.start, to.start + to.text.length),
      text,
    ),
    until: stop.start + stop.text.length,
    isSure: true,
  };
}

function* fences(text: string, lines: readonly Line[]): Generator<Suspect> {
  const found = lines.filter((line) => /^\s*```/u.test(line.text));
  const [first] = found;
  const last = found.at(-1);
  if (!first || !last) return;
  yield {
    offset: first.start,
    message: 'the text stands in a code block of Markdown',
    hint: 'remove the lines that begin with ```',
    mended: found.reduce(
      (all, line) => blanked(all, line.start, line.start + line.text.length),
      text,
    ),
    until: last.start + last.text.length,
    isSure: true,
  };
}

/** What people set tabs to; or it should stand for one space, or not there. */
const TAB_WIDTHS = [2, 4, 8, 1, 0];

function* tabs(text: string): Generator<Suspect> {
  const tab = /^[ ]*\t/mu.exec(text);
  if (!tab) return;
  for (const width of TAB_WIDTHS)
    yield {
      offset: tab.index,
      message: 'a tab is used for indentation',
      hint: 'indent with spaces',
      mended: text.replaceAll(/^[ \t]+/gmu, (indent) => indent.replaceAll('\t', ' '.repeat(width))),
      until: text.length,
      isSure: true,
    };
}

/** Look like a space, or like nothing, and are neither to YAML. */
export const ODD_SPACE = /[\u00A0\u2000-\u200D\u202F\u205F\u2060\u3000\uFEFF]/u;

function* oddSpaces(text: string): Generator<Suspect> {
  const odd = ODD_SPACE.exec(text);
  if (odd) yield oddSpace(text, odd.index);
}

export function oddSpace(text: string, offset: number): Suspect {
  const code = (text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return {
    offset,
    message: `what looks like a space, or like nothing, is another character (U+${code})`,
    hint: 'write an ordinary space, or remove it',
    mended: text.replaceAll(new RegExp(ODD_SPACE, 'gu'), ' '),
    until: text.length,
  };
}

/** A line that begins too far left or right, as its neighbours show. */
export function* indentation(text: string, failsAt: number): Generator<Suspect> {
  const lines = linesOf(text);
  const failing = lines.findLastIndex(({ start }) => start <= failsAt);
  for (const at of [failing, failing - 1, failing - 2, failing - 3]) {
    const line = lines[at];
    if (!line || line.text.trim() === '') continue;
    const beside = lines.slice(Math.max(0, at - 4), at + 3).filter((one) => one.text.trim() !== '');
    const widths = new Set(beside.flatMap(({ indent }) => [indent, indent + 2]));
    widths.delete(line.indent);
    const near = (width: number): number => Math.abs(width - line.indent);
    for (const width of [...widths].sort((a, b) => near(a) - near(b) || a - b))
      yield {
        offset: line.start + line.indent,
        message: `this line begins after ${spaces(line.indent)}, where it fits nothing`,
        hint: `indent it by ${spaces(width)}`,
        mended: replaced(text, line.start, line.start + line.indent, ' '.repeat(width)),
        until: line.start + line.text.length,
      };
  }
}

function spaces(count: number): string {
  return count === 1 ? '1 space' : `${count} spaces`;
}
