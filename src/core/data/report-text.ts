import { TITLES } from '../issues.ts';
import { code, fenced, inMarkdown, short, terminal } from '../escape.ts';
import type { Terminal } from '../escape.ts';
import type { Json } from '../json.ts';
import { greatest } from '../lists.ts';
import type { FillReport, SetReport } from './report.ts';
import { doneOf } from './words.ts';

const MARKS: Readonly<Record<SetReport['state'], string>> = {
  ready: '✓',
  filling: '…',
  missing: '✗',
  damaged: '✗',
};
const MOST_SHOWN = 20;

/** Sets with what is wrong in each, and the room of the volume. */
export function reportText({ sets, room }: FillReport): string {
  const widths = [
    greatest(sets.map(({ set }) => set.length)),
    greatest(sets.map(({ state }) => state.length)),
    greatest(sets.map((one) => filesText(one).length)),
  ] as const;
  const lines = sets.flatMap((one) => {
    const [set, state] = [one.set.padEnd(widths[0]), one.state.padEnd(widths[1])];
    const [files, bytes] = [filesText(one).padEnd(widths[2]), doneOf(one.bytes_done, one.bytes)];
    return [
      terminal`${MARKS[one.state]} ${set}  ${state}  ${files}  ${bytes}\n`,
      ...repairedLine(one),
      ...problemLines(one),
    ];
  });
  const left =
    room === undefined
      ? 'there is no volume yet\n'
      : `the volume has ${doneOf(room.free, room.total)} free\n`;
  return lines.map(({ text }) => text).join('') + left;
}

/** What could not be mended, for an issue: title and text. */
export function reportIssue(cluster: string, report: FillReport): { title: string; text: string } {
  const bad = report.sets.filter(({ state }) => state !== 'ready');
  const found = fenced('', short(reportText({ ...report, sets: bad }), 20_000).split('\n')).text;
  const command = code(`glaciocloud data verify --cluster ${cluster} --kubeconfig FILE`);
  const what =
    'Every file was read, and what is damaged was taken out of what users see and fetched anew. This is left:';
  const rest = inMarkdown`The next night tries again, and closes this issue when all is there; ${command} tries at once.`;
  return {
    title: `${cluster}: ${TITLES.data}`,
    text: `${what}\n\n${found}\n\n${rest.text}\n`,
  };
}

function filesText({ files, files_done: done }: SetReport): string {
  return `${done} of ${filesOf(files)}`;
}

function filesOf(count: number): string {
  return `${count} ${count === 1 ? 'file' : 'files'}`;
}

/** A disk that fails is seen here first. */
function repairedLine({ repaired = 0 }: SetReport): Terminal[] {
  return repaired === 0
    ? []
    : [terminal`    damaged or gone, and whole again: ${filesOf(repaired)}\n`];
}

function problemLines({ problems }: SetReport): Terminal[] {
  const more = problems.length - MOST_SHOWN;
  return [
    ...problems
      .slice(0, MOST_SHOWN)
      .map(({ path, cause, cure }) =>
        path === '' ? terminal`    ${cause} ${cure}\n` : terminal`    ${path}: ${cause} ${cure}\n`,
      ),
    ...(more > 0 ? [terminal`    and ${more} more\n`] : []),
  ];
}

export function reportJson({ sets, room }: FillReport): { [key: string]: Json } {
  return {
    sets: sets.map(({ set, state, files, bytes, problems, files_done, bytes_done, repaired }) => ({
      set,
      state,
      files,
      bytes,
      problems: problems.map((one) => ({ ...one })),
      files_done,
      bytes_done,
      repaired: repaired ?? 0,
    })),
    room: room === undefined ? null : { ...room },
  };
}
