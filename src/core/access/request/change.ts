import { at, canonical } from '../../json.ts';
import { readSource } from '../../source.ts';
import type { Source } from '../../source.ts';
import type { MemberFile } from '../../model/types.ts';
import type { AskedClass } from './class-body.ts';

/** One file of people's, as it is to be; null takes it away. */
export interface Change {
  path: string;
  text: string | null;
}

export function memberPath(id: number): string {
  return `access/members/${id}.yaml`;
}

/** A member's file: the same for the same person. Days are quoted, because YAML has days of its own. */
export function memberText({ id, login, tier, from, until, request }: MemberFile): string {
  const lines = [
    `id: ${id}`,
    ...(login === undefined ? [] : [`login: ${JSON.stringify(login)}`]),
    `tier: ${JSON.stringify(tier)}`,
    ...(from === undefined ? [] : [`from: ${JSON.stringify(from)}`]),
    `until: ${JSON.stringify(until)}`,
    ...(request === undefined ? [] : [`request: ${request}`]),
  ];
  return `${lines.join('\n')}\n`;
}

export function cohortPath(slug: string): string {
  return `access/cohorts/${slug}.yaml`;
}

/** A class's file, still without members. Who asks for it leads it. */
export function cohortText(asked: AskedClass, lead: number, request: number): string {
  const { title, hub, image, tier, from, until, people } = asked;
  const lines = [
    `# On the hub ${hub}, with the image ${image}.`,
    `title: ${JSON.stringify(title)}`,
    'leads:',
    `  - ${lead}`,
    `tier: ${JSON.stringify(tier)}`,
    `from: ${JSON.stringify(from)}`,
    `until: ${JSON.stringify(until)}`,
    `capacity: ${people}`,
    `request: ${request}`,
    'members: []',
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * A class with these members, the rest of its file as it is; undefined where that cannot be written into it. Of a list
 * with one id a line the lines stay, with what is said beside them.
 */
export function withMembers(
  { file, text }: Pick<Source, 'file' | 'text'>,
  members: readonly number[],
): Change | undefined {
  const lines = text.replace(/\n+$/u, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('members:'));
  const start = first < 0 ? lines.length : first;
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#-]/u.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  const inPlaceOf = (list: readonly string[]): Change | undefined => {
    const changed = [...lines.slice(0, start), ...list, ...lines.slice(end)];
    return checked({ path: file, text: `${changed.join('\n')}\n` }, members);
  };
  const kept = keptLines(lines.slice(start, end), members);
  return (kept && inPlaceOf(kept)) ?? inPlaceOf(freshLines(members));
}

function freshLines(members: readonly number[]): string[] {
  return members.length === 0 ? ['members: []'] : ['members:', ...members.map((id) => `  - ${id}`)];
}

const ITEM = /^( *- )(\d+)(?:$|\s)/u;

/** Without those who are gone, and with the others behind the last one; undefined where it is no such list. */
function keptLines(
  [head, ...rest]: readonly string[],
  members: readonly number[],
): string[] | undefined {
  const items = rest.map((line) => ({ line, id: Number(ITEM.exec(line)?.[2] ?? 0) }));
  const last = items.findLastIndex(({ id }) => id > 0);
  const margin = ITEM.exec(items[last]?.line ?? '')?.[1];
  if (head === undefined || margin === undefined || members.length === 0) return undefined;
  const stay = (some: typeof items): string[] =>
    some.filter(({ id }) => id === 0 || members.includes(id)).map(({ line }) => line);
  const come = members.filter((id) => items.every((item) => item.id !== id));
  const fresh = come.map((id) => `${margin}${id}`);
  return [head, ...stay(items.slice(0, last + 1)), ...fresh, ...stay(items.slice(last + 1))];
}

/** What was written into a text counts only where reading it gives exactly what was meant. */
function checked(
  { path, text }: { path: string; text: string },
  members: readonly number[],
): Change | undefined {
  const { data, findings } = readSource(path, text);
  const isMeant = canonical(at(data, '/members') ?? null) === canonical([...members]);
  return findings.length === 0 && isMeant ? { path, text } : undefined;
}
