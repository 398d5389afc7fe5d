import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** How lines of results look on a terminal, by what they begin with: plans, findings, ticks. Texts stay as they are. */
const STYLES: readonly (readonly [RegExp, Style])[] = [
  [/^\[\+\].*/u, ['green', 'bold']],
  [/^\[[~→]\].*/u, ['yellow', 'bold']],
  [/^\[[−?]\].*/u, ['red', 'bold']],
  [/^ {6}\+ .*/u, 'green'],
  [/^ {6}- .*/u, 'red'],
  [/^ {4}users notice: .*/u, 'cyan'],
  [/^! .*/u, 'yellow'],
  [/^ *✓ /u, 'green'],
  [/^ *✗ /u, 'red'],
  [/^\S+:\d+:\d+ {2}warning .*? {2}/u, 'yellow'],
  [/^\S+:\d+:\d+ {2}\S+ {2}/u, 'red'],
];

/** Whether a stream is to be painted: `FORCE_COLOR` and `NO_COLOR` decide before the terminal does. */
export function paints(
  stream: { isTTY?: boolean },
  { FORCE_COLOR: force = '', NO_COLOR: none = '', TERM: term = '' }: NodeJS.ProcessEnv,
): boolean {
  if (force !== '') return force !== '0' && force !== 'false';
  return none === '' && term !== 'dumb' && stream.isTTY === true;
}

/** A result with colours; without them it is the same text. */
export function painted(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      for (const [begins, style] of STYLES) {
        const found = begins.exec(line)?.[0];
        if (found !== undefined)
          return styleText(style, found, { validateStream: false }) + line.slice(found.length);
      }
      return line;
    })
    .join('\n');
}
