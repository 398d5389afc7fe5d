import { COUNT, TEXT, fields, readerOf } from '../shape.ts';
import { doneOf } from './words.ts';

const parseProgress = readerOf<{
  set: string;
  files_done: number;
  files: number;
  bytes_done: number;
  bytes: number;
}>(
  fields({
    event: { const: 'progress' },
    set: TEXT,
    files_done: COUNT,
    files: COUNT,
    bytes_done: COUNT,
    bytes: COUNT,
  }),
);

/** How far the filler is, by the last line that it said; undefined where that is something else. */
export function progressText(log: string): string | undefined {
  const read = parseProgress(log.trim().split('\n').at(-1) ?? '');
  if (read.kind !== 'read') return undefined;
  const { set, files_done: done, files, bytes_done: bytes, bytes: all } = read.value;
  return `${set}: ${done} of ${files} files, ${doneOf(bytes, all)}`;
}
