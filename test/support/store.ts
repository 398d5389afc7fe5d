import { Readable } from 'node:stream';
import type { ArchivePlace } from '../../src/core/removal/archive.ts';
import type { Store, StoreFolder } from '../../src/ports.ts';
import type { Outside } from './outside.ts';

/** A double of a bucket, in memory. */
export class StoreDouble implements Store {
  readonly kept = new Map<string, Buffer>();
  /** What happens to an object on its way into the bucket. */
  onTheWay: (key: string, content: Buffer) => Buffer = (_key, content) => content;
  /** Folders that are open now. */
  opened = 0;
  readonly #outside: Outside;

  constructor(outside: Outside) {
    this.#outside = outside;
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
          return Readable.from([found]);
        }),
      size: (key) => ask('size', key, () => this.kept.get(key)?.length),
      close: () => {
        this.opened -= 1;
      },
    });
  }
}
