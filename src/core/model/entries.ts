import type { Json } from '../json.ts';

/** Longer texts are no slip of the pen. */
const LONGEST = 200;
const PACKAGE = /^[A-Za-z0-9][\w.:+[\],=<>!~*-]*$/u;

/** What to write instead of a package with spaces in it; `usual` where it has none, or more is wrong. */
export function withoutSpaces(value: Json, usual: string): string {
  if (typeof value !== 'string' || value.length > LONGEST || !/\s/u.test(value)) return usual;
  const words = value
    .trim()
    .replaceAll(/\s*([=<>!~,]+)\s*/gu, '$1')
    .split(/\s+/u);
  if (!words.every((word) => PACKAGE.test(word))) return usual;
  return words.length === 1
    ? `write it without spaces: ${words.join('')}`
    : `write each as an entry of its own: ${words.join(', ')}`;
}

/** What to write instead of somebody who is named as on GitHub: `@login`, `user:login`, `@org/team`. */
export function personMeant(value: Json, usual: string): string {
  if (typeof value !== 'string') return usual;
  const team = /^@?([A-Za-z0-9][A-Za-z0-9-]*)\/([A-Za-z0-9][\w-]*)$/u.exec(value);
  if (team) return `write team:${team[1] ?? ''}/${(team[2] ?? '').toLowerCase()}`;
  const login = /^(?:@|user:@?)([A-Za-z0-9][A-Za-z0-9-]{0,38})$/u.exec(value)?.[1];
  return login === undefined
    ? usual
    : `write user: and a number, because a login may pass to somebody else: "id" at api.github.com/users/${login}`;
}
