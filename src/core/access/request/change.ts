import { at, canonical } from '../../json.ts';
import { readSource } from '../../source.ts';
import type { Source } from '../../source.ts';
import type { MemberFile } from '../../model/types.ts';

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

/** A class with these members, the rest of its file as it is; undefined where that cannot be written into it. */
export function withMembers(
  { file, text }: Pick<Source, 'file' | 'text'>,
  members: readonly number[],
): Change | undefined {
  const lines = text.replace(/\n+$/u, '').split('\n');
  const first = lines.findIndex((line) => line.startsWith('members:'));
  const start = first < 0 ? lines.length : first;
  const length = lines.slice(start + 1).findIndex((line) => /^[^\s#-]/u.test(line));
  const end = length < 0 ? lines.length : start + 1 + length;
  const written =
    members.length === 0 ? ['members: []'] : ['members:', ...members.map((id) => `  - ${id}`)];
  const changed = [...lines.slice(0, start), ...written, ...lines.slice(end)];
  return checked({ path: file, text: `${changed.join('\n')}\n` }, members);
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
