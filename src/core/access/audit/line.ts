import { canonical, compareText } from '../../json.ts';
import type { JsonObject } from '../../json.ts';
import { TEXT, fields, listOf, readerOf } from '../../shape.ts';
import type { Entry } from '../entry.ts';
import type { StepKind } from '../plan.ts';

/** What somebody has in a hub, without a name. */
export interface Held {
  admin: boolean;
  groups: readonly string[];
  /** Days of UTC, included; null is no beginning, or no end. */
  from: string | null;
  until: string | null;
}

/**
 * `done`: it stands in the hub's file, and of who goes the hub has confirmed that they are out. `stuck`: the file lets
 * them in no more, and nobody has seen them out. `found`: an earlier run made it, and ended before it could say so.
 */
export type Result = 'done' | 'stuck' | 'found';

/** Who decided: the commit that wrote the file, and what its message says. Null where no commit did, as in a team. */
export interface Origin {
  commit: string | null;
  pull: number | null;
  issue: number | null;
  /** GitHub's id. */
  approver: string | null;
}

/** One effect on one person in one hub. */
export interface AuditLine extends Origin {
  v: 1;
  /** When it was written down: ISO time. */
  at: string;
  /** The run of GitHub Actions; null where a person ran it. */
  run: number | null;
  /** Digest of the plan that was followed. */
  plan: string;
  hub: string;
  kind: StepKind;
  /** GitHub's id, or what stands in its place after an erasure; null where nobody can say the id. */
  subject: string | null;
  /** Where there is no id: what the hub called them. */
  name: string | null;
  before: Held | null;
  after: Held | null;
  /** Files and teams that let them in, or why they went; empty where an earlier run made it. */
  why: string;
  result: Result;
}

/** A line of the branch that is none: the others count all the same. */
export interface DamagedLine {
  file: string;
  /** From 1. */
  line: number;
  reason: string;
}

/** Everything that was written down, the oldest first. */
export interface Audit {
  lines: AuditLine[];
  damaged: DamagedLine[];
}

export const NO_ORIGIN: Origin = { commit: null, pull: null, issue: null, approver: null };

const FILE = /^\d{4}-\d{2}\.jsonl$/u;
const MAYBE_TEXT = { type: ['string', 'null'] };
const MAYBE_NUMBER = { type: ['integer', 'null'] };
const HELD = {
  anyOf: [
    { type: 'null' },
    fields({
      admin: { type: 'boolean' },
      groups: listOf(TEXT),
      from: MAYBE_TEXT,
      until: MAYBE_TEXT,
    }),
  ],
};

const readLine = readerOf<AuditLine>(
  fields({
    v: { const: 1 },
    at: TEXT,
    run: MAYBE_NUMBER,
    plan: TEXT,
    hub: TEXT,
    kind: { enum: ['grant', 'change', 'expire', 'revoke'] },
    subject: MAYBE_TEXT,
    name: MAYBE_TEXT,
    before: HELD,
    after: HELD,
    why: TEXT,
    result: { enum: ['done', 'stuck', 'found'] },
    commit: MAYBE_TEXT,
    pull: MAYBE_NUMBER,
    issue: MAYBE_NUMBER,
    approver: MAYBE_TEXT,
  }),
  '/v',
);

/** A file for each month, so that none grows for ever. */
export function auditFile({ at }: Pick<AuditLine, 'at'>): string {
  return `${at.slice(0, 7)}.jsonl`;
}

/** The lines of a branch's files, by path. */
export function readAudit(files: ReadonlyMap<string, string>): Audit {
  const audit: Audit = { lines: [], damaged: [] };
  const ours = [...files].filter(([path]) => FILE.test(path));
  for (const [file, text] of ours.sort(([a], [b]) => compareText(a, b)))
    for (const [index, line] of text.split('\n').entries()) {
      if (line === '') continue;
      const reading = readLine(line);
      if (reading.kind === 'read') audit.lines.push(reading.value);
      else audit.damaged.push({ file, line: index + 1, reason: reading.reason });
    }
  return audit;
}

export function lineText(line: AuditLine): string {
  return `${canonical(lineJson(line))}\n`;
}

export function lineJson({ before, after, ...rest }: AuditLine): JsonObject {
  return { ...rest, before: heldJson(before), after: heldJson(after) };
}

/** These lines below those that a branch's files hold: what is to be written, by path. */
export function withLines(
  files: ReadonlyMap<string, string>,
  lines: readonly AuditLine[],
): Map<string, string> {
  const written = new Map<string, string>();
  for (const line of lines) {
    const file = auditFile(line);
    const before = written.get(file) ?? files.get(file) ?? '';
    const between = before === '' || before.endsWith('\n') ? '' : '\n';
    written.set(file, `${before}${between}${lineText(line)}`);
  }
  return written;
}

export function heldOf(entry: Entry | undefined): Held | null {
  if (!entry) return null;
  const { admin, groups, from, until } = entry;
  return { admin, groups: [...groups], from: from ?? null, until: until ?? null };
}

export function sameHeld(a: Held | null, b: Held | null): boolean {
  return canonical(heldJson(a)) === canonical(heldJson(b));
}

function heldJson(held: Held | null): JsonObject | null {
  return held && { ...held, groups: [...held.groups] };
}
