import { createInterface } from 'node:readline/promises';
import { screen } from '../core/escape.ts';
import { UsageError } from '../failure.ts';

export interface Streams {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** A person who can be asked. */
export interface Terminal {
  ask(question: string): Promise<string>;
  say(text: string): void;
}

/** Questions go to stderr, so that the result on stdout stays whole; undefined where nobody sits. */
export function standardStreams(): Streams | undefined {
  return process.stdin.isTTY && process.stderr.isTTY
    ? { input: process.stdin, output: process.stderr }
    : undefined;
}

/** A terminal for the time of `use`. Lines that are pasted at once answer the questions one by one. */
export async function withTerminal<T>(
  streams: Streams,
  use: (terminal: Terminal) => Promise<T>,
): Promise<T> {
  const reader = createInterface(streams);
  const lines = reader[Symbol.asyncIterator]();
  let open = true;
  reader.once('close', () => (open = false));
  const ask = async (asked: string): Promise<string> => {
    const question = screen(asked);
    reader.setPrompt(question);
    // Lines may be left to read when the input has ended, and a closed reader shows no prompt.
    if (open) reader.prompt();
    else streams.output.write(question);
    const line = await lines.next();
    if (line.done === true)
      throw new UsageError('the questions were not answered', 'nothing was written; run it again');
    return line.value.trim();
  };
  try {
    return await use({ ask, say: (text) => void streams.output.write(screen(text)) });
  } finally {
    reader.close();
  }
}
