import { lastWords } from '../refusals/words.ts';
import { bytesOf } from './lock.ts';
import type { LockedSet } from './lock.ts';
import { COUNT, TEXT, fields, listOf, readerOf } from '../shape.ts';

const STATES = ['missing', 'filling', 'ready', 'damaged'] as const;

export interface SetReport {
  set: string;
  state: (typeof STATES)[number];
  files: number;
  bytes: number;
  files_done: number;
  bytes_done: number;
  problems: { path: string; cause: string; cure: string }[];
  /** Files that were damaged or gone, and are whole again. */
  repaired?: number;
}

export interface FillReport {
  sets: SetReport[];
  /** Undefined where there is no volume yet. */
  room?: { free: number; total: number };
}

const parseReport = readerOf<FillReport>(
  fields({
    event: { const: 'report' },
    schema_version: { const: 1 },
    sets: listOf(
      fields(
        {
          set: TEXT,
          state: { enum: STATES },
          files: COUNT,
          bytes: COUNT,
          files_done: COUNT,
          bytes_done: COUNT,
          problems: listOf(fields({ path: TEXT, cause: TEXT, cure: TEXT })),
        },
        { repaired: COUNT },
      ),
    ),
    room: fields({ free: COUNT, total: COUNT }),
  }),
  '/schema_version',
);
const parseError = readerOf<{ cause: string; cure: string }>(
  fields({ event: { const: 'error' }, cause: TEXT, cure: TEXT }),
);

/** How a run of the filler ended, by the last line that it said. */
export type FillEnd =
  { kind: 'report'; report: FillReport } | { kind: 'error'; cause: string; cure: string };

export function fillEnd(log: string): FillEnd {
  const last = log.trim().split('\n').at(-1) ?? '';
  const report = parseReport(last);
  if (report.kind === 'read') return { kind: 'report', report: report.value };
  const error = parseError(last);
  if (error.kind === 'read') return { kind: 'error', ...error.value };
  return {
    kind: 'error',
    cause: lastWords('the filler', last),
    cure: 'try again; if it ends so again, report it with this line',
  };
}

/** Of sets on a cluster where nothing was ever filled. */
export function nothingThere(sets: readonly LockedSet[]): FillReport {
  return {
    sets: sets.map(({ set, lock: { data } }) =>
      nothingOf({ set: set.name, files: data.files.length, bytes: bytesOf(data) }),
    ),
  };
}

/** Of a set that a hub names and nobody has locked. */
export function notLocked(set: string): SetReport {
  const cure = `Run \`glaciocloud data lock ${set}\`, and commit data/${set}.lock.yaml.`;
  const problem = { path: '', cause: 'It has no lock, so nobody knows its files.', cure };
  return { ...nothingOf({ set, files: 0, bytes: 0 }), problems: [problem] };
}

function nothingOf(of: Pick<SetReport, 'set' | 'files' | 'bytes'>): SetReport {
  return { ...of, state: 'missing', files_done: 0, bytes_done: 0, problems: [] };
}
