import { terminal } from '../../escape.ts';
import type { Terminal } from '../../escape.ts';
import type { Json, JsonObject } from '../../json.ts';
import { columns } from '../../columns.ts';
import { knowledgeOf } from './effects.ts';
import { lineJson } from './line.ts';
import type { Audit, AuditLine, DamagedLine, Held } from './line.ts';

/** A person by GitHub's id, or what stands in its place after an erasure; or a hub. */
export type About = { kind: 'person'; id: string } | { kind: 'hub'; hub: string };

const ID = /^(?:[1-9]\d{0,18}|erased-[0-9a-f]+)$/u;

export function aboutOf(word: string): About {
  return ID.test(word) ? { kind: 'person', id: word } : { kind: 'hub', hub: word };
}

/** What somebody has now, as far as it is written down. */
interface Now {
  hub: string;
  id: string;
  held: Held | null;
  owed: boolean;
}

/** What is written down about a person or a hub, the oldest first. */
export interface History {
  lines: AuditLine[];
  now: Now[];
  damaged: DamagedLine[];
}

export function historyOf(audit: Audit, about: About): History {
  const lines = audit.lines.filter((line) =>
    about.kind === 'hub' ? line.hub === about.hub : line.subject === about.id,
  );
  const now = [...knowledgeOf(lines)].flatMap(([hub, people]) =>
    [...people].map(([id, { held, owed }]): Now => ({ hub, id, held, owed })),
  );
  return { lines, now, damaged: audit.damaged };
}

export function historyText({ lines, now, damaged }: History, about: About): string {
  const word = about.kind === 'hub' ? about.hub : about.id;
  const none = lines.length === 0 ? [terminal`nothing is written down about ${word}\n`] : [];
  return terminal`${none}${lineRows(lines)}${now.map(nowText)}${damaged.map(damagedText)}`.text;
}

/** In columns: when, where, who, what, until when, by whom. */
function lineRows(lines: readonly AuditLine[]): Terminal[] {
  const rows = lines.map((line) => [
    `${line.at.slice(0, 10)} ${line.at.slice(11, 16)}`,
    line.hub,
    line.subject ?? line.name ?? '?',
    line.kind,
    spanText(line),
  ]);
  const aligned = columns(rows);
  return lines.map(
    (line, index) =>
      terminal`${aligned[index] ?? ''}  ${deciderText(line)}${RESULTS[line.result]}\n`,
  );
}

const RESULTS: Readonly<Record<AuditLine['result'], string>> = {
  done: '',
  stuck: ' (not seen to be out)',
  found: ' (seen by a later run)',
};

function spanText({ before, after }: AuditLine): string {
  if (!after) return '';
  const admin = after.admin ? 'administrator ' : '';
  const from = after.from === null ? '' : `from ${after.from} `;
  const changed = before && before.until !== after.until ? `${untilText(before)} → ` : '';
  return `${admin}${from}${changed}${untilText(after)}`;
}

function untilText({ until }: Held): string {
  return until === null ? 'no end' : `until ${until}`;
}

function deciderText({ approver, issue, pull, commit, kind, why }: AuditLine): string {
  const parts = [
    ...(approver === null ? [] : [`approved by ${approver}`]),
    ...(issue === null ? [] : [`request ${issue}`]),
    ...(pull === null ? [] : [`pull request ${pull}`]),
    ...(commit === null ? [] : [`commit ${commit.slice(0, 7)}`]),
  ];
  if (parts.length > 0) return parts.join(', ');
  return kind === 'expire' || why === '' ? 'no commit' : `no commit: ${why}`;
}

function nowText({ hub, id, held, owed }: Now): Terminal {
  const state = held ? `in, ${untilText(held)}` : 'out';
  return terminal`now ${hub} ${id}: ${owed ? 'not seen to be out' : state}\n`;
}

function damagedText({ file, line, reason }: DamagedLine): Terminal {
  return terminal`⚠ ${file}, line ${line} of the branch audit is damaged: ${reason}\n`;
}

export function historyJson({ lines, now, damaged }: History): JsonObject {
  return {
    lines: lines.map(lineJson),
    now: now.map(({ hub, id, held, owed }): Json => {
      return { hub, id, in: held !== null, until: held?.until ?? null, owed };
    }),
    damaged: damaged.map((one): Json => ({ ...one })),
  };
}
