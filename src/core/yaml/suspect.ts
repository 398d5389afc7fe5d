/** What somebody may have meant to write: a mistake that keeps a text from being YAML, and the text without it. */
export interface Suspect {
  offset: number;
  message: string;
  hint: string;
  /** Lines stay where they are, so that what is found in it afterwards points at the right one. */
  mended: string;
  /** Up to where the text was changed. */
  until: number;
  /** It is a mistake even where the rest is none of YAML without it either. */
  isSure?: true;
}

export interface Line {
  start: number;
  text: string;
  indent: number;
}

export function linesOf(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const here = {
      start,
      text: line.replace(/\r$/u, ''),
      indent: /^ */u.exec(line)?.[0].length ?? 0,
    };
    start += line.length + 1;
    return here;
  });
}

export function replaced(text: string, from: number, to: number, by: string): string {
  return `${text.slice(0, from)}${by}${text.slice(to)}`;
}

/** The same with nothing but spaces where something stood. */
export function blanked(text: string, from: number, to: number): string {
  return replaced(text, from, to, text.slice(from, to).replaceAll(/[^\r\n]/gu, ' '));
}

/** Where something else than spaces and a comment ends in a line. */
export function contentEnd({ start, text }: Line): number {
  let quotes = 0;
  let end = text.length;
  for (let index = 0; index < end; index += 1) {
    if (text[index] === '"') quotes += 1;
    const isComment = text[index] === '#' && /^\s?$/u.test(text[index - 1] ?? '');
    if (isComment && quotes % 2 === 0) end = index;
  }
  return start + text.slice(0, end).trimEnd().length;
}
