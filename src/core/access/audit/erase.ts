import { mentionsOf } from '../wanted.ts';
import type { Doc, Platform } from '../../model/types.ts';
import type { GivenName, NameBook } from '../names.ts';
import { knowledgeOf } from './effects.ts';
import type { AuditLine, Held } from './line.ts';

/** Files that speak of somebody: they have to be changed first, by a pull request as usual. */
export function filesAbout(platform: Platform, id: number): string[] {
  const { members, names, cohorts, approvers, accessRemovals, environments } = platform;
  const isBroken = names.get('member')?.has(String(id)) === true && !members.has(String(id));
  const docs: (Doc<unknown> | false | undefined)[] = [
    members.get(String(id)),
    ...[...cohorts.values()].filter(({ data }) => [...data.leads, ...data.members].includes(id)),
    approvers?.data.approvers.some((one) => one.id === id) === true && approvers,
    accessRemovals?.data.protected.includes(id) === true && accessRemovals,
    ...[...environments.values()].filter(({ data }) => {
      return mentionsOf(data).includes(`user:${id}`);
    }),
  ];
  const files = docs.flatMap((doc) => (doc ? [doc.file] : []));
  return isBroken ? [`access/members/${id}.yaml`, ...files] : files;
}

/** Hubs that let somebody in, or have not been seen to put them out. */
export function hubsOf(lines: readonly AuditLine[], id: string): string[] {
  return [...knowledgeOf(lines)].flatMap(([hub, people]) => {
    const known = people.get(id);
    return known && (known.held !== null || known.owed) ? [hub] : [];
  });
}

/** Lines in which nothing says the id any more: as whom it is about, as approver, as a group, or in a path. */
export function linesWithout(
  lines: readonly AuditLine[],
  id: string,
  tombstone: string,
): AuditLine[] {
  const number = new RegExp(`(?<![0-9A-Za-z])${id}(?![0-9A-Za-z])`, 'gu');
  const replaced = (text: string): string => text.replaceAll(number, tombstone);
  const held = (one: Held | null): Held | null =>
    one && { ...one, groups: one.groups.map(replaced) };
  return lines.map((line) => ({
    ...line,
    subject: line.subject && replaced(line.subject),
    approver: line.approver && replaced(line.approver),
    before: held(line.before),
    after: held(line.after),
    why: replaced(line.why),
  }));
}

/** The name stays taken, because it may lead to files; nobody can say any more whose it was. */
export function bookWithout(book: NameBook, id: string, tombstone: string): NameBook {
  return new Map(
    [...book].map(([key, given]): [string, GivenName] => [key === id ? tombstone : key, given]),
  );
}
