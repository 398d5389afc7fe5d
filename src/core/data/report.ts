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
}

export interface FillReport {
  sets: SetReport[];
  room: { free: number; total: number };
}

const parseReport = readerOf<FillReport>(
  fields({
    event: { const: 'report' },
    schema_version: { const: 1 },
    sets: listOf(
      fields({
        set: TEXT,
        state: { enum: STATES },
        files: COUNT,
        bytes: COUNT,
        files_done: COUNT,
        bytes_done: COUNT,
        problems: listOf(fields({ path: TEXT, cause: TEXT, cure: TEXT })),
      }),
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
    cause: last === '' ? 'the filler said nothing' : `the filler ended with: ${last.slice(0, 300)}`,
    cure: 'try again; if it ends so again, report it with this line',
  };
}
