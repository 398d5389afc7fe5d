import { Readable } from 'node:stream';
import type { ArchivePlace } from '../../src/core/removal/archive.ts';
import type { Clock, Store, StoreFolder } from '../../src/ports.ts';
import type { Outside } from './outside.ts';

/** A double of a bucket, in memory. */
export class StoreDouble implements Store {
  readonly kept = new Map<string, Buffer>();
  /** What happens to an object on its way into the bucket. */
  onTheWay: (key: string, content: Buffer) => Buffer = (_key, content) => content;
  /** How long the bucket thinks before it gives an object back, or says how large it is. */
  readMs = 0;
  sizeMs = 0;
  /** Folders that are open now. */
  opened = 0;
  readonly #outside: Outside;
  readonly #clock: Clock;

  constructor(outside: Outside, clock: Clock) {
    this.#outside = outside;
    this.#clock = clock;
  }

  async *#slowly(content: Buffer): AsyncGenerator<Buffer> {
    if (this.readMs > 0) await this.#clock.sleep(this.readMs);
    yield content;
  }

  open(place: ArchivePlace): Promise<StoreFolder> {
    const ask = <T>(name: string, key: string, work: () => T | Promise<T>): Promise<T> =>
      this.#outside.call(name, `${place.bucket} ${key}`, work);
    this.opened += 1;
    return Promise.resolve({
      readText: (key) => ask('readText', key, () => this.kept.get(key)?.toString('utf8')),
      writeText: (key, text) =>
        ask('writeText', key, () => {
          this.kept.set(key, this.onTheWay(key, Buffer.from(text)));
        }),
      send: (key, body) =>
        ask('send', key, async () => {
          const pieces: Buffer[] = [];
          for await (const piece of body as AsyncIterable<Buffer>) pieces.push(piece);
          this.kept.set(key, this.onTheWay(key, Buffer.concat(pieces)));
        }),
      read: (key) =>
        ask('read', key, () => {
          const found = this.kept.get(key);
          if (!found) throw new Error(`the double holds no ${key}`);
          return Readable.from(this.#slowly(found));
        }),
      size: (key) =>
        ask('size', key, async () => {
          if (this.sizeMs > 0) await this.#clock.sleep(this.sizeMs);
          return this.kept.get(key)?.length;
        }),
      close: () => {
        this.opened -= 1;
      },
    });
  }
}
