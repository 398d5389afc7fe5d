import { contentEnd, linesOf, replaced } from './suspect.ts';
import type { Line, Suspect } from './suspect.ts';

export const CURLY = '“”„‟‘’‚‛';
const OPENS = new RegExp(`(?:^|[:,[{-])\\s*(["'${CURLY}])`, 'gu');

/** Quotes that are curly, or are opened and not closed. */
export function* quotes(text: string): Generator<Suspect> {
  for (const line of linesOf(text)) {
    for (const match of line.text.matchAll(OPENS)) {
      const [whole, quote = ''] = match;
      const offset = line.start + match.index + whole.length - 1;
      if (CURLY.includes(quote)) yield curly(text, offset);
      else yield* unclosed(text, { line, offset, quote });
    }
  }
}

/** A text that begins with a curly quote, with straight ones in their places. */
export function curly(text: string, offset: number): Suspect {
  const end = text.indexOf('\n', offset) < 0 ? text.length : text.indexOf('\n', offset);
  const line = text.slice(offset, end);
  const partners = '“”„‟'.includes(text[offset] ?? '') ? /[“”„‟"]/u : /[‘’‚‛']/u;
  const close = line.slice(1).search(partners);
  const straight =
    close < 0
      ? ` ${line.slice(1)}`
      : `"${line.slice(1, close + 1).replaceAll('"', ' ')}"${line.slice(close + 2)}`;
  return {
    offset,
    message: 'curly quotes are no quotes, and would be a part of the text',
    hint: 'write straight quotes: "…"',
    mended: replaced(text, offset, end, straight),
    until: end,
  };
}

interface Opening {
  line: Line;
  offset: number;
  quote: string;
}

function* unclosed(text: string, { line, offset, quote }: Opening): Generator<Suspect> {
  const rest = line.text.slice(offset - line.start + 1);
  if (rest.replaceAll(quote === "'" ? "''" : /\\./gu, '').includes(quote)) return;
  const curlyEnd = rest.search(/[“”‘’]/u);
  const about =
    curlyEnd < 0
      ? {
          message: 'a quote is opened here and not closed',
          hint: `write ${quote} at the end of the text, too`,
        }
      : {
          message: 'this quote is straight, and the one that should close it is curly',
          hint: 'write straight quotes: "…"',
        };
  const base = { offset, until: line.start + line.text.length, ...about };
  if (curlyEnd >= 0) {
    const at = offset + 1 + curlyEnd;
    yield { ...base, mended: replaced(text, at, at + 1, quote) };
  }
  // In braces a text ends before a comma or brace, elsewhere with the line.
  const ends = [...rest.matchAll(/[,}\]]/gu)].map(({ index }) => offset + 1 + index);
  for (const at of [...ends, contentEnd(line), line.start + line.text.length])
    yield { ...base, mended: replaced(text, at, at, quote) };
}

/** Values of keys between braces, then entries of lists. */
const IN_BRACES = [
  /(?<=[{,[] {0,9}[\w-]{1,40}: {1,9})[^\s,[\]{}"'][^,[\]{}"']*/gu,
  /(?<=[{,[] {0,9})[^\s,[\]{}"'][^,[\]{}"']*/gu,
];

/** A value that cannot do without quotes, in quotes. */
export function* unquoted(text: string): Generator<Suspect> {
  for (const line of linesOf(text)) {
    const value = /^\s*(?:- +)*(?:[\w-]+: +)?(?=\S)/u.exec(line.text);
    const from = line.start + (value?.[0].length ?? 0);
    for (const to of new Set([contentEnd(line), line.start + line.text.trimEnd().length]))
      if (to > from) yield* inQuotes(text, from, to);
    for (const entry of IN_BRACES)
      for (const match of line.text.matchAll(entry)) {
        const start = line.start + match.index;
        yield* inQuotes(text, start, start + match[0].trimEnd().length);
      }
  }
}

function* inQuotes(text: string, from: number, to: number): Generator<Suspect> {
  const value = text.slice(from, to);
  const about = whyQuotes(value);
  if (about !== undefined)
    yield {
      offset: from,
      message: about,
      hint: 'put the whole text in quotes: "…"',
      mended: replaced(text, from, to, JSON.stringify(value)),
      until: to,
    };
}

function whyQuotes(value: string): string | undefined {
  if (/^(["']).*\1./u.test(value)) return 'more text follows after the closing quote';
  if (/^["'[{|>#]/u.test(value)) return undefined;
  if (/^- /u.test(value)) return undefined;
  if (/^[@`%&*!,]/u.test(value)) return `"${value[0] ?? ''}" cannot begin a text without quotes`;
  return /:(?:\s|$)/u.test(value) ? 'a colon stands in a text without quotes' : undefined;
}

/** A quote at the end of a text that does not begin with one. */
export function strayQuote(text: string, offset: number): Suspect {
  return {
    offset,
    message: 'a quote ends here that was opened nowhere',
    hint: 'write one before the text, too, or none',
    mended: replaced(text, offset, offset + 1, ' '),
    until: offset + 1,
  };
}
