import { oneLine, short } from '../escape.ts';

/** What a refusal is about, and so whose matter it is. */
export type RefusalKind =
  /** Nobody answers, or who answers is not who it should be. */
  | 'unreachable'
  | 'unavailable'
  | 'certificate'
  /** Who we are, and what we may. */
  | 'login'
  | 'settings'
  | 'forbidden'
  /** What is there. */
  | 'not-found'
  | 'exists'
  | 'conflict'
  | 'owned'
  | 'unknown-kind'
  | 'pending'
  | 'terminating'
  /** What was written. */
  | 'invalid'
  | 'immutable'
  | 'template'
  | 'chart'
  | 'damaged'
  /** Rules of the place. */
  | 'denied'
  | 'quota'
  | 'webhook'
  | 'late'
  /** Nobody has read this one yet. */
  | 'unknown';

/** What a program refused, in our words: nothing in it repeats a value that may be a secret. */
export interface Refusal {
  kind: RefusalKind;
  /** `Deployment hub`, `templates/hub/secret.yaml:9`; empty where the program names none. */
  object: string;
  /** The field of it, as the program writes it; empty where it names none. */
  field: string;
  text: string;
  /** What to do about it. */
  cure: string;
}

/** What a named group of the pattern has found; empty where it has found nothing. '' is the whole. */
export type Group = (name: string) => string;

/** A message that is known, and what it means. */
export interface Row {
  says: RegExp;
  means: (group: Group) => readonly Refusal[];
}

export function row(says: RegExp, means: (group: Group) => Refusal): Row {
  return { says, means: (group) => [means(group)] };
}

/** Words of somebody else in a sentence of ours. */
export function quote(text: string, limit = 300): string {
  const line = oneLine(text).trim();
  const cut = short(line, limit);
  return `“${cut}${cut === line ? '' : '…'}”`;
}

/** Refusals of one answer in a line; after the third they are counted. */
export function refusalsText(all: readonly Refusal[]): string {
  const texts = [...new Set(all.map(({ text }) => oneLine(text)))];
  const more = texts.length - SHOWN;
  return `${texts.slice(0, SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

const SHOWN = 3;

/**
 * What an answer means, in its order. A row takes whole lines, and where two take the same, the earlier row counts.
 * Empty where none knows it.
 */
export function readWith(rows: readonly Row[], said: string): Refusal[] {
  const found: { from: number; to: number; refusals: readonly Refusal[] }[] = [];
  for (const { says, means } of rows)
    for (const match of said.matchAll(says)) {
      const from = lineStart(said, match.index);
      const end = match.index + match[0].length;
      const to = lineEnd(said, end);
      if (found.some((one) => from < one.to && one.from < to)) continue;
      found.push({ from, to, refusals: means((name) => groupOf(match, name)) });
    }
  return found.sort((a, b) => a.from - b.from).flatMap(({ refusals }) => refusals);
}

function groupOf(match: RegExpExecArray, name: string): string {
  return (name === '' ? match[0] : (match.groups?.[name] ?? '')).trim();
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function lineStart(text: string, at: number): number {
  return at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
}
