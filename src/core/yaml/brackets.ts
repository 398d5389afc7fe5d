import { contentEnd, linesOf, replaced } from './suspect.ts';
import type { Line, Suspect } from './suspect.ts';

const CLOSERS: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

interface Bracket {
  offset: number;
  char: string;
}

interface Scan {
  /** Opened and not closed, the outermost first. */
  open: Bracket[];
  /** What closes nothing, or something else than what is open. */
  wrong: { at: Bracket; open: Bracket | undefined }[];
}

/** Brackets outside quotes and comments. In plain text of a block they mean nothing, and open nothing. */
function scan(text: string): Scan {
  const open: Bracket[] = [];
  const wrong: Scan['wrong'] = [];
  const token = /"(?:\\.|[^"\\\n])*"|(?<=[\s[{,])'[^'\n]*'|(?:^|(?<=\s))#.*$|[[\]{}]/gmu;
  for (const { 0: char, index: offset } of text.matchAll(token)) {
    if (char === '[' || char === '{') {
      const before = /(?:^|[\s[{,])$/u.test(text.slice(Math.max(0, offset - 1), offset));
      const isBegin = /(?:^|[:,[{-])\s*$/u.test(text.slice(Math.max(0, offset - 40), offset));
      if (before && isBegin) open.push({ offset, char });
    } else if (char === ']' || char === '}') {
      const last = open.at(-1);
      if (last && CLOSERS[last.char] === char) open.pop();
      else wrong.push({ at: { offset, char }, open: last });
    }
  }
  return { open, wrong };
}

/** Braces and brackets that are not closed, not opened, or closed by the wrong one. */
export function* brackets(text: string): Generator<Suspect> {
  const { open, wrong } = scan(text);
  const lines = linesOf(text);
  for (const one of wrong) {
    if (one.open) yield* between(text, one.open, one.at);
    else yield* notOpened(text, lines, one.at);
  }
  for (const one of open.toReversed()) yield* notClosed(text, lines, one);
  yield* commas(text);
}

function notClosedHere({ offset, char }: Bracket): Pick<Suspect, 'offset' | 'message' | 'hint'> {
  return {
    offset,
    message: `"${char}" is opened here and not closed`,
    hint: `write "${CLOSERS[char] ?? ''}" where it ends`,
  };
}

/** Of two that are open the inner one is not closed, or with the other's sign. */
function* between(text: string, open: Bracket, close: Bracket): Generator<Suspect> {
  const right = CLOSERS[open.char] ?? '';
  const base = { ...notClosedHere(open), until: close.offset + 1 };
  yield { ...base, mended: replaced(text, close.offset, close.offset, right) };
  yield {
    offset: close.offset,
    message: `"${close.char}" closes what "${open.char}" has opened`,
    hint: `write "${right}"`,
    mended: replaced(text, close.offset, close.offset + 1, right),
    until: close.offset + 1,
  };
}

function* notClosed(text: string, lines: readonly Line[], open: Bracket): Generator<Suspect> {
  const first = lines.findLastIndex(({ start }) => start <= open.offset);
  const own = lines[first]?.indent ?? 0;
  const right = CLOSERS[open.char] ?? '';
  for (const [step, line] of lines.slice(first).entries()) {
    if (step > 0 && line.text.trim() !== '' && line.indent <= own) return;
    const at = contentEnd(line);
    if (at > open.offset)
      yield { ...notClosedHere(open), mended: replaced(text, at, at, right), until: at };
  }
}

function* notOpened(text: string, lines: readonly Line[], close: Bracket): Generator<Suspect> {
  const about = {
    offset: close.offset,
    message: `"${close.char}" closes what nothing has opened`,
    hint: 'remove it, or open it where it begins',
    until: close.offset + 1,
  };
  const line = lines.findLast(({ start }) => start <= close.offset);
  const key = /^\s*(?:- +)*[\w-]+: +/u.exec(line?.text ?? '');
  const opener = close.char === '}' ? '{' : '[';
  const at = (line?.start ?? 0) + (key?.[0].length ?? 0);
  if (key && !/[[{]/u.test(text[at] ?? '')) {
    yield { ...about, mended: replaced(text, at, at, opener) };
  }
  yield { ...about, mended: replaced(text, close.offset, close.offset + 1, ' ') };
}

function commaAt(text: string, at: number): Suspect {
  return {
    offset: at,
    message: 'a comma is missing here',
    hint: 'write "," between the two entries',
    mended: replaced(text, at, at, ','),
    until: at + 1,
  };
}

/** Between two entries in braces: none, or two. */
function* commas(text: string): Generator<Suspect> {
  for (const { index, 0: two } of text.matchAll(/,\s*(?=,)/gu))
    yield {
      offset: index + two.length,
      message: 'nothing stands between two commas',
      hint: 'remove one of them',
      mended: replaced(text, index, index + 1, ' '),
      until: index + two.length + 1,
    };
  const gap = /(?<=[^\s,:{[#])[ \t]+(?=[\w-]+: )|(?<=["'}\]])[ \t]+(?=["'{[\w])/gu;
  for (const line of linesOf(text).filter((one) => /[{[]/u.test(one.text)))
    for (const { index } of line.text.matchAll(gap)) yield commaAt(text, line.start + index);
  // At the end of a line of a list or mapping over several.
  for (const line of linesOf(text)) {
    const at = contentEnd(line);
    if (/[^\s,:{[]/u.test(text[at - 1] ?? '')) yield commaAt(text, at);
  }
}
