/** One thing that must be so, as `doctor` found it. */
export interface Check {
  /** Stays the same from version to version, such as `github/environment`. */
  id: string;
  state: 'ok' | 'warning' | 'missing' | 'unknown';
  /** A file, an environment, a cluster: what it is about. */
  where: string;
  what: string;
  /** A command to copy, or for what was not asked, what to set first; empty where all is well. */
  fix: string;
}

/** An answer of the outside, or why nobody was asked. */
export type Asked<T> =
  { kind: 'answered'; value: T } | { kind: 'not-asked'; why: string; set: string };

export function ok(id: string, where: string, what: string): Check {
  return { id, state: 'ok', where, what, fix: '' };
}

/** What goes on so, and may cost something one day. */
export function warning(id: string, where: string, what: string, fix: string): Check {
  return { id, state: 'warning', where, what, fix };
}

export function missing(id: string, where: string, what: string, fix: string): Check {
  return { id, state: 'missing', where, what, fix };
}

export function unknown(id: string, where: string, { why, set }: Omit<NotAsked, 'kind'>): Check {
  return { id, state: 'unknown', where, what: `not asked: ${why}`, fix: set };
}

export type NotAsked = Extract<Asked<unknown>, { kind: 'not-asked' }>;

/** What an answer comes to; nothing is concluded from none. */
export function judged<T>(
  id: string,
  where: string,
  asked: Asked<T>,
  judge: (value: T) => Check | Check[],
): Check[] {
  return asked.kind === 'answered' ? [judge(asked.value)].flat() : [unknown(id, where, asked)];
}

/** A word of a shell command that stays one word, whatever it holds. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
