import { terminal } from '../escape.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Doc, MemberFile, Platform } from '../model/types.ts';
import type { Day } from './days.ts';
import { memberPath, memberText } from './request/change.ts';
import type { Change } from './request/change.ts';
import type { Account } from './teams.ts';

/** What everybody of an import gets. */
export interface ImportTerms {
  tier: string;
  until: Day;
}

/** What an import means for people's files. */
export interface Import {
  writes: readonly { id: string; login: string | undefined; change: Change }[];
  /** Their files say the same. */
  already: readonly string[];
  /** Their files say something else, or have a mistake. */
  refused: readonly { id: string; why: string }[];
}

/** People → a file for each who has none. Nobody's file is written over. */
export function importOf(
  accounts: readonly Account[],
  terms: ImportTerms,
  platform: Pick<Platform, 'members' | 'names'>,
): Import {
  const [already, refused]: [string[], { id: string; why: string }[]] = [[], []];
  const writes = new Map<string, Import['writes'][number]>();
  for (const { id, login } of accounts) {
    const doc = platform.members.get(id);
    if (doc && isSame(doc, terms)) already.push(id);
    else if (doc) refused.push({ id, why: meaningOf(doc) });
    else if (platform.names.get('member')?.has(id))
      refused.push({ id, why: `${memberPath(Number(id))} has a mistake` });
    else writes.set(id, { id, login, change: newMember(id, login, terms) });
  }
  return { writes: [...writes.values()], already, refused };
}

function isSame({ data }: Doc<MemberFile>, { tier, until }: ImportTerms): boolean {
  return data.tier === tier && data.until === until && data.from === undefined;
}

function meaningOf({ file, data }: Doc<MemberFile>): string {
  const from = data.from === undefined ? '' : ` from ${data.from}`;
  return `${file} says ${data.tier}${from} until ${data.until}`;
}

function newMember(id: string, login: string | undefined, { tier, until }: ImportTerms): Change {
  const member = { id: Number(id), tier, until, ...(login === undefined ? {} : { login }) };
  return { path: memberPath(Number(id)), text: memberText(member) };
}

/** What became of it. Logins of a list that nobody has, and lines without one, stand beside it. */
export interface ImportResult extends Import {
  written: boolean;
  unknown: readonly string[];
  /** Lines of a list, counted from 1. */
  skipped: readonly number[];
}

export function importText({
  writes,
  already,
  refused,
  written,
  unknown,
  skipped,
}: ImportResult): string {
  const head = terminal`${writes.length} new, ${already.length} there already, ${refused.length} there with \
another meaning, ${unknown.length} unknown, ${skipped.length} lines without a login\n`;
  const end = written
    ? terminal`written; look at them, then ask for them in a pull request\n`
    : terminal`nothing is written\n`;
  const lines = [
    ...writes.map(({ login = '', change }) => terminal`  + ${change.path}  ${login}\n`),
    ...already.map((id) => terminal`  = ${id}\n`),
    ...refused.map(({ id, why }) => terminal`  ✗ ${id}: ${why}\n`),
    ...unknown.map((login) => terminal`  ⚠ nobody is called ${login}\n`),
    ...skipped.map((line) => terminal`  ⚠ line ${line} holds no login\n`),
  ];
  return terminal`${head}${lines}${end}`.text;
}

export function importJson({
  writes,
  already,
  refused,
  written,
  unknown,
  skipped,
}: ImportResult): JsonObject {
  return {
    written,
    writes: writes.map(({ id, login, change }): Json => {
      return { id: Number(id), login: login ?? null, file: change.path };
    }),
    already: already.map(Number),
    refused: refused.map(({ id, why }): Json => ({ id: Number(id), why })),
    unknown: [...unknown],
    skipped: [...skipped],
  };
}
