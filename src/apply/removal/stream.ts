import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createTarDecoder } from 'modern-tar';
import { at, lastObject, textAt } from '../../core/json.ts';
import { megabytes, parseCounted } from '../../core/removal/archive.ts';
import type { Counted } from '../../core/removal/archive.ts';
import { scriptRefusal } from '../../core/refusals/words.ts';
import type { Clock, Streaming } from '../../ports.ts';
import { Faulty } from '../types.ts';

const FIRST_WORD_MS = 2000;
const NEXT_WORD_MS = 15_000;

/**
 * What a pod sends. It ends only when the pod has said what it was: a line that breaks is no end, and leaves
 * nothing in the bucket.
 */
export class Sending {
  bytes = 0;
  #counted: Counted | undefined;
  readonly #streaming: Streaming;

  constructor(streaming: Streaming) {
    this.#streaming = streaming;
  }

  async *chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of this.#streaming.output as AsyncIterable<Buffer>) {
      this.bytes += chunk.length;
      yield chunk;
    }
    const { code, stderr } = await this.#streaming.ended;
    const said = lastObject(stderr.split('\n'));
    const unreadable = at(said, '/unreadable');
    if (typeof unreadable === 'number')
      throw new Faulty(
        `${unreadable} ${unreadable === 1 ? 'file' : 'files'} cannot be read: ${textAt(said, '/why')}`,
        'infrastructure',
      );
    this.#counted = parseCounted(said);
    if (code !== 0 || !this.#counted || this.#counted.bytes !== this.bytes)
      throw new Faulty(
        `the line to the pod broke after ${megabytes(this.bytes)}: ${scriptRefusal(stderr).text}`,
        'infrastructure',
      );
  }

  counted(): Counted {
    if (!this.#counted) throw new Faulty('the pod did not say what it sent', 'infrastructure');
    return this.#counted;
  }
}

/** Counts an archive again, and reads it to its end as whoever unpacks it will. */
export async function readBack(
  object: Readable,
  onBytes: (bytes: number) => void,
): Promise<Counted> {
  const hash = createHash('sha256');
  let bytes = 0;
  const unpacked = createGunzip();
  object.on('data', (chunk: Buffer) => {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(bytes);
  });
  object.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
  let files = 0;
  try {
    for await (const { header, body } of (
      Readable.toWeb(unpacked) as ReadableStream<Uint8Array>
    ).pipeThrough(createTarDecoder({ strict: true }))) {
      await body.cancel();
      if (header.type !== 'directory') files += 1;
    }
  } catch (error) {
    throw new Faulty(
      `it cannot be read back: ${error instanceof Error ? error.message : String(error)}`,
      'infrastructure',
    );
  } finally {
    object.destroy();
    unpacked.destroy();
  }
  return { sha256: hash.digest('hex'), bytes, files };
}

/** Says something now and then from the second on which people begin to wonder. */
export function telling(clock: Clock, say: () => void): () => void {
  const again = (): void => {
    say();
    quiet = clock.after(NEXT_WORD_MS, again);
  };
  let quiet = clock.after(FIRST_WORD_MS, again);
  return () => quiet();
}
