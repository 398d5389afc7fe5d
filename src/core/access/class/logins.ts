/** A line of a list that holds nobody's login. */
export interface SkippedLine {
  /** Counted from 1. */
  line: number;
  text: string;
  why: 'heading' | 'no-login';
}

/** Logins as they are written, in order, and the lines that hold none. */
export interface LoginList {
  logins: readonly string[];
  skipped: readonly SkippedLine[];
}

/** What tables call this column. There are accounts of these names, whom nobody means in a first line. */
const HEADINGS = ['account', 'github', 'login', 'logins', 'name', 'user', 'username'];
/** As GitHub gives them, those of companies (`ada_example`) too. */
const LOGIN = /^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$/u;
const MOST_SHOWN = 60;

/** One login a line, with or without `@`; of a table its first column. What follows `#` is a comment. */
export function readLogins(text: string): LoginList {
  const logins: string[] = [];
  const skipped: SkippedLine[] = [];
  let isFirst = true;
  for (const [index, whole] of text
    .replace(/^\u{FEFF}/u, '')
    .split(/\r\n|\r|\n/u)
    .entries()) {
    const column = firstColumn(whole);
    if (column === '') continue;
    const why = isFirst && isHeading(column) ? 'heading' : 'no-login';
    isFirst = false;
    const login = column.replace(/^@/u, '');
    if (why === 'no-login' && LOGIN.test(login)) logins.push(login);
    else skipped.push({ line: index + 1, text: column.slice(0, MOST_SHOWN), why });
  }
  return { logins, skipped };
}

function firstColumn(line: string): string {
  const [written = ''] = line.split('#', 1);
  const [column = ''] = written.split(/[,;\t]/u, 1);
  return column
    .trim()
    .replace(/^"(.*)"$/u, '$1')
    .trim();
}

function isHeading(column: string): boolean {
  const [word = ''] = column.toLowerCase().split(' ').slice(-1);
  return HEADINGS.includes(word);
}
