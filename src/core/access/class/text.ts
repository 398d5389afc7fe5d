import { terminal } from '../../escape.ts';
import type { Terminal } from '../../escape.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Detail } from '../text.ts';
import type { SkippedLine } from './logins.ts';
import type { Listed, Roster } from './roster.ts';

/** What became of a list. */
export interface ClassResult {
  slug: string;
  file: string;
  roster: Roster;
  skipped: readonly SkippedLine[];
  capacity: number;
  written: boolean;
  /** How often GitHub was asked. */
  requests: number;
}

/** Names are shown: a login that was renamed is unknown, or somebody else's by now, and only a person sees that. */
export function classText(result: ClassResult, detail: Detail): string {
  const { slug, roster, capacity, skipped } = result;
  const { comes, already, unknown, doubled, members } = roster;
  const head = terminal`${slug}: ${comes.length} come in, ${already.length} are in already, ${unknown.length} unknown, \
${doubled.length} twice, ${skipped.length} lines without a login\n`;
  const places = terminal`${members.length} of ${capacity} places: ${endText(result)}\n`;
  if (detail === 'counts') return terminal`${head}${places}`.text;
  const lines: Terminal[] = [
    ...comes.map((one) => accountLine('+', one)),
    ...already.map((one) => accountLine('=', one)),
    ...unknown.map(
      (login) => terminal`  ⚠ nobody is called ${login}: mistyped, or renamed since\n`,
    ),
    ...doubled.map((login) => terminal`  ⚠ ${login} stands there twice\n`),
    ...skipped.map(skippedLine),
  ];
  return terminal`${head}${lines}${places}`.text;
}

function endText({ written, file, roster, capacity }: ClassResult): string {
  if (written) return `${file} is written; look at the names, then ask for it in a pull request`;
  return roster.members.length > capacity
    ? 'nothing is written; raise the capacity, or make a second class'
    : 'there is nothing to write';
}

function accountLine(sign: string, { id, login, name, isYoung }: Listed): Terminal {
  const young = isYoung ? '  ⚠ the account is younger than 30 days' : '';
  return terminal`  ${sign} ${id} ${login}  ${name ?? '(no name)'}${young}\n`;
}

function skippedLine({ line, text, why }: SkippedLine): Terminal {
  return why === 'heading'
    ? terminal`  ⚠ line ${line} is taken for a heading: ${text}\n`
    : terminal`  ⚠ line ${line} is no login: ${text}\n`;
}

export function classJson(result: ClassResult, detail: Detail): JsonObject {
  const { slug, file, roster, skipped, capacity, written, requests } = result;
  const { comes, already, unknown, doubled, members } = roster;
  const isShown = detail === 'everybody';
  const shown = <T>(list: readonly T[], json: (one: T) => Json): Json[] =>
    isShown ? list.map(json) : [];
  return {
    cohort: slug,
    file,
    written,
    capacity,
    requests,
    counts: {
      comes: comes.length,
      already: already.length,
      unknown: unknown.length,
      doubled: doubled.length,
      young: comes.filter(({ isYoung }) => isYoung).length,
      skipped: skipped.length,
      members: members.length,
    },
    comes: shown(comes, listedJson),
    already: shown(already, listedJson),
    unknown: shown(unknown, (login) => login),
    doubled: shown(doubled, (login) => login),
    skipped: shown(skipped, (line) => ({ ...line })),
  };
}

function listedJson({ id, login, name, createdAt, isYoung }: Listed): Json {
  const created = new Date(createdAt).toISOString();
  return { id, login, name: name ?? null, created, young: isYoung };
}
